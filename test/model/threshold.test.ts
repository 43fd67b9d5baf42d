import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeIssues } from '../../src/model/problem.ts'
import type { Threshold } from '../../src/model/threshold.ts'
import { boundsOf, thresholdSchema } from '../../src/model/threshold.ts'

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
