import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rankTest } from '../../src/model/rank-test.ts'

const permeabilityAtTerm = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
const permeabilityEarly = [1.15, 0.88, 0.9, 0.74, 1.21]

describe('published values:', () => {
  test('permeability of membranes (Hollander and Wolfe, table 4.1; R: wilcox.test has 35 and a one-sided 0.1272)', () => {
    const { u, p, method } = rankTest(permeabilityEarly, permeabilityAtTerm)
    expect({ u, p: p.toFixed(4), method }).toEqual({ u: 35, p: '0.2544', method: 'exact' })
  })

  test('age of diagnosis (the example of scipy.stats.mannwhitneyu)', () => {
    const { u, p, method } = rankTest([20, 11, 17, 12], [19, 22, 16, 29, 24])
    expect({ u, method }).toEqual({ u: 17, method: 'exact' })
    expect(p).toBeCloseTo(1 / 9, 12)
  })

  test('three values that are all below three others are chance once in ten times, also where they are equal', () => {
    expect(rankTest([80, 80, 80], [76, 76, 76])).toEqual({ u: 0, p: 0.1, method: 'exact' })
  })

  // The largest U that is significant at 5 %, two-sided: the table of Mann and Whitney's test as the textbooks have it.
  test.each([[4, 4, 0], [5, 5, 2], [6, 5, 3], [8, 8, 13], [10, 10, 23], [20, 10, 55], [20, 20, 127]])('of %d and %d values the critical U is %d', (m, n, critical) => {
    expect([pOf(m, n, critical) <= 0.05, pOf(m, n, critical + 1) <= 0.05]).toEqual([true, false])
  })
})

/** The p of two samples with a given U: of the second sample, so many pairs are the greater ones. */
function pOf(m: number, n: number, u: number): number {
  const first = Array.from({ length: m }, (_, index) => index)
  const full = Math.floor(u / m)
  const second = Array.from({ length: n }, (_, index) => (index < full ? m + index : index === full ? (u % m) - 0.5 : -1 - index))
  const { u: found, p } = rankTest(first, second)
  expect(found).toBe(u)
  return p
}

// By scipy 1.17, method='asymptotic'.
test.each<[string, readonly number[], readonly number[], number, number]>([
  ['many values, with ties', Array.from({ length: 24 }, (_, index) => index % 6), Array.from({ length: 24 }, (_, index) => 1 + (index % 6)), 376, 0.067_826_554_599_934_14],
  ['many values, no ties', Array.from({ length: 30 }, (_, index) => index), Array.from({ length: 30 }, (_, index) => index + 8.5), 669, 0.001_236_184_563_209_011],
])('by the normal distribution: %s', (_, first, second, u, p) => {
  const found = rankTest(first, second)
  expect({ u: found.u, method: found.method }).toEqual({ u, method: 'normal' })
  expect(found.p).toBeCloseTo(p, 9)
})

const value = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true, noDefaultInfinity: true }))
const sample = fc.array(value, { minLength: 1, maxLength: 40 })

describe('for any samples', () => {
  test('p lies between 0 and 1, and is the same from either side', () => {
    fc.assert(
      fc.property(sample, sample, (first, second) => {
        const [there, back] = [rankTest(first, second), rankTest(second, first)]
        expect(there.p).toBeGreaterThanOrEqual(0)
        expect(there.p).toBeLessThanOrEqual(1)
        expect(back).toEqual({ ...there, u: first.length * second.length - there.u })
      }),
    )
  })

  test('only the order of values counts: what keeps it changes nothing, nor does the order in which they come', () => {
    const whole = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(whole, whole, (first, second) => {
        const found = rankTest(first, second)
        for (const keep of [(x: number) => x ** 3, (x: number) => 2 * x - 7, (x: number) => Math.atan(x / 1000)]) expect(rankTest(first.map(keep), second.map(keep).toReversed())).toEqual(found)
      }),
    )
  })

  test('a sample does not differ from itself', () => {
    fc.assert(
      fc.property(sample, (values) => {
        expect(rankTest(values, values)).toMatchObject({ u: values.length ** 2 / 2, p: 1 })
      }),
    )
  })

  test('small ones have the p that counting every order gives, with ties and without', () => {
    const distinct = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 9 })
    const tied = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 9 })
    fc.assert(
      fc.property(fc.oneof(distinct, tied), fc.nat(), (values, cut) => {
        const m = 1 + (cut % (values.length - 1))
        const found = rankTest(values.slice(0, m), values.slice(m))
        expect(found.method).toBe('exact')
        expect(found.p).toBeCloseTo(countedP(values, m), 12)
      }),
    )
  })
})

/** Of all ways to take m of the values for the first sample: the share in which U lies at least as far from its middle. */
function countedP(values: readonly number[], m: number): number {
  const uOf = (isFirst: (index: number) => boolean): number =>
    values.reduce((total, one, i) => total + (isFirst(i) ? values.reduce((sum, other, j) => sum + (isFirst(j) ? 0 : (Math.sign(other - one) + 1) / 2), 0) : 0), 0)
  const apart = (u: number): number => Math.abs(u - (m * (values.length - m)) / 2)
  const seen = apart(uOf((index) => index < m))
  const choices = Array.from({ length: 2 ** values.length }, (_, bits) => bits).filter((bits) => values.filter((_value, index) => isSet(bits, index)).length === m)
  return choices.filter((bits) => apart(uOf((index) => isSet(bits, index))) >= seen).length / choices.length
}

function isSet(bits: number, index: number): boolean {
  return Math.floor(bits / 2 ** index) % 2 === 1
}
