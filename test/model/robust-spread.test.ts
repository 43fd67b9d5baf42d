import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deviationsOf, outlierDeviations, robustSpread } from '../../src/model/robust-spread.ts'

describe('a robust spread', () => {
  test('counts for normal values in standard deviations', () => {
    expect(robustSpread([90, 95, 100, 105, 110])).toEqual({ median: 100, mad: 5, deviation: 1.4826 * 5 })
  })

  test('is not moved by a few that lie far away', () => {
    expect(robustSpread([90, 95, 100, 105, 1e9])).toEqual({ median: 100, mad: 5, deviation: 1.4826 * 5 })
  })

  test('is never less than 1 % of the median: what differs by less does so for no reason', () => {
    expect(robustSpread([1000, 1001, 1002])).toEqual({ median: 1001, mad: 1, deviation: 10.01 })
    expect(robustSpread([-1000, -1000, -1000]).deviation).toBe(10)
  })

  test('goes by the mean where more than half are the same, so that a single one that is not can be told', () => {
    const spread = robustSpread([0, 0, 0, 0, 0, 0, 0, 5])
    expect(spread).toEqual({ median: 0, mad: 0, deviation: 1.2533 * 0.625 })
    expect(deviationsOf(5, spread)).toBeGreaterThan(outlierDeviations)
  })

  test('of values that are all 0 has none apart', () => {
    expect(deviationsOf(0, robustSpread([0, 0, 0]))).toBe(0)
  })

  test('gives finite numbers of deviations, with the sign of the side, whatever the values', () => {
    const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(values, (all) => {
        const spread = robustSpread(all)
        for (const value of all) {
          const deviations = deviationsOf(value, spread)
          expect(Number.isFinite(deviations)).toBe(true)
          if (deviations !== 0) expect(Math.sign(deviations)).toBe(value > spread.median ? 1 : -1)
        }
      }),
    )
  })

  test('is the same in another unit', () => {
    const values = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(values, (all) => {
        const scaled = all.map((value) => value * 1024)
        for (const value of all) expect(deviationsOf(value * 1024, robustSpread(scaled))).toBeCloseTo(deviationsOf(value, robustSpread(all)), 6)
      }),
    )
  })
})
