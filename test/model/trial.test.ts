import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { holdingRules } from '../../src/model/matching.ts'
import type { Threshold } from '../../src/model/threshold.ts'
import type { TriedRun } from '../../src/model/trial.ts'
import { openMatcher, totalsOf, tryOn } from '../../src/model/trial.ts'
import type { Violation } from '../../src/model/violation.ts'
import type { PastServer } from '../fixtures/results.ts'
import { resultsOf } from '../fixtures/results.ts'

const violated: Violation = { metric: 'score', value: 45, unit: '', bound: { min: 50 }, by: 5 }
const tried = (rules: readonly Threshold[], servers: readonly PastServer[]): TriedRun => tryOn({ path: 'out', ...resultsOf(servers) }, openMatcher(rules))

describe('rules that are tried on a past run', () => {
  const servers: readonly PastServer[] = [
    { id: 'passes again', metrics: { score: 80 } },
    { id: 'newly fails', metrics: { score: 41 } },
    { id: 'newly passes', metrics: { score: 45 }, violations: [violated] },
    { id: 'fails again', metrics: { score: 1 }, violations: [{ ...violated, value: 1, by: 49 }] },
    { id: 'warned', metrics: { score: 80 }, labels: { model: 'old' } },
    { id: 'no value', metrics: { other: 1 } },
    { id: 'not measured' },
  ]
  const rules: readonly Threshold[] = [{ metric: 'score', min: 42 }, { metric: 'score', min: 90, where: { model: 'old' }, severity: 'warn' }]

  test('tell of each server that they or the run would have condemned, and of what they cannot judge', () => {
    const { trials, ...about } = tried(rules, servers)
    expect(about).toEqual({ path: 'out', run: 'r1', startedAt: '2026-11-21T10:00:00.000Z', measured: 6, notMeasured: 1 })
    expect(trials.map(({ server, would, was }) => [server, would, was])).toEqual([
      ['newly fails', 'fail', 'pass'], ['newly passes', 'pass', 'fail'], ['fails again', 'fail', 'fail'], ['warned', 'pass', 'pass'], ['no value', 'pass', 'pass'],
    ])
    expect(trials[0]?.violations).toEqual([{ metric: 'score', unit: '', rule: 0, value: 41, bound: { min: 42 }, by: 1 }])
    expect(trials[3]?.warnings).toEqual([{ metric: 'score', unit: '', rule: 1, value: 80, bound: { min: 90 }, by: 10 }])
    expect(trials[4]?.missing).toEqual(['score'])
  })

  test('about the own history tell by what was known before the run', () => {
    const own: Threshold = { metric: 'score', ownHistory: { last: 2, lower: '-5%', required: true } }
    const run = resultsOf([{ id: 'slower', metrics: { score: 94 } }, { id: 'as ever', metrics: { score: 95 } }, { id: 'new', metrics: { score: 1 } }])
    const past = { asked: [{ metric: 'score', last: 2 }], servers: { slower: [[100, 2] as [number, number]], 'as ever': [[100, 2] as [number, number]], new: [[100, 1] as [number, number]] } }
    const { trials } = tryOn({ path: 'out', ...run, past }, openMatcher([own]))
    expect(trials.map(({ server, would, violations, missing, withoutPast }) => ({ server, would, bounds: violations.map(({ bound }) => bound), missing, withoutPast }))).toEqual([
      { server: 'slower', would: 'fail', bounds: [{ min: 95 }], missing: [], withoutPast: undefined },
      { server: 'new', would: 'pass', bounds: [], missing: [], withoutPast: ['score'] },
    ])
  })

  test('are counted, a server in each run that it is in', () => {
    const run = tried(rules, servers)
    expect(totalsOf([run, run])).toEqual({ runs: 2, measured: 12, notMeasured: 2, wouldFail: 4, failedThen: 4, newlyFail: 2, newlyPass: 2, warned: 2, withoutValue: 2, withoutRule: 0 })
  })

  test('tell of servers that no rule is about, unless there is no rule at all', () => {
    const some = [{ id: 's1', metrics: { score: 1 }, labels: { model: 'new' } }]
    expect(totalsOf([tried([{ metric: 'score', min: 5, where: { model: 'old' } }], some)])).toMatchObject({ withoutRule: 1, wouldFail: 0 })
    expect(tried([], some).trials).toEqual([])
  })
})

test('servers with labels that rules do not tell apart are matched once, and as each of them would be', () => {
  const rules = fc.array(fc.record({ metric: fc.constantFrom('a', 'b'), min: fc.integer(), where: fc.dictionary(fc.constantFrom('model', 'rack', '__proto__'), fc.constantFrom('x', 'x*', '?')) }), { maxLength: 6 })
  const labels = fc.dictionary(fc.constantFrom('model', 'rack', 'site'), fc.constantFrom('x', 'xy', '', 'null'))
  fc.assert(
    fc.property(rules, fc.array(labels, { maxLength: 8 }), (some, all) => {
      const matcher = openMatcher(some)
      for (const server of all) expect(matcher(server)).toEqual(holdingRules(some, server))
    }),
  )
  const matcher = openMatcher([{ metric: 'a', min: 1, where: { model: 'x' } }])
  expect(matcher({ model: 'x', rack: '1' })).toBe(matcher({ model: 'x', rack: '2' }))
})
