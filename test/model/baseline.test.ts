import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Baseline } from '../../src/model/baseline.ts'
import { baselineOf } from '../../src/model/baseline.ts'
import type { PastMeasurement } from '../../src/model/baseline-groups.ts'
import { matchRules } from '../../src/model/matching.ts'
import type { MetricKinds } from '../../src/model/metric-kind.ts'
import { thresholdSchema } from '../../src/model/threshold.ts'

type Options = Partial<Parameters<typeof baselineOf>[1]>

const kinds: MetricKinds = { iops: { better: 'higher', unit: '1/s' }, latency: { better: 'lower', unit: 'ms' } }
const baseline = (measurements: readonly PastMeasurement[], options: Options = {}): Baseline => baselineOf(measurements, { by: [], marginPercent: 5, kinds, ...options })
const rulesOf = (...args: Parameters<typeof baseline>) => baseline(...args).rules.map(({ rule }) => rule)

const measured = (metric: string, values: readonly number[], labels: PastMeasurement['labels'] = {}, first = 1): PastMeasurement[] =>
  values.map((value, index) => ({ id: `s${first + index}`, labels, metrics: { [metric]: value } }))

describe('a rule is made', () => {
  test('about the median, without the outliers, and says what it was made from', () => {
    expect(baseline(measured('iops', [41_003, 40_800, 41_203, 41_900, 40_100, 41_005, 12_000]))).toEqual({
      rules: [{ rule: { metric: 'iops', reference: 41_000, lower: '-5%', unit: '1/s' }, group: 'all servers', servers: 7, median: 41_004, mad: 203, trimmed: 1, spreadPercent: ((41_004 - 40_100) / 41_004) * 100, isDirectionKnown: true }],
      leftOut: [],
    })
  })

  test('that bounds the bad side: below, above, or both where nobody knows', () => {
    const values = [99, 100, 100, 100, 101]
    const rules = [...measured('iops', values), ...measured('latency', values, {}, 11), ...measured('mystery', values, {}, 21), ...measured('score', values, {}, 31)]
    expect(rulesOf(rules, { marginPercent: 2.5 })).toEqual([
      { metric: 'iops', reference: 100, lower: '-2.5%', unit: '1/s' },
      { metric: 'latency', reference: 100, upper: '+2.5%', unit: 'ms' },
      { metric: 'mystery', min: 97.5, max: 102.5 },
      { metric: 'score', reference: 100, lower: '-2.5%' },
    ])
  })

  test('about a median of 0 by what was measured: no share of it is a bound', () => {
    expect(rulesOf(measured('latency', [0, 0, 0, 1, 1]))).toEqual([{ metric: 'latency', max: 1, unit: 'ms' }])
  })

  test('not about how far the runs of one server lay apart', () => {
    expect(baseline(measured('iops.spread_percent', [1, 2, 3, 4, 5]))).toEqual({ rules: [], leftOut: [] })
  })

  test('with numbers of four digits, on the side that is not strict', () => {
    expect(rulesOf(measured('iops', [123_456, 123_456, 123_456, 123_456, 123_456]))).toMatchObject([{ reference: 123_400 }])
    expect(rulesOf(measured('latency', [0.000_123_41, 0.000_123_41, 0.000_123_41, 0.000_123_41, 0.000_123_41]))).toMatchObject([{ reference: 0.000_123_5 }])
  })
})

describe('servers are put together', () => {
  const values = [10, 10, 10, 10, 10]
  const labelled = [...measured('iops', values, { model: 'R640', rack: 'b' }), ...measured('iops', values, { model: 'R740', rack: 'b' }, 11), ...measured('iops', values, {}, 21)]

  test('by model where any has one, and those that have none are left out, and told', () => {
    const { rules, leftOut } = baseline(labelled)
    expect(rules.map(({ rule, group }) => [rule.where, group])).toEqual([[{ model: 'R640' }, 'model R640'], [{ model: 'R740' }, 'model R740']])
    expect(leftOut).toEqual(['5 servers without the label model'])
  })

  test('by the labels that are asked for', () => {
    expect(rulesOf(labelled, { by: ['rack', 'model'] }).map(({ where }) => where)).toEqual([{ rack: 'b', model: 'R640' }, { rack: 'b', model: 'R740' }])
    expect(baseline(labelled, { by: ['site'] })).toEqual({ rules: [], leftOut: ['15 servers without the label site'] })
  })

  test('all of them, if none has a model', () => {
    expect(rulesOf(measured('iops', values))).toEqual([{ metric: 'iops', reference: 10, lower: '-5%', unit: '1/s' }])
  })

  test('not by a label that would be read as a pattern, and be about others', () => {
    expect(baseline([...measured('iops', values, { model: 'R*' }), ...measured('iops', [1], { model: 'R7' }, 11)])).toEqual({
      rules: [],
      leftOut: ['model R7: fewer than 5 servers: iops (1)', 'model R*: iops: no rule can say this'],
    })
  })

  test('once each, by the median of what it measured in several runs', () => {
    const runs = [100, 1, 100].flatMap((value) => measured('iops', [value, value, value, value]))
    expect(baseline(runs)).toEqual({ rules: [], leftOut: ['all servers: fewer than 5 servers: iops (4)'] })
    expect(rulesOf([...runs, ...measured('iops', [100], {}, 5)])).toMatchObject([{ reference: 100 }])
  })
})

test('whatever was measured, every rule can be taken, and what it was made from passes if the margin is as wide as they lie apart', () => {
  const value = fc.oneof(fc.integer({ min: -50, max: 50 }), fc.double({ min: 1e-6, max: 1e9, noNaN: true }), fc.double({ min: 90, max: 110, noNaN: true }))
  const server = fc.record({ model: fc.constantFrom('R640', 'a "b"\n'), metrics: fc.dictionary(fc.constantFrom('iops', 'latency', 'mystery', '__x'), value) })
  fc.assert(
    fc.property(fc.array(server, { maxLength: 60 }), (all) => {
      const measurements = all.map(({ model, metrics }, index): PastMeasurement => ({ id: `s${index}`, labels: { model }, metrics }))
      for (const { group, rule: { metric }, servers, trimmed, spreadPercent } of baseline(measurements).rules) {
        if (spreadPercent > 99) continue
        const rules = rulesOf(measurements, { marginPercent: Math.ceil(spreadPercent * 100) / 100 })
        expect(rules.filter((rule) => !thresholdSchema.safeParse(rule).success)).toEqual([])
        const passing = measurements.filter(({ labels, metrics: { [metric]: found } }) => {
          const { min = -Infinity, max = Infinity } = matchRules(rules, labels).find((match) => match.metric === metric)?.chosen?.bounds ?? {}
          return `model ${labels['model']}` === group && found !== undefined && min <= found && found <= max
        })
        expect(passing.length).toBeGreaterThanOrEqual(servers - trimmed)
      }
    }),
    { numRuns: 300 },
  )
})
