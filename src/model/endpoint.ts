/** A port of a host that is watched. */
export interface Endpoint {
  /** A name, an IPv4 or an IPv6 address, without brackets. */
  readonly host: string
  readonly port: number
}

/** Why an endpoint did not answer as it should. `unexpected`: it said something else than was expected of it. */
export const failureReasons = ['refused', 'timeout', 'unreachable', 'reset', 'dns', 'tls', 'unexpected'] as const
export type FailureReason = (typeof failureReasons)[number]

/** What came of looking at an endpoint once. */
export type Check =
  | {
      readonly ok: true
      /** When it began, in ISO 8601. */
      readonly at: string
      /** How long it took, in milliseconds. */
      readonly ms: number
      /** Whole days until its certificate expires; less than none if it has. */
      readonly daysToExpiry?: number
    }
  | { readonly ok: false; readonly at: string; readonly ms: number; readonly reason: FailureReason; readonly detail: string }

/** What the last checks of an endpoint say together. */
export type EndpointStatus = 'up' | 'down' | 'failing' | 'flapping'

/** An endpoint and its last checks, the oldest first. */
export interface EndpointState {
  readonly endpoint: Endpoint
  readonly checks: readonly Check[]
}

/** `host:port`, as people write it: an IPv6 address in brackets. */
export function endpointName({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/**
 * What the last checks of an endpoint say: `up` if none failed, `down` if the last ones all did, as many as are kept, `failing` if there
 * are only failures, but fewer, `flapping` if there are both.
 *
 * @param checks At least one.
 * @param history How many are kept.
 */
export function statusOf(checks: readonly Check[], history: number): EndpointStatus {
  const last = checks.slice(-history)
  if (last.every(({ ok }) => ok)) return 'up'
  if (last.some(({ ok }) => ok)) return 'flapping'
  return last.length < history ? 'failing' : 'down'
}
