import type { Check, Endpoint, EndpointState, EndpointStatus } from './endpoint.ts'
import { statusOf } from './endpoint.ts'

/** A round of the port monitor: every endpoint was looked at once. */
export interface PortRound {
  /** From 1, in this process. */
  readonly number: number
  /** In ISO 8601. */
  readonly startedAt: string
  readonly durationMs: number
  /** What this round found, by endpoint, in the order of `states`. */
  readonly checks: readonly Check[]
  /** Every endpoint in the order given, with the checks that are kept, this round's among them if it counts. */
  readonly states: readonly EndpointState[]
  /**
   * There only if everything failed at once where the last round did not, and the round therefore does not count: the monitor itself is
   * probably cut off. Which such round in a row it is.
   */
  readonly cutOff?: number
  /** Whose status is not what it was after the last round that counted, in the order of the endpoints. In the first round of all, everyone's. */
  readonly changes: readonly StatusChange[]
  /** How many rounds before this one were left out, because the last one took longer than there is between two. */
  readonly missed: number
}

/** An endpoint whose status is not what it was. */
export interface StatusChange {
  readonly endpoint: Endpoint
  readonly from: PortStatus
  readonly to: PortStatus
}

/** What is known of an endpoint; `unknown` as long as no round has counted. */
export type PortStatus = EndpointStatus | 'unknown'

/** The worst first. */
export const portStatuses = ['down', 'flapping', 'failing', 'unknown', 'up'] as const satisfies readonly PortStatus[]

export function portStatusOf({ checks }: Pick<EndpointState, 'checks'>, history: number): PortStatus {
  return checks.length === 0 ? 'unknown' : statusOf(checks, history)
}
