/** The middle value; of an even number of values the mean of the two in the middle. @throws RangeError if there is none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('there is no median of nothing')
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]!
  const lower = sorted[Math.ceil(sorted.length / 2) - 1]!
  return (lower + upper) / 2
}

/** When all is done if each length, in its order, goes to the worker that is free first. */
export function listSchedule(lengths: readonly number[], workers: number): number {
  const free = Array.from({ length: workers }, () => 0)
  for (const length of lengths) {
    const first = free.indexOf(Math.min(...free))
    free[first]! += length
  }
  return Math.max(...free)
}

/** What no schedule can be faster than. */
export function leastMakespan(lengths: readonly number[], workers: number): number {
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0)
  return Math.max(lengths.reduce((sum, length) => sum + length, 0) / workers, longest)
}

/** Lengths of which few are many times the others, as those of real work are; the same each time. Their mean is `mean` but for rounding to whole numbers. */
export function lognormal({ count, mean, sigma }: { readonly count: number; readonly mean: number; readonly sigma: number }): number[] {
  const random = randomOf(20_261)
  const raw = Array.from({ length: count }, () => Math.exp(sigma * normal(random)))
  const factor = (mean * count) / raw.reduce((sum, value) => sum + value, 0)
  return raw.map((value) => Math.max(1, Math.round(value * factor)))
}

/** Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Mulberry32: numbers from 0 up to 1, not included, the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
