import type { MetricKind } from './metric-kind.ts'
import { significantDigits } from './threshold.ts'

/** How a value has changed. */
export interface Change {
  /** Of what it was, whatever its sign; null where that was 0, or so little that no number tells the share. */
  readonly percent: number | null
  /** `higher` and `lower` where nobody knows which of them is better. */
  readonly is: 'same' | 'better' | 'worse' | 'higher' | 'lower'
}

/** @param before Finite, as is `after`. */
export function changeOf(before: number, after: number, better: MetricKind['better']): Change {
  if (before === after) return { percent: 0, is: 'same' }
  const went = after > before ? 'higher' : 'lower'
  return { percent: percentOf(before, after), is: better === undefined ? went : went === better ? 'better' : 'worse' }
}

function percentOf(before: number, after: number): number | null {
  // Without the digits that binary fractions add: from 80 to 76 is 5 %, and not more.
  const percent = Number((((after - before) / Math.abs(before)) * 100).toPrecision(significantDigits - 3))
  return Number.isFinite(percent) ? percent : null
}

/** Whether a value is worse by more than so much. What was 0 and is worse, is worse by more than any share of it. */
export function isWorseBy({ percent, is }: Change, limitPercent: number): boolean {
  return is === 'worse' && isBeyond(percent, limitPercent)
}

/** Whether a value has gone further than so much, in whichever direction. */
export function isBeyond(percent: Change['percent'], limitPercent: number): boolean {
  return percent === null || Math.abs(percent) > limitPercent
}
