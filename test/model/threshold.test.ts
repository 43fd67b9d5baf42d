import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeIssues } from '../../src/model/problem.ts'
import type { Comparison, Threshold } from '../../src/model/threshold.ts'
import { boundsOf, compare, describeViolation, thresholdSchema } from '../../src/model/threshold.ts'

const nothingWrong: Comparison = { violations: [], missing: [] }

test.each<[string, Record<string, number>, Threshold[], Comparison]>([
  ['a value on its lower bound holds', { score: 50 }, [{ metric: 'score', min: 50 }], nothingWrong],
  ['a value on its upper bound holds', { latency: 9 }, [{ metric: 'latency', max: 9 }], nothingWrong],
  ['a metric that no rule asks for is not judged', { score: 50, noise: -1 }, [{ metric: 'score', min: 50 }], nothingWrong],
  ['nothing is asked', {}, [], nothingWrong],
  ['a value below violates', { score: 31 }, [{ metric: 'score', min: 50 }], { violations: [{ metric: 'score', value: 31, unit: '', bound: { min: 50 }, by: 19 }], missing: [] }],
  ['a value above violates', { t: 9.3 }, [{ metric: 't', max: 9, unit: 'ms' }], { violations: [{ metric: 't', value: 9.3, unit: 'ms', bound: { max: 9 }, by: 0.3 }], missing: [] }],
  ['binary fractions do not show', { t: 0.1 }, [{ metric: 't', min: 0.3 }], { violations: [{ metric: 't', value: 0.1, unit: '', bound: { min: 0.3 }, by: 0.2 }], missing: [] }],
  ['nor where the difference is small', { t: 49.999 }, [{ metric: 't', min: 50 }], { violations: [{ metric: 't', value: 49.999, unit: '', bound: { min: 50 }, by: 0.001 }], missing: [] }],
  ['nor where the values are', { t: 1e-12 }, [{ metric: 't', min: 3e-12 }], { violations: [{ metric: 't', value: 1e-12, unit: '', bound: { min: 3e-12 }, by: 2e-12 }], missing: [] }],
  ['nor where they are large', { t: 1e300 }, [{ metric: 't', min: 3e300 }], { violations: [{ metric: 't', value: 1e300, unit: '', bound: { min: 3e300 }, by: 2e300 }], missing: [] }],
  ['a difference is never nothing', { t: 50 - 2 ** -47 }, [{ metric: 't', min: 50 }], { violations: [{ metric: 't', value: 50 - 2 ** -47, unit: '', bound: { min: 50 }, by: 2 ** -47 }], missing: [] }],
  ['a difference of any size is finite', { t: -1.7e308 }, [{ metric: 't', min: 1.7e308 }], { violations: [{ metric: 't', value: -1.7e308, unit: '', bound: { min: 1.7e308 }, by: Number.MAX_VALUE }], missing: [] }],
  ['a missing metric is told', { score: 80 }, [{ metric: 'cpu', min: 1 }], { violations: [], missing: ['cpu'] }],
  ['an inherited name is no metric', {}, [{ metric: 'toString', min: 1 }], { violations: [], missing: ['toString'] }],
  [
    'each rule is told of',
    { a: 1, b: 9 },
    [{ metric: 'a', min: 2 }, { metric: 'b', max: 8 }, { metric: 'c', min: 0 }, { metric: 'a', max: 5 }],
    { violations: [{ metric: 'a', value: 1, unit: '', bound: { min: 2 }, by: 1 }, { metric: 'b', value: 9, unit: '', bound: { max: 8 }, by: 1 }], missing: ['c'] },
  ],
])('%s', (_what, metrics, thresholds, comparison) => {
  expect(compare(metrics, thresholds)).toEqual(comparison)
})

test('a violation is told with metric, value, unit, bound, and by how much', () => {
  expect(describeViolation({ metric: 'score', value: 31, unit: '', bound: { min: 50 }, by: 19 })).toBe('score 31 is below 50, by 19')
  expect(describeViolation({ metric: 'latency', value: 12, unit: 'ms', bound: { max: 9 }, by: 3 })).toBe('latency 12 ms is above 9 ms, by 3 ms')
})

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

test('a value that is missing or not finite never holds, and moving one further inside its bounds never breaks it', () => {
  const value = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })
  fc.assert(
    fc.property(value, value, value, fc.double({ min: 0, max: 1, noNaN: true }), (measured, one, other, share) => {
      const [min, max] = [Math.min(one, other), Math.max(one, other)]
      const holds = (t: number): boolean => {
        const { violations, missing } = compare({ t }, [{ metric: 't', min, max }])
        return violations.length + missing.length === 0
      }
      expect(holds(measured)).toBe(measured >= min && measured <= max)
      if (holds(measured)) expect(holds(Math.min(max, Math.max(min, measured + (min - measured) * share)))).toBe(true)
      for (const t of [Number.NaN, Infinity, -Infinity]) expect(compare({ t }, [{ metric: 't', min, max }])).toEqual({ violations: [], missing: ['t'] })
    }),
  )
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
