import type { Clock } from '../model/clock.ts'
import type { Check, Endpoint } from '../model/endpoint.ts'

/** What is asked of an endpoint besides that it takes a connection. */
export interface TlsOptions {
  /** What the certificate must be for, and what is asked for by SNI: the endpoint's host unless said otherwise. */
  readonly servername?: string
  /** Certificates to trust, as PEM, instead of those of the system. */
  readonly ca?: string
  /** Whether a certificate that is not trusted, for another name, or expired is a failure: it is unless this is `false`. */
  readonly verify?: boolean
}

export interface CheckOptions {
  /** How long the whole of a check may take, in milliseconds: finding the address, connecting, TLS and what it says. */
  readonly limitMs: number
  readonly signal: AbortSignal
  readonly clock: Clock
  /** Does a TLS handshake, and tells the days to expiry. */
  readonly tls?: TlsOptions
  /** What the endpoint must say, unasked, in its first 4 KiB. */
  readonly expect?: RegExp
}

/**
 * Looks whether an endpoint answers. Any address of a name will do.
 *
 * @throws DefectError if this machine has no descriptor for it all that time; the signal's reason if that aborts.
 */
export function checkEndpoint(_endpoint: Endpoint, _options: CheckOptions): Promise<Check> {
  throw new Error('not yet')
}
