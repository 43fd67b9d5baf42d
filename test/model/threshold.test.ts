import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeIssues } from '../../src/model/problem.ts'
import type { Threshold } from '../../src/model/threshold.ts'
import { boundsOf, ruleNote, sidesOf, thresholdSchema } from '../../src/model/threshold.ts'

test.each([
  [{ metric: 'score' }],
  [{ metric: '', min: 1 }],
  [{ metric: 'score', min: 2, max: 1 }],
  [{ metric: 'score', min: Number.NaN }],
  [{ metric: 'score', min: '50' }],
  [{ metric: 'score', min: 50, most: 60 }],
])('%j is no threshold', (threshold) => {
  expect(thresholdSchema.safeParse(threshold).success).toBe(false)
})

test.each<[Threshold, ReturnType<typeof boundsOf>]>([
  [{ metric: 'a', min: 1 }, { min: 1 }],
  [{ metric: 'a', reference: 100, lower: -0.01, upper: 0.02 }, { min: 99, max: 102 }],
  [{ metric: 'a', reference: 100, upper: 0.02 }, { max: 102 }],
  [{ metric: 'a', reference: -100, lower: -0.01, upper: 0.02 }, { min: -101, max: -98 }],
  [{ metric: 'a', reference: 0, lower: -2, upper: 5 }, { min: -2, max: 5 }],
  [{ metric: 'a', reference: 221, lower: '-5%', upper: '+20%' }, { min: 209.95, max: 265.2 }],
  [{ metric: 'a', reference: 221, lower: '0%' }, { min: 221 }],
  [{ metric: 'a', reference: 1e308, upper: '+900%' }, { max: Number.MAX_VALUE }],
])('%j asks for %j', (rule, bounds) => {
  expect(boundsOf(thresholdSchema.parse(rule))).toEqual(bounds)
})

test.each([
  [{}, 'needs a min or a max, or a reference with lower or upper'],
  [{ lower: '-5%', min: 1 }, 'lower and upper need a reference'],
  [{ reference: 221 }, 'has a reference, and needs lower or upper'],
  [{ reference: 221, lower: '-5%', min: 200 }, 'has a reference besides min or max: keep one of them'],
  [{ reference: 221, lower: '5%' }, 'lower: must not be above 0: it lies below the reference'],
  [{ reference: 221, upper: -0.05 }, 'upper: must not be below 0: it lies above the reference'],
  [{ reference: 221, lower: -5 }, 'lower: is -500 % of the reference: write -5%, if that is meant'],
  [{ reference: 221, upper: 20 }, 'upper: is 2000 % of the reference: write +20%, if that is meant'],
  [{ reference: 221, lower: '-101%' }, 'lower: reaches behind 0'],
  [{ reference: -221, upper: '+101%' }, 'upper: reaches behind 0'],
  [{ reference: 0, lower: '-5%' }, 'lower: a share of 0 is 0: write the bound itself, as a number'],
  [{ reference: 221, lower: 'five' }, 'lower: expected a share of the reference, like -5% or -0.05'],
  [{ ownHistory: { last: 5, lower: '-5%' }, min: 1 }, 'has ownHistory besides min or max: keep one of them'],
  [{ ownHistory: { last: 5, lower: '-5%' }, reference: 221 }, 'has ownHistory besides a reference: keep one of them'],
  [{ ownHistory: { last: 5, upper: '+5%' }, lower: '-5%' }, 'has lower or upper besides ownHistory: write them into it'],
  [{ ownHistory: { last: 5 } }, 'ownHistory: needs lower or upper'],
  [{ ownHistory: { lower: '-5%' } }, 'ownHistory.last: expected a number, but it is missing'],
  [{ ownHistory: { last: 0, lower: '-5%' } }, 'ownHistory.last: '],
  [{ ownHistory: { last: 101, lower: '-5%' } }, 'ownHistory.last: '],
  [{ ownHistory: { last: 2.5, lower: '-5%' } }, 'ownHistory.last: '],
  [{ ownHistory: { last: 5, lower: '5%' } }, 'ownHistory.lower: must not be above 0: it lies below the reference'],
  [{ ownHistory: { last: 5, lower: -5 } }, 'ownHistory.lower: is -500 % of the reference: write -5%, if that is meant'],
  [{ ownHistory: { last: 5, lower: '-101%' } }, 'ownHistory.lower: reaches behind 0'],
  [{ ownHistory: { last: 5, lower: '-5%', required: 'yes' } }, 'ownHistory.required: expected a boolean'],
  [{ ownHistory: { last: 5, lower: '-5%', least: 3 } }, 'ownHistory: unknown key "least"'],
  [{ min: 1, where: { model: 640 } }, 'where.model: expected a string'],
  [{ min: 1, where: { model: '' } }, 'where.model: '],
  [{ min: 1, severity: 'fatal' }, 'severity: expected fail | warn'],
])('%j is refused: %s', (rule, problem) => {
  const given = { metric: 'a', ...rule }
  const problems = describeIssues(thresholdSchema.safeParse(given).error!, given)
  expect(problems).toEqual([expect.stringContaining(problem)])
})

