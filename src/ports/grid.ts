import { pause } from '../clients/pause.ts'
import type { Clock } from '../model/clock.ts'

interface GridOptions {
  /** In milliseconds. */
  readonly everyMs: number
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** A moment to start at. */
export interface Start {
  /** How many moments of the grid have passed since the last start, unused. */
  readonly missed: number
}

/**
 * Starts on a grid that the first one sets, so that neither slow work nor late timers add up. Moments that pass while the work of the
 * last start goes on are skipped. Ends when the signal aborts.
 */
export async function* startsOnGrid({ everyMs, clock, signal }: GridOptions): AsyncGenerator<Start, void, void> {
  const first = clock.elapsed()
  for (let last = 0, missed = 0; !signal.aborted; ) {
    yield { missed }
    const next = Math.max(last + 1, Math.ceil((clock.elapsed() - first) / everyMs))
    missed = next - last - 1
    last = next
    await pause(first + next * everyMs - clock.elapsed(), signal, clock).catch(() => {})
  }
}
