import type { Check, Endpoint } from '../model/endpoint.ts'
import { DefectError, ServerNotOursError } from '../model/fault.ts'
import type { Gate } from '../model/gate.ts'
import { portsOf, whyShut } from '../model/gate.ts'
import type { Server } from '../model/server.ts'

/**
 * Looks whether an endpoint answers.
 *
 * @throws if this machine cannot look, or the signal aborts; whatever the endpoint does is an answer.
 */
export type Look = (endpoint: Endpoint, options: { readonly limitMs: number; readonly signal: AbortSignal }) => Promise<Check>

interface Looking {
  readonly look: Look
  readonly signal: AbortSignal
}

/**
 * Looks at the ports of a server that the gate asks about, all at once.
 *
 * @throws ServerNotOursError if the gate does not open for it: it must not be touched. DefectError if this machine could not look.
 */
export async function passGate(gate: Gate, { address }: Server, { look, signal }: Looking): Promise<void> {
  if (address === undefined) throw new ServerNotOursError('the gate does not open: no address of the server is known')
  const endpoints = portsOf(gate).map((port) => ({ host: address, port }))
  const seen = await Promise.all(endpoints.map(async (endpoint) => ({ endpoint, check: await lookOrBlame(look, endpoint, { limitMs: gate.limitMs, signal }) })))
  const reason = whyShut(gate, seen)
  if (reason !== undefined) throw new ServerNotOursError(`the gate does not open: ${reason}`)
}

/** What is thrown says nothing about the server, whatever its code: it is no answer of the endpoint's, and none of the provisioner's. */
async function lookOrBlame(look: Look, endpoint: Endpoint, options: Parameters<Look>[1]): Promise<Check> {
  try {
    return await look(endpoint, options)
  } catch (error) {
    throw new DefectError('the gate cannot be looked at from here', { cause: error })
  }
}
