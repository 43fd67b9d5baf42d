import { lognormal } from './numbers.ts'

/** A server of a fleet of several models, and how long it takes, in milliseconds. */
export interface Mixed {
  readonly model: string
  readonly ms: number
}

/** Of 60 servers, in the order in which they stand in a list that has grown: the newest ones, which take longest, at the end. */
const models = [
  { model: 'R640', of60: 42, ms: 1600 },
  { model: 'R750', of60: 15, ms: 8000 },
  { model: 'R7625', of60: 3, ms: 24_000 },
]
const spread = 0.25

/** A fleet of a small, a usual and a very large model, the same each time. */
export function mixedFleet(count: number): Mixed[] {
  return models.flatMap(({ model, of60, ms }) => {
    const times = lognormal({ count: Math.max(1, Math.round((count * of60) / 60)), mean: ms, sigma: spread })
    return times.map((time): Mixed => ({ model, ms: time }))
  })
}
