import { describe, expect, test } from 'vitest'
import type { Fact } from '../../src/model/event.ts'
import type { Metrics } from '../../src/model/metrics.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { Server } from '../../src/model/server.ts'
import type { Suspect } from '../../src/model/suspects.ts'
import { describeSuspect, suspectsOf } from '../../src/model/suspects.ts'
import { failedBy, foldOf, id, passed, planOf, started, step } from '../reporters/report-run.ts'

/** What a server is, and measured. */
interface Told {
  readonly metrics: Metrics
  readonly labels?: Server['labels']
  readonly facts?: Readonly<Record<string, string>>
  /** Whether the check finds it too slow. */
  readonly isSlow?: boolean
}

function factsOf(server: Server, { metrics, facts, isSlow = false }: Told): Fact[] {
  const check = isSlow ? failedBy('PerformanceError', 'too slow') : passed
  return [
    started(server.id),
    ...step(server.id, 'install', { status: 'passed', ...(facts && { installed: { facts } }) }),
    ...step(server.id, 'benchmark', { status: 'passed', metrics }),
    ...step(server.id, 'check', check),
    ...step(server.id, 'destroy', passed),
    { type: 'server.finished', server: server.id },
  ]
}

function runOf(all: readonly Told[], changes: Partial<Plan> = {}) {
  const servers = all.map(({ labels = {} }, index): Server => ({ id: id(101 + index), labels }))
  return foldOf(planOf([], { servers, ...changes }), all.flatMap((told, index) => factsOf(servers[index]!, told))).state
}

const scores = (...values: readonly number[]): Told[] => values.map((score) => ({ metrics: { score } }))
const suspectsIn = (all: readonly Told[], changes: Partial<Plan> = {}): readonly Suspect[] | undefined => suspectsOf(runOf(all, changes))
const named = (suspects: readonly Suspect[] | undefined): readonly string[] | undefined => suspects?.map(({ server, metric }) => `${server} ${metric}`)
const usual = [98, 99, 100, 100, 101, 102, 103]

describe('a server is suspect', () => {
  test('that lies far below the others, and told with all that makes it one', () => {
    expect(suspectsIn(scores(...usual, 50))).toEqual([{ server: '108', metric: 'score', value: 50, median: 100, deviations: 22.5, group: null, servers: 8 }])
  })

  test('by each metric of its own, and the gravest stands first', () => {
    const all = [...usual, 80].map((cpu, index) => ({ metrics: { cpu, disk: index === 3 ? 1 : cpu } }))
    expect(named(suspectsIn(all))).toEqual(['104 disk', '108 cpu', '108 disk'])
  })

  test('that lies far above the others, where lower is better, and not one that lies below', () => {
    const metrics = { latency: { better: 'lower' as const } }
    const told = (last: number): readonly string[] | undefined => named(suspectsIn([...usual, last].map((latency) => ({ metrics: { latency } })), { metrics }))
    expect([told(150), told(50)]).toEqual([['108 latency'], []])
  })

  test('that lies far above the others, where rules bound the metric only from above, and nobody says more', () => {
    const told = (last: number, changes: Partial<Plan>): readonly string[] | undefined => named(suspectsIn([...usual, last].map((latency) => ({ metrics: { latency } })), changes))
    const thresholds: Plan['thresholds'] = [{ metric: 'latency', max: 1000 }, { metric: 'latency', reference: 1000, upper: '+5%', where: { model: 'R640' } }]
    expect([told(150, { thresholds }), told(50, { thresholds })]).toEqual([['108 latency'], []])
    expect(told(50, { thresholds: [...thresholds, { metric: 'latency', min: 1, where: { model: 'R7*' } }] })).toEqual(['108 latency'])
    expect(told(50, { thresholds, metrics: { latency: { better: 'higher' } } })).toEqual(['108 latency'])
  })

  test('only beside at least seven others', () => {
    expect(suspectsIn(scores(...usual.slice(1), 50))).toEqual([])
  })

  test('not for less than 3.5 % though all others are the same', () => {
    expect(named(suspectsIn(scores(...usual.map(() => 100), 96.6)))).toEqual([])
    expect(named(suspectsIn(scores(...usual.map(() => 100), 50)))).toEqual(['108 score'])
  })

  test('not if it failed, which is told already; but it counts for what is usual', () => {
    expect(suspectsIn([...scores(...usual), { metrics: { score: 50 }, isSlow: true }])).toEqual([])
    const slow = usual.map((score): Told => ({ metrics: { score }, isSlow: true }))
    expect(named(suspectsIn([...slow, ...scores(50)]))).toEqual(['108 score'])
  })

  test('not by how far the runs of it lay apart', () => {
    expect(suspectsIn([...usual, 1].map((score) => ({ metrics: { 'score.spread_percent': score } })))).toEqual([])
  })
})

describe('servers are compared', () => {
  const ofModel = (model: string, ...values: readonly number[]): Told[] => scores(...values).map((told) => ({ ...told, labels: { model } }))

  test('with those of their model, which their install may have found out', () => {
    const found = scores(...usual.map((value) => value / 2), 25).map((told) => ({ ...told, facts: { model: 'R640' } }))
    expect(suspectsIn([...ofModel('R740', ...usual, 50), ...found])?.map(({ server, group }) => [server, group])).toEqual([['108', 'R740'], ['116', 'R640']])
  })

  test('with nobody, if they have no model and others do', () => {
    expect(suspectsIn([...scores(...usual, 50), ...ofModel('R740', ...usual)])).toEqual([])
  })

  test('once no server is waiting or under way any more, or the run has ended', () => {
    const all = scores(...usual, 50)
    const servers = [...all.map((_, index) => 101 + index), 999]
    const facts = all.flatMap((told, index) => factsOf({ id: id(101 + index), labels: {} }, told))
    const at = (more: readonly Fact[]): readonly string[] | undefined => named(suspectsOf(foldOf(planOf(servers), [...facts, ...more]).state))
    expect(at([])).toBeUndefined()
    expect(at([started(id(999))])).toBeUndefined()
    expect(at([{ type: 'run.finished', status: 'stopped', exitCode: 143, problems: [] }])).toEqual(['108 score'])
    expect(at([started(id(999)), ...step(id(999), 'install', failedBy('ServerOperationError', 'x')), { type: 'server.finished', server: id(999) }])).toEqual(['108 score'])
  })
})

test('the suspects of 20,000 servers with 10 metrics each are all found', () => {
  const names = Array.from({ length: 10 }, (_, index) => `metric.${index}`)
  const valueOf = (server: number, metric: number): number => (server % 1000 === metric ? 10 : 100 + ((server * 7919 + metric) % 11))
  const run = runOf(Array.from({ length: 20_000 }, (_, server) => ({ metrics: Object.fromEntries(names.map((name, metric) => [name, valueOf(server, metric)])), labels: { model: `m${server % 4}` } })))
  const suspects = suspectsOf(run)
  expect(suspects).toHaveLength(200)
})

test('a suspect in words', () => {
  const suspect = { metric: 'disk.iops', value: 31_000, median: 41_000, deviations: 8.2, servers: 12 }
  expect(describeSuspect({ ...suspect, group: 'R640' })).toBe('disk.iops 31000 is 8.2 deviations below the median 41000 of 12 servers of model R640')
  expect(describeSuspect({ ...suspect, value: 51_000, group: null })).toBe('disk.iops 51000 is 8.2 deviations above the median 41000 of 12 servers')
})
