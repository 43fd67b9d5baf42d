import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Fact } from '../../src/model/event.ts'
import { isMerged, mergeRuns } from '../../src/model/merged-run.ts'
import type { RunState } from '../../src/model/run-state.ts'
import { statusOf } from '../../src/model/verdict.ts'
import { failedBy, fallen, foldOf, id, passing, planOf, slow } from '../reporters/report-run.ts'

const ended = (exitCode: number, problems: string[] = []): Fact => ({ type: 'run.finished', status: 'finished', exitCode, problems })

function runOf(run: string, hour: number, servers: readonly (string | number)[], facts: readonly Fact[]): RunState {
  return { ...foldOf(planOf(servers, { suite: `rackbench-${hour}` }), facts).state, run, startedAt: `2026-11-21T${String(hour).padStart(2, '0')}:00:00.000Z` }
}
const verdicts = ({ servers }: RunState): Record<string, string> => Object.fromEntries([...servers].map(([server, state]) => [server, statusOf(state)]))

test('shards are one run: all servers, counted together, in the order of the shards', () => {
  const { state, twice, differ } = mergeRuns([runOf('a', 2, [101, 102], [...passing(id(101)), ...slow(id(102)), ended(1)]), runOf('b', 1, [103], [...passing(id(103)), ended(0)])])
  expect({ verdicts: verdicts(state), workers: [...state.servers.values()].map(({ worker, index }) => `${index} ${worker}`), run: state.run, suite: state.plan.suite, startedAt: state.startedAt, finished: state.finished, twice, differ }).toEqual({
    verdicts: { 101: 'passed', 102: 'failed', 103: 'passed' },
    workers: ['0 run-1 worker-01', '1 run-1 worker-01', '2 run-2 worker-01'],
    run: 'a+b',
    suite: 'rackbench',
    startedAt: '2026-11-21T01:00:00.000Z',
    finished: { status: 'finished', exitCode: 1, problems: [] },
    twice: [],
    differ: { rules: false, os: ['debian-12'], provisioners: ['simulated'] },
  })
  expect([state.totals.passed, state.totals.failed, state.totals.markedBroken]).toEqual([2, 1, 1])
  expect([isMerged(state.run), isMerged('a')]).toEqual([true, false])
})

test('of a server in two runs the newest counts, wherever it is named, and it is told', () => {
  const night = runOf('night', 1, [101, 102], [...passing(id(101)), ...slow(id(102)), ended(1)])
  const again = runOf('again', 9, [102], [...passing(id(102)), ended(0)])
  for (const runs of [[night, again], [again, night]] as const) {
    const { state, twice, from } = mergeRuns(runs)
    expect([verdicts(state), state.finished?.exitCode, twice, runs[from.get(id(102))!]?.run]).toEqual([{ 101: 'passed', 102: 'passed' }, 0, ['102'], 'again'])
  }
})

test('in what runs were not alike is told, that of the newest first', () => {
  const one = runOf('one', 2, [101], [ended(0)])
  const other = { ...one, run: 'other', startedAt: '2026-11-21T01:00:00.000Z', plan: { ...one.plan, os: 'debian-13', provisioner: { type: 'ironic', settings: {} }, thresholds: [] } }
  const { differ, state } = mergeRuns([other, one])
  expect([differ, state.plan.os]).toEqual([{ rules: true, os: ['debian-12', 'debian-13'], provisioners: ['simulated', 'ironic'] }, 'debian-12'])
})

test('what a run complained of besides its servers is kept; what its servers were is counted anew', () => {
  const night = runOf('night', 1, [101], [...fallen(id(101), failedBy('ProvisionerUnavailableError', 'gone')), ended(3, ['1 server was not judged', 'junit.xml could not be written: ENOSPC'])])
  const again = runOf('again', 9, [101], [...passing(id(101)), ended(0)])
  expect(mergeRuns([night, again]).state.finished).toEqual({ status: 'finished', exitCode: 3, problems: ['run night: junit.xml could not be written: ENOSPC'] })
})

test('runs of which one goes on have not ended', () => {
  const { state } = mergeRuns([runOf('a', 1, [101], [...passing(id(101)), ended(0)]), runOf('b', 2, [102], [])])
  expect([state.finished, state.finishedAt, state.totals.unfinished]).toEqual([undefined, undefined, 1])
})

test('one run alone is itself', () => {
  const run = runOf('a', 1, [101, 102], [...passing(id(101)), ...slow(id(102)), ended(1)])
  const { state } = mergeRuns([run])
  expect({ ...state, plan: { ...state.plan, suite: '' }, unreported: {} }).toEqual({ ...run, stopping: undefined, plan: { ...run.plan, suite: '' }, unreported: {} })
})

test('every server of any run is there once, and the totals are those of the servers', () => {
  const shard = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(fc.array(shard, { minLength: 1, maxLength: 4 }), fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), (shards, fates) => {
      const runs = shards.map((ids, hour) => runOf(`r${hour}`, hour, ids, [...ids.flatMap((server) => (fates[server - 1] ? passing(id(server)) : slow(id(server)))), ended(0)]))
      const { state } = mergeRuns(runs as [RunState, ...RunState[]])
      const all = [...new Set(shards.flat().map(String))]
      expect([[...state.servers.keys()], state.plan.servers.map((server) => server.id)]).toEqual([all, all])
      expect([state.totals.passed, state.totals.failed]).toEqual([all.filter((server) => fates[Number(server) - 1]).length, all.filter((server) => !fates[Number(server) - 1]).length])
    }),
  )
})
