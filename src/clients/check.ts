import type { Check, Endpoint, FailureReason } from '../model/endpoint.ts'
import type { Attempt, Found } from './attempt.ts'
import { attempt } from './attempt.ts'
import type { Short } from './connect-fault.ts'
import type { CheckOptions } from './endpoint.ts'
import type { Looked } from './lookups.ts'

/** A check under way. */
export interface Running {
  /** Closes its sockets; it is not heard of again. */
  readonly end: () => void
}

/** If an address has not answered by then, the next one is tried beside it. */
const headStartMs = 250

/** The least certain first: as long as one address says nothing, it is not known that nobody listens, whatever the others say. */
const weights: readonly FailureReason[] = ['timeout', 'unexpected', 'tls', 'reset', 'refused', 'unreachable', 'dns']

/** Checks an endpoint: any of its addresses that answers as it should will do. `done` is called once, later, with every socket closed. */
export function beginCheck({ host, port }: Endpoint, looked: Looked, options: CheckOptions, done: (outcome: Check | Short) => void): Running {
  const { clock, limitMs } = options
  const spentMs = looked.ms
  const began = clock.elapsed() - spentMs
  const at = new Date(clock.now() - spentMs).toISOString()
  const checkOf = (found: Exclude<Found, Short>): Check => ({ ...('ok' in found ? found : { ok: false, ...found }), at, ms: clock.elapsed() - began })
  const attempts: Attempt[] = []
  const results: Found[] = []
  let over = false
  let heard = 0
  let cancelNext: (() => void) | undefined

  const end = (): void => {
    over = true
    cancelLimit()
    cancelNext?.()
    for (const each of attempts) each.end()
  }
  const conclude = (found: Found): void => {
    if (over) return
    end()
    done('short' in found ? found : checkOf(found))
  }
  const late = (): void => conclude(decisive(attempts.map((each, index) => results[index] ?? each.late())))
  const tryNext = (addresses: readonly string[]): void => {
    cancelNext?.()
    const index = attempts.length
    const hear = (found: Found): void => {
      heard++
      results[index] = found
      if ('ok' in found) conclude(found)
      else if (heard === addresses.length) conclude(decisive(results))
      else if (attempts.length < addresses.length) tryNext(addresses)
    }
    attempts.push(attempt({ host, address: addresses[index]!, port }, options, hear))
    if (attempts.length < addresses.length) cancelNext = clock.after(headStartMs, () => tryNext(addresses))
  }
  // A machine that was held up hears what has come meanwhile before it says that it came too late.
  const cancelLimit = clock.after(Math.max(0, limitMs - spentMs), () => setImmediate(late))
  const found = looked.addresses
  if ('reason' in found) queueMicrotask(() => conclude(found))
  else tryNext(found)
  return { end }
}

/** Which result of several addresses stands for the endpoint. */
function decisive(results: readonly Found[]): Found {
  const weight = (found: Found): number => ('ok' in found ? -2 : 'short' in found ? -1 : weights.indexOf(found.reason))
  return results.reduce((most, found) => (weight(found) < weight(most) ? found : most))
}
