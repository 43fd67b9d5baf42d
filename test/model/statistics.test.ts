import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mad, median } from '../../src/model/statistics.ts'

const measured = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 40 })

describe('the median', () => {
  it('is the value in the middle, in whatever order they come', () => {
    expect(median([30, 10, 20])).toBe(20)
    expect(median([9, 100, 10])).toBe(10)
  })

  it('of an even number is the mean of the two in the middle', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })

  it('of two huge values is finite', () => {
    expect(median([Number.MAX_VALUE, Number.MAX_VALUE / 2])).toBe(Number.MAX_VALUE * 0.75)
  })

  it('of nothing is not a number', () => {
    expect(median([])).toBeNaN()
  })

  it('leaves the values as they are', () => {
    const values = Object.freeze([3, 1, 2])
    expect([median(values), values]).toEqual([2, [3, 1, 2]])
  })

  it('has as many values at or below it as at or above it, at least half', () => {
    fc.assert(fc.property(measured, (values) => {
      const middle = median(values)
      const half = values.length / 2
      expect(values.filter((value) => value <= middle).length).toBeGreaterThanOrEqual(half)
      expect(values.filter((value) => value >= middle).length).toBeGreaterThanOrEqual(half)
    }))
  })
})

describe('the median absolute deviation', () => {
  it('is the median of the distances from the median', () => {
    expect(mad([1, 1, 2, 2, 4, 6, 9])).toBe(1)
  })

  it('is not moved by one outlier', () => {
    expect(mad([98, 99, 100, 101, 102])).toBe(1)
    expect(mad([98, 99, 100, 101, 1e9])).toBe(1)
  })

  it('of equal values is nought, and of nothing is not a number', () => {
    expect([mad([7, 7, 7]), mad([7]), mad([])]).toEqual([0, 0, Number.NaN])
  })
})
