import type { Check } from '../model/endpoint.ts'

/** So many rounds in a row are swallowed, at most. An outage that lasts longer is the endpoints' own. */
const mostSwallowed = 2

export interface Looked {
  /** What this round found, by endpoint. */
  readonly now: readonly Check[]
  /** What the last round that counted found of the same endpoints; nothing for one that was not watched then. */
  readonly before: readonly (Check | undefined)[]
  /** How many rounds in a row, up to the last, did not count. */
  readonly uncounted: number
}

/**
 * Whether it is probably the monitor that is cut off, and not the endpoints that are gone: all of at least two failed, and of those that
 * the last round that counted had looked at too, one had answered then. Without such a round there is nothing to compare with.
 *
 * @returns Which such round in a row it is; nothing if the round counts.
 */
export function cutOffOf({ now, before, uncounted }: Looked): number | undefined {
  if (uncounted >= mostSwallowed || now.length < 2) return undefined
  return now.every(({ ok }) => !ok) && before.some((check) => check?.ok) ? uncounted + 1 : undefined
}
