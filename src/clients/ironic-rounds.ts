import { AsyncResource } from 'node:async_hooks'
import type { Clock } from '../model/clock.ts'

/** Rounds of asking, one after another. */
export interface Rounds {
  /** Somebody new is to be asked for: the next round begins within a second, or a second after the one that is under way. */
  readonly soon: () => void
  /** There is nobody to ask for, until `soon`. */
  readonly rest: () => void
  /** How long the round has taken that is under way; 0 if none is. */
  readonly underWayMs: () => number
}

const shortestMs = 1000
const longestMs = 15_000

/**
 * Rounds that are a second apart while they bring something new, and ever further, up to 15 seconds, while they do not.
 *
 * @param go Goes one round, and answers whether it brought something new. Never rejects.
 */
export function createRounds(clock: Clock, go: () => Promise<boolean>): Rounds {
  // Rounds are for many servers, and run in nobody's async context: not in that of the server which happened to start them.
  const nobody = new AsyncResource('IronicRounds')
  let isWanted = false
  let intervalMs = shortestMs
  let next: { readonly at: number; readonly cancel: () => void } | undefined
  let begunAt: number | undefined

  function plan(ms: number): void {
    const at = clock.elapsed() + ms
    if (begunAt !== undefined || (next && next.at <= at)) return
    next?.cancel()
    next = { at, cancel: nobody.runInAsyncScope(() => clock.after(ms, () => void goRound())) }
  }
  async function goRound(): Promise<void> {
    next = undefined
    begunAt = clock.elapsed()
    // Whoever is added meanwhile sets it back.
    intervalMs = Math.min(longestMs, intervalMs * 2)
    if (await go()) intervalMs = shortestMs
    begunAt = undefined
    if (isWanted) plan(intervalMs)
  }

  return {
    soon() {
      isWanted = true
      intervalMs = shortestMs
      plan(shortestMs)
    },
    rest() {
      isWanted = false
      next?.cancel()
      next = undefined
    },
    underWayMs: () => (begunAt === undefined ? 0 : clock.elapsed() - begunAt),
  }
}
