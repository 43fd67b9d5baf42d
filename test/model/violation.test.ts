import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchRules } from '../../src/model/matching.ts'
import type { Threshold } from '../../src/model/threshold.ts'
import type { Comparison } from '../../src/model/violation.ts'
import { compare, describeFinding, describeViolation } from '../../src/model/violation.ts'

const nothingWrong: Comparison = { violations: [], warnings: [], missing: [], withoutPast: [] }

test.each<[string, Record<string, number>, Threshold[], Comparison]>([
  ['a value on its lower bound holds', { score: 50 }, [{ metric: 'score', min: 50 }], nothingWrong],
  ['a value on its upper bound holds', { latency: 9 }, [{ metric: 'latency', max: 9 }], nothingWrong],
  ['a metric that no rule asks for is not judged', { score: 50, noise: -1 }, [{ metric: 'score', min: 50 }], nothingWrong],
  ['nothing is asked', {}, [], nothingWrong],
  ['a value below violates', { score: 31 }, [{ metric: 'score', min: 50 }], { violations: [{ metric: 'score', value: 31, unit: '', bound: { min: 50 }, by: 19, rule: 0 }], warnings: [], missing: [], withoutPast: [] }],
  ['a value above violates', { t: 9.3 }, [{ metric: 't', max: 9, unit: 'ms' }], { violations: [{ metric: 't', value: 9.3, unit: 'ms', bound: { max: 9 }, by: 0.3, rule: 0 }], warnings: [], missing: [], withoutPast: [] }],
  ['binary fractions do not show', { t: 0.1 }, [{ metric: 't', min: 0.3 }], { violations: [{ metric: 't', value: 0.1, unit: '', bound: { min: 0.3 }, by: 0.2, rule: 0 }], warnings: [], missing: [], withoutPast: [] }],
  ['nor where the difference is small', { t: 49.999 }, [{ metric: 't', min: 50 }], { violations: [{ metric: 't', value: 49.999, unit: '', bound: { min: 50 }, by: 0.001, rule: 0 }], warnings: [], missing: [], withoutPast: [] }],
  ['nor where the values are', { t: 1e-12 }, [{ metric: 't', min: 3e-12 }], { violations: [{ metric: 't', value: 1e-12, unit: '', bound: { min: 3e-12 }, by: 2e-12, rule: 0 }], warnings: [], missing: [], withoutPast: [] }],
  ['nor where they are large', { t: 1e300 }, [{ metric: 't', min: 3e300 }], { violations: [{ metric: 't', value: 1e300, unit: '', bound: { min: 3e300 }, by: 2e300, rule: 0 }], warnings: [], missing: [], withoutPast: [] }],
  ['a difference is never nothing', { t: 50 - 2 ** -47 }, [{ metric: 't', min: 50 }], { violations: [{ metric: 't', value: 50 - 2 ** -47, unit: '', bound: { min: 50 }, by: 2 ** -47, rule: 0 }], warnings: [], missing: [], withoutPast: [] }],
  ['a difference of any size is finite', { t: -1.7e308 }, [{ metric: 't', min: 1.7e308 }], { violations: [{ metric: 't', value: -1.7e308, unit: '', bound: { min: 1.7e308 }, by: Number.MAX_VALUE, rule: 0 }], warnings: [], missing: [], withoutPast: [] }],
  ['a missing metric is told', { score: 80 }, [{ metric: 'cpu', min: 1 }], { violations: [], warnings: [], missing: ['cpu'], withoutPast: [] }],
  ['an inherited name is no metric', {}, [{ metric: 'toString', min: 1 }], { violations: [], warnings: [], missing: ['toString'], withoutPast: [] }],
  [
    'each metric is told of by the rule that holds',
    { a: 1, b: 9, d: 3 },
    [{ metric: 'a', min: 0, where: { model: 'R750' } }, { metric: 'a', min: 2 }, { metric: 'b', max: 8 }, { metric: 'c', min: 0 }, { metric: 'd', reference: 100, lower: '-1%', where: { model: 'R6*' } }, { metric: 'd', min: 1 }],
    {
      violations: [
        { metric: 'a', value: 1, unit: '', bound: { min: 2 }, by: 1, rule: 1 },
        { metric: 'b', value: 9, unit: '', bound: { max: 8 }, by: 1, rule: 2 },
        { metric: 'd', value: 3, unit: '', bound: { min: 99 }, by: 96, rule: 4 },
      ],
      warnings: [],
      missing: ['c'], withoutPast: [],
    },
  ],
  [
    'a rule that warns condemns nobody, also for what was not measured',
    { a: 1 },
    [{ metric: 'a', min: 2, severity: 'warn' }, { metric: 'b', max: 3, severity: 'warn' }],
    { violations: [], warnings: [{ metric: 'a', value: 1, unit: '', bound: { min: 2 }, by: 1, rule: 0 }, { metric: 'b', unit: '', bound: { max: 3 }, rule: 1 }], missing: [], withoutPast: [] },
  ],
])('%s', (_what, metrics, thresholds, comparison) => {
  expect(compare(metrics, matchRules(thresholds, { model: 'R640' }))).toEqual(comparison)
})