test('whatever the reference, its bounds lie about it', () => {
  const reference = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 })
  const percent = fc.integer({ min: 0, max: 100 })
  fc.assert(
    fc.property(reference, percent, percent, (around, below, above) => {
      fc.pre(around !== 0)
      const { min, max } = boundsOf({ metric: 'a', reference: around, lower: `-${below}%`, upper: `+${above}%` })
      const digits = Math.abs(around) * 1e-14
      expect(min! <= around + digits && around <= max! + digits).toBe(true)
    }),
  )
})

describe('a rule about the own history', () => {
  const rule: Threshold = { metric: 'a', ownHistory: { last: 3, lower: '-5%', upper: 0.1 } }

  test.each<[Parameters<typeof boundsOf>[1], ReturnType<typeof boundsOf>]>([
    [{ values: 3, median: 200 }, { min: 190, max: 220 }],
    [{ values: 3, median: -200 }, { min: -210, max: -180 }],
    // A share of nothing is nothing, and a number is the bound itself, as with a reference.
    [{ values: 3, median: 0 }, { min: 0, max: 0.1 }],
    [{ values: 2, median: 200 }, {}],
    [{ values: 0 }, {}],
    [undefined, {}],
  ])('with the past %j asks for %j', (past, bounds) => {
    expect(boundsOf(thresholdSchema.parse(rule), past)).toEqual(bounds)
  })

  test('asks for what one with the median as its reference would', () => {
    const share = fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined })
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), share, share, fc.integer({ min: 1, max: 100 }), (median, below, above, last) => {
        fc.pre(median !== 0)
        const shares = { ...(below !== undefined && { lower: `-${below}%` }), ...(above !== undefined && { upper: `+${above}%` }) }
        expect(boundsOf({ metric: 'a', ownHistory: { last, ...shares } }, { values: last, median })).toEqual(boundsOf({ metric: 'a', reference: median, ...shares }))
      }),
    )
  })

  test('has the sides that it bounds, though nobody knows where', () => {
    expect(sidesOf(rule)).toEqual({ below: true, above: true })
    expect(sidesOf({ metric: 'a', ownHistory: { last: 3, upper: '+5%' } })).toEqual({ below: false, above: true })
    expect(sidesOf({ metric: 'a', reference: 5, lower: -0.1 })).toEqual({ below: true, above: false })
    expect(sidesOf({ metric: 'a', max: 0 })).toEqual({ below: false, above: true })
  })

  test('is named by what it goes by', () => {
    expect(ruleNote({ ...rule, where: { model: 'R6*' } }, 2)).toBe(' (thresholds[2]: model=R6*, own last 3, lower -5%, upper 0.1)')
  })
})
