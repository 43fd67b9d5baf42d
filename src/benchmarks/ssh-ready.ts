import { checkEndpoint } from '../clients/endpoint.ts'
import { pause } from '../clients/pause.ts'
import type { Endpoint } from '../model/endpoint.ts'
import { formatDuration } from '../model/duration.ts'
import { DefectError, MeasurementError, ProvisionerUnavailableError, ServerOperationError } from '../model/fault.ts'
import type { StepContext } from '../model/provisioner.ts'
import type { SshTarget } from './ssh-arguments.ts'
import type { SshProgram } from './ssh-call.ts'
import type { HostKeys } from './ssh-host-keys.ts'
import { tryLogin, wayTo } from './ssh-login.ts'
import type { Refusal } from './ssh-said.ts'

/** A server, and all that it takes to log in to it. */
export interface Login {
  readonly target: SshTarget
  readonly hostKeys: HostKeys
  readonly program: SshProgram
  readonly readyMs: number
}

const tcpLimitMs = 5000
/** After a refused login the pauses are longer: machines shut out whoever tries too often. */
const pauses = { refused: { firstMs: 5000, mostMs: 60_000 }, other: { firstMs: 1000, mostMs: 8000 } }

/** What has been met so far, and how often in a row. */
interface Met {
  readonly refusal: Refusal
  readonly times: number
}

/**
 * Waits until a server lets us in.
 *
 * @throws ServerOperationError if it does not answer in time; DefectError if it refuses our key, or ssh cannot be used as it is set up
 * here; MeasurementError if it is another machine by its host key; ProvisionerUnavailableError if the network to it is away.
 */
export async function waitForLogin(login: Login, { signal, log }: Pick<StepContext, 'signal' | 'log'>): Promise<void> {
  const { target, program, readyMs } = login
  const { clock } = program
  const began = clock.elapsed()
  const who = `${target.user}@${target.address}`
  const way = await wayTo(target, program, signal)
  // One that has refused us once is there: what comes after it may be that it shuts us out.
  let refused: Refusal | undefined
  let met: Met | undefined
  for (;;) {
    const isLast = clock.elapsed() - began >= readyMs
    const tcp = way.isProxied || isLast ? undefined : await whyAway(way, program, signal)
    const refusal = tcp === undefined ? await logIn(login, way.isProxied, signal) : ({ is: 'away', said: `port ${way.port} does not answer: ${tcp}` } as const)
    if (signal.aborted) throw refused ? new ProvisionerUnavailableError(`${who}: ${refused.said}`) : (faultOnTheWay(met?.refusal, who) ?? signal.reason)
    if (refusal === undefined) {
      if (met) log(`${who}: logged in after ${seconds(clock.elapsed() - began)}`)
      return
    }
    if (refusal.is === 'refused') refused = refusal
    if (met?.refusal.said !== refusal.said) log(`${who}: ${refusal.said}: waiting for a login`)
    met = { refusal, times: met?.refusal.is === refusal.is ? met.times + 1 : 0 }
    if (isLast) throw faultOf(refused ?? refusal, who, formatDuration(readyMs))
    const { firstMs, mostMs } = pauses[refusal.is === 'refused' ? 'refused' : 'other']
    // Servers that were installed together would knock at a jump host all at once, again and again, and some be turned away each time.
    const part = refusal.is === 'refused' ? 1 : 0.5 + Math.random() / 2
    const pauseMs = Math.min(mostMs * part, firstMs * part * 2 ** Math.min(10, met.times), Math.max(0, began + readyMs - clock.elapsed()))
    await pause(pauseMs, signal, clock).catch(() => {})
  }
}

/** Why nobody answers at the port of a server; nothing if somebody does. */
async function whyAway(endpoint: Endpoint, { clock }: SshProgram, signal: AbortSignal): Promise<string | undefined> {
  try {
    const check = await checkEndpoint(endpoint, { limitMs: tcpLimitMs, signal, clock })
    return check.ok ? undefined : check.detail
  } catch (error) {
    if (signal.aborted) return 'stopped'
    throw error
  }
}

/** @throws what waiting does not help against. */
async function logIn({ target, hostKeys, program }: Login, isProxied: boolean, signal: AbortSignal): Promise<Refusal | undefined> {
  const { options, isKnown } = await hostKeys.first()
  const refusal = await tryLogin(target, options, program, { signal, isProxied })
  if (signal.aborted) return undefined
  if (refusal?.is === 'setup') throw new DefectError(refusal.said)
  if (refusal?.is === 'host key' && isKnown) throw new MeasurementError(`the host key of ${target.address} has changed since its install: ${refusal.said}`)
  if (refusal === undefined) await hostKeys.keep()
  return refusal
}

function faultOnTheWay(refusal: Refusal | undefined, who: string): Error | undefined {
  return refusal && ['way', 'name', 'host key'].includes(refusal.is) ? new ProvisionerUnavailableError(`${who}: ${refusal.said}`) : undefined
}

function faultOf({ is, said }: Refusal, who: string, ready: string): Error {
  const told = `${who} let nobody in within ${ready}: ${said}`
  if (is === 'way') return new ProvisionerUnavailableError(told)
  if (is === 'host key') return new MeasurementError(told)
  return is === 'away' ? new ServerOperationError(told) : new DefectError(told)
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`
}