test('what a rule about the own history could not judge is told, and condemns only where the past is required', () => {
  const own = (more: object): Threshold => ({ metric: 'score', ownHistory: { last: 5, lower: '-5%', ...more }, unit: 'ms' })
  const finding = { metric: 'score', value: 80, unit: 'ms', bound: {}, rule: 0, past: { values: 0, last: 5 } }
  expect(compare({ score: 80 }, matchRules([own({})], {}))).toEqual({ violations: [], warnings: [finding], missing: [], withoutPast: [] })
  expect(compare({ score: 80 }, matchRules([own({ required: true })], {}))).toEqual({ violations: [], warnings: [], missing: [], withoutPast: [finding] })
  expect(compare({ score: 80 }, matchRules([{ ...own({ required: true }), severity: 'warn' }], {}))).toEqual({ violations: [], warnings: [finding], missing: [], withoutPast: [] })
  expect(compare({}, matchRules([own({})], {}))).toEqual({ violations: [], warnings: [], missing: ['score'], withoutPast: [] })
  const told = (values: number) => describeFinding({ ...finding, past: { values, last: 5 } }, [own({})])
  expect([told(0), told(1), told(4)]).toEqual(['no value', '1 value', '4 values'].map((there) => `score 80 ms is not judged: the history has ${there} of this server, and the rule needs 5 (thresholds[0]: own last 5, lower -5%)`))
})

test('a violation is told with metric, value, unit, bound, and by how much', () => {
  expect(describeViolation({ metric: 'score', value: 31, unit: '', bound: { min: 50 }, by: 19 })).toBe('score 31 is below 50, by 19')
  expect(describeViolation({ metric: 'latency', value: 12, unit: 'ms', bound: { max: 9 }, by: 3 })).toBe('latency 12 ms is above 9 ms, by 3 ms')
})

test('numbers in words are rounded, and a value that missed its bound is never told as one that meets it', () => {
  const told = (value: number, bound: object, by: number) => describeViolation({ metric: 'cpu', value, unit: 'Mop/s', bound, by })
  expect([told(487.79999999999995, { min: 850 }, 362.2), told(79.9999999, { min: 80 }, 1e-7), told(80.0000001, { max: 80 }, 0.000000100000001)]).toEqual([
    'cpu 487.8 Mop/s is below 850 Mop/s, by 362.2 Mop/s',
    'cpu 79.9999999 Mop/s is below 80 Mop/s, by 1e-7 Mop/s',
    'cpu 80.0000001 Mop/s is above 80 Mop/s, by 1e-7 Mop/s',
  ])
})

test('a value that is missing or not finite never holds, and moving one further inside its bounds never breaks it', () => {
  const value = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })
  fc.assert(
    fc.property(value, value, value, fc.double({ min: 0, max: 1, noNaN: true }), (measured, one, other, share) => {
      const [min, max] = [Math.min(one, other), Math.max(one, other)]
      const holds = (t: number): boolean => {
        const { violations, missing } = compare({ t }, matchRules([{ metric: 't', min, max }], {}))
        return violations.length + missing.length === 0
      }
      expect(holds(measured)).toBe(measured >= min && measured <= max)
      if (holds(measured)) expect(holds(Math.min(max, Math.max(min, measured + (min - measured) * share)))).toBe(true)
      for (const t of [Number.NaN, Infinity, -Infinity]) expect(compare({ t }, matchRules([{ metric: 't', min, max }], {}))).toEqual({ violations: [], warnings: [], missing: ['t'], withoutPast: [] })
    }),
  )
})

test('a finding names its rule where metric and bound do not tell which it is', () => {
  const thresholds: Threshold[] = [{ metric: 'a', min: 2 }, { metric: 'a', reference: 221, lower: '-5%', upper: '+20%', where: { model: 'R64*', rack: 'b1' }, unit: 'MB/s' }]
  expect(describeFinding({ metric: 'a', value: 1, unit: '', bound: { min: 2 }, by: 1, rule: 0 }, thresholds)).toBe('a 1 is below 2, by 1')
  expect(describeFinding({ metric: 'a', value: 200, unit: 'MB/s', bound: { min: 209.95 }, by: 9.95, rule: 1 }, thresholds)).toBe(
    'a 200 MB/s is below 209.95 MB/s, by 9.95 MB/s (thresholds[1]: model=R64*, rack=b1, reference 221, lower -5%, upper +20%)',
  )
  expect(describeFinding({ metric: 'a', unit: '', bound: { min: 2 }, rule: 0 }, thresholds)).toBe('a was not measured')
})

test('a unit that the rule does not say is the one that the benchmark is known to give', () => {
  const matches = matchRules([{ metric: 'a', min: 2 }, { metric: 'b', min: 2, unit: 'GB' }], {})
  expect(compare({ a: 1, b: 1 }, matches, { a: { unit: 'ms' }, b: { unit: 'MB' } }).violations.map(({ unit }) => unit)).toEqual(['ms', 'GB'])
})
