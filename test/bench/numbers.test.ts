import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { leastMakespan, listSchedule, lognormal, median } from '../../bench/numbers.ts'

describe('the median', () => {
  test.each<[readonly number[], number]>([
    [[7], 7],
    [[10, 2, 9], 9],
    [[4, 1, 100, 2], 3],
  ])('of %j is %d', (values, middle) => {
    expect(median(values)).toBe(middle)
  })

  test('of nothing is refused', () => {
    expect(() => median([])).toThrow(RangeError)
  })
})

describe('the list schedule', () => {
  test('gives each length to the worker that is free first', () => {
    // Worker 1: 5, 2. Worker 2: 1, 3, 4.
    expect(listSchedule([5, 1, 3, 4, 2], 2)).toBe(8)
  })

  test('lasts as long as the sum with one worker, and as the longest with a worker for each', () => {
    expect([listSchedule([5, 1, 3], 1), listSchedule([5, 1, 3], 3)]).toEqual([9, 5])
  })

  test('is never shorter than the bound, and less than twice as long', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1 }), fc.integer({ min: 1, max: 20 }), (lengths, workers) => {
        const ratio = listSchedule(lengths, workers) / leastMakespan(lengths, workers)
        expect([ratio >= 1 - 1e-9, ratio < 2]).toEqual([true, true])
      }),
    )
  })
})

describe('the bound of the makespan', () => {
  test('is the share of each worker, or the longest length if that is more', () => {
    expect([leastMakespan([4, 4, 4], 2), leastMakespan([9, 1, 1], 2)]).toEqual([6, 9])
  })
})

describe('lognormal lengths', () => {
  const lengths = lognormal({ count: 2000, mean: 400, sigma: 0.75 })

  test('are the same each time, whole, and have the mean that was asked for', () => {
    expect(lognormal({ count: 2000, mean: 400, sigma: 0.75 })).toEqual(lengths)
    expect(lengths.filter((length) => !Number.isInteger(length) || length < 1)).toEqual([])
    expect(lengths.reduce((sum, length) => sum + length, 0) / 2000).toBeCloseTo(400, 0)
  })

  test('have the median and the spread of their distribution', () => {
    const logs = lengths.map(Math.log)
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length
    const deviation = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length)
    expect(deviation).toBeCloseTo(0.75, 1)
    expect(median(lengths) / (400 / Math.exp(0.75 ** 2 / 2))).toBeCloseTo(1, 1)
  })
})
