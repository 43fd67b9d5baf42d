import type { Clock } from '../model/clock.ts'
import type { Check, Endpoint } from '../model/endpoint.ts'
import { checkAll } from './endpoints.ts'
import type { TlsOptions } from './handshake.ts'
import type { Resolver } from './lookups.ts'

export interface CheckOptions {
  /** How long the whole of a check may take, in milliseconds: finding the address, connecting, TLS and what it says. */
  readonly limitMs: number
  readonly signal: AbortSignal
  readonly clock: Clock
  /** Does a TLS handshake, and tells the days to expiry. */
  readonly tls?: TlsOptions
  /** What the endpoint must say, unasked, in its first 4 KiB. */
  readonly expect?: RegExp
  /** Finds the addresses of names; as this machine does unless said otherwise. */
  readonly resolver?: Resolver
}

/**
 * Looks whether an endpoint answers. Any address of a name will do.
 *
 * @throws DefectError if this machine has no descriptor for it all that time; the signal's reason if that aborts.
 */
export async function checkEndpoint(endpoint: Endpoint, options: CheckOptions): Promise<Check> {
  let found: Check | undefined
  await checkAll([endpoint], { ...options, concurrency: 1 }, (check) => (found = check))
  return found!
}
