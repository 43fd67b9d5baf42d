import { expect, test } from 'vitest'
import { explain } from '../../src/model/explanation.ts'
import type { Threshold } from '../../src/model/threshold.ts'

const rules: readonly Threshold[] = [
  { metric: 'iops', min: 40_000 },
  { metric: 'iops', min: 50_000, where: { model: 'R74*' } },
  { metric: 'latency', max: 5, where: { model: 'R640' }, severity: 'warn' },
]

test('it is told which rule holds, why no other does, and what that makes of a value', () => {
  expect(explain(rules, { id: '104', labels: { model: 'R640' }, metrics: { iops: 39_000, latency: 6 }, kinds: { iops: { unit: '1/s' } } })).toEqual({
    server: '104',
    labels: { model: 'R640' },
    isUnmatched: false,
    metrics: [
      {
        metric: 'iops',
        chosen: { rule: rules[0], index: 0, bounds: { min: 40_000 } },
        passedOver: [{ index: 1, because: 'model is "R640", not "R74*"' }],
        value: 39_000,
        outcome: 'fails',
        finding: { metric: 'iops', unit: '1/s', rule: 0, value: 39_000, bound: { min: 40_000 }, by: 1000 },
      },
      { metric: 'latency', chosen: { rule: rules[2], index: 2, bounds: { max: 5 } }, passedOver: [], value: 6, outcome: 'warns', finding: { metric: 'latency', unit: '', rule: 2, value: 6, bound: { max: 5 }, by: 1 } },
    ],
  })
})

test('a rule about the own history is told with what the server has of it', () => {
  const own: Threshold = { metric: 'score', ownHistory: { last: 3, lower: '-5%' } }
  const explained = (values: number, score: number, rule = own) => explain([rule], { id: 'a', labels: {}, metrics: { score }, pastOf: () => ({ values, median: 100 }) }).metrics.map(({ chosen, outcome }) => ({ bounds: chosen?.bounds, past: chosen?.past, outcome }))
  expect(explained(3, 94)).toEqual([{ bounds: { min: 95 }, past: { values: 3, median: 100 }, outcome: 'fails' }])
  expect(explained(3, 95)).toEqual([{ bounds: { min: 95 }, past: { values: 3, median: 100 }, outcome: 'passes' }])
  expect(explained(2, 1)).toEqual([{ bounds: {}, past: { values: 2, median: 100 }, outcome: 'is not judged' }])
  expect(explained(2, 1, { ...own, ownHistory: { ...own.ownHistory!, required: true } })).toMatchObject([{ outcome: 'fails' }])
})

test('a value that passes, one that is missing, and one that no rule is about', () => {
  const outcomes = (labels: Readonly<Record<string, string>>) => explain(rules, { id: '104', labels, metrics: { latency: 1 } }).metrics.map(({ metric, value, outcome }) => [metric, value, outcome])
  expect(outcomes({ model: 'R640' })).toEqual([['iops', undefined, 'was not measured'], ['latency', 1, 'passes']])
  expect(outcomes({})).toEqual([['iops', undefined, 'was not measured'], ['latency', 1, undefined]])
})

test('of a server that was not measured nothing is said but the rules', () => {
  expect(explain(rules, { id: '104', labels: {} }).metrics.map(({ outcome }) => outcome)).toEqual([undefined, undefined])
})

test('a server that no rule is about is told, but not where there are no rules', () => {
  expect(explain(rules.slice(1), { id: '104', labels: {} }).isUnmatched).toBe(true)
  expect(explain([], { id: '104', labels: {} })).toEqual({ server: '104', labels: {}, metrics: [], isUnmatched: false })
})
