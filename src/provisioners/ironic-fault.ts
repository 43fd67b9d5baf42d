import type { IronicApi, IronicNode } from '../clients/ironic-api.ts'
import { ProvisionerUnavailableError, RequestRefusedError, ServerOperationError } from '../model/fault.ts'
import type { StepContext } from '../model/provisioner.ts'
import { stateOf } from '../clients/ironic-states.ts'

/** What Ironic says of a node when the fault was Ironic's: a conductor that died, or is not there. */
const unavailable = /can't be resumed by conductor|No valid host|Unable to establish connection/
/** What it says when what was to be installed is not there, or not described as it must be. */
const refused = /Validation of image href|instance_info|Failed to validate deploy|image.{0,200}could not be found/i

/** Whose fault it is that a node is in a failed state. Its `last_error` is the message. */
export function failureOf(node: Pick<IronicNode, 'last_error' | 'provision_state'>): ProvisionerUnavailableError | RequestRefusedError | ServerOperationError {
  const error = node.last_error?.trim() ?? ''
  const message = error === '' ? `Ironic says no more of it than "${stateOf(node)}"` : error
  if (unavailable.test(error)) return new ProvisionerUnavailableError(message)
  return refused.test(error) ? new RequestRefusedError(message) : new ServerOperationError(message)
}

const mostEntries = 20
/** Ironic's clock and ours may differ a little. */
const skewMs = 5000

/** Writes to the server's log what has gone wrong with a node since a step began. It is no matter if that cannot be told. */
export async function tellHistory(api: Pick<IronicApi, 'history'>, id: string, { signal, log, sinceMs }: Pick<StepContext, 'signal' | 'log'> & { readonly sinceMs: number }): Promise<void> {
  const entries = await api.history(id, signal).catch(() => [])
  const recent = entries.filter(({ at }) => !(Date.parse(withZone(at)) < sinceMs - skewMs))
  for (const { at, severity, event } of recent.slice(-mostEntries)) log(`ironic's history: ${at} ${severity}: ${event}`, 'warn')
}

/** Ironic tells UTC, with or without saying so. */
function withZone(at: string): string {
  return /(?:Z|[+-]\d\d:?\d\d)$/.test(at) ? at : `${at}Z`
}

