import { expect, test } from 'vitest'
import type { Fact } from '../../src/model/event.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { Results } from '../../src/model/results.ts'
import { resultsSchema } from '../../src/model/results.ts'
import { openPieces } from '../../src/reporters/report-pieces.ts'
import { renderReports } from '../../src/reporters/report-render.ts'
import { failedBy, fallen, foldOf, id, noisy, passed, passing, planOf, retested, skipped, slow, started, step } from './report-run.ts'

function results(servers: readonly (string | number)[], facts: readonly Fact[], changes: Partial<Plan> = {}): Results {
  const reports = renderReports(foldOf(planOf(servers, changes), facts).state, openPieces({ directory: '/srv/out', cwd: '/srv' }))
  const parsed: unknown = JSON.parse([...reports['results.json']].join(''))
  expect(resultsSchema.parse(parsed)).toEqual(parsed)
  return parsed as Results
}

test('the whole of a run that has ended', () => {
  const end: Fact = { type: 'run.finished', status: 'finished', exitCode: 1, problems: ['a problem'] }
  const at = (second: number): string => `2026-11-21T10:00:${String(second).padStart(2, '0')}.000Z`
  const ofASecond = (second: number) => ({ status: 'passed', startedAt: at(second), durationMs: 1000, attempts: 1 }) as const
  const violations = [{ metric: 'score', value: 31, unit: '', bound: { min: 50 }, by: 19 }]
  const error = { type: 'PerformanceError', message: 'score 31 is below 50, by 19' } as const
  const [benchmark, check] = [ofASecond(15), { status: 'failed', startedAt: at(17), durationMs: 0, attempts: 1, error }] as const
  expect(results([103, 101], [...passing(id(101)), ...slow(id(103)), end], { provisioner: { type: '/home/me/mine.mjs', settings: {} } })).toEqual({
    schemaVersion: 1,
    run: {
      id: 'r1',
      startedAt: '2026-11-21T10:00:00.000Z',
      finishedAt: '2026-11-21T10:00:23.000Z',
      status: 'finished',
      provisioner: 'mine.mjs',
      os: 'debian-12',
      concurrency: 15,
      exitCode: 1,
      problems: ['a problem'],
      build: {},
      metrics: { score: { better: 'higher' } },
    },
    summary: { total: 2, passed: 1, failed: 1, skipped: 0, markedBroken: 1, left: { clean: 1, installed: 1, unknown: 0 } },
    passed: ['101'],
    failed: ['103'],
    skipped: [],
    suspects: [],
    servers: [
      {
        id: '103',
        status: 'failed',
        worker: 'worker-01',
        startedAt: '2026-11-21T10:00:12.000Z',
        durationMs: 10_000,
        left: 'installed',
        labels: {},
        steps: { install: ofASecond(13), benchmark, check, destroy: { status: 'skipped', durationMs: 1000, attempts: 0, because: 'left as it is for diagnosis' }, mark: ofASecond(20) },
        rounds: [{ benchmark, check, metrics: { score: 31 }, violations, warnings: [] }],
        metrics: { score: 31 },
        violations,
        warnings: [],
        broken: { due: true, marked: true, reason: 'check: score 31 is below 50, by 19' },
        error: { step: 'check', ...error },
        tail: ['info  [worker-01] [103] benchmark: score 31'],
      },
      {
        id: '101',
        status: 'passed',
        worker: 'worker-01',
        startedAt: '2026-11-21T10:00:01.000Z',
        durationMs: 10_000,
        left: 'clean',
        labels: {},
        steps: {
          install: ofASecond(2),
          benchmark: ofASecond(4),
          check: { ...ofASecond(6), durationMs: 0 },
          destroy: ofASecond(8),
          mark: { status: 'skipped', durationMs: 1000, attempts: 0, because: 'the server passed' },
        },
        rounds: [{ benchmark: ofASecond(4), check: { ...ofASecond(6), durationMs: 0 }, metrics: { score: 80 }, violations: [], warnings: [] }],
        metrics: { score: 80 },
        violations: [],
        warnings: [],
        broken: { due: false, marked: false, reason: null },
      },
    ],
  })
})

test('a run that goes on has neither an end nor an exit code, and unfinished servers are no problem of it', () => {
  const { run, summary, skipped: ids, servers } = results([101, 102, 103], [...fallen(id(101), failedBy('DefectError', 'x')), started(id(102)), ...step(id(102), 'install', passed)])
  expect(run).toMatchObject({ finishedAt: null, status: 'running', exitCode: null, problems: ['1 server was not judged'] })
  expect(summary).toEqual({ total: 3, passed: 0, failed: 1, skipped: 2, markedBroken: 0, left: { clean: 1, installed: 1, unknown: 1 } })
  expect(ids).toEqual(['102', '103'])
  expect(servers.slice(1)).toEqual([
    {
      id: '102',
      status: 'skipped',
      because: 'not finished',
      worker: 'worker-01',
      startedAt: '2026-11-21T10:00:07.000Z',
      durationMs: 0,
      left: 'installed',
      labels: {},
      steps: { install: { status: 'passed', startedAt: '2026-11-21T10:00:08.000Z', durationMs: 1000, attempts: 1 } },
      rounds: [],
      metrics: {},
      violations: [],
      warnings: [],
      broken: { due: false, marked: false, reason: null },
    },
    {
      id: '103',
      status: 'skipped',
      because: 'not finished',
      worker: null,
      startedAt: null,
      durationMs: 0,
      left: 'clean',
      labels: {},
      steps: {},
      rounds: [],
      metrics: {},
      violations: [],
      warnings: [],
      broken: { due: false, marked: false, reason: null },
    },
  ])
})

test('a server whose verdict is known and that is still being wiped has not failed yet', () => {
  const { servers } = results([101], [started(id(101)), ...step(id(101), 'install', failedBy('ServerOperationError', 'no disk'))])
  expect(servers[0]).toMatchObject({ status: 'skipped', because: 'not finished', steps: { install: { status: 'failed', error: { message: 'no disk' } } } })
  expect(servers[0]).not.toHaveProperty('error')
})

test('a stop is named as long as wiping goes on, and what it skipped says so', () => {
  const { run, servers } = results([101, 102], [
    { type: 'run.stopping', because: 'signal', signal: 'SIGTERM' },
    ...fallen(id(101), failedBy('RunStopped', 'the run was stopped by SIGTERM')),
  ])
  expect(run).toMatchObject({ status: 'running', because: 'signal', problems: ['the run was stopped by SIGTERM'] })
  expect(servers.map(({ status, because, error }) => ({ status, because, error }))).toEqual([
    {
      status: 'skipped',
      because: 'install: the run was stopped by SIGTERM',
      error: { step: 'install', type: 'RunStopped', message: 'the run was stopped by SIGTERM' },
    },
    { status: 'skipped', because: 'not started: the run was stopped by SIGTERM', error: undefined },
  ])
})

test('a mark that was withheld, and one that failed, are told', () => {
  const broken = (mark: Fact[]): unknown => results([101], [
    started(id(101)),
    ...step(id(101), 'install', failedBy('ServerOperationError', 'no disk')),
    ...mark,
    { type: 'server.finished', server: id(101) },
  ]).servers[0]?.broken
  expect(broken(step(id(101), 'mark', skipped('withheld: the budget is used up')))).toEqual({
    due: true, marked: false, withheld: 'withheld: the budget is used up', reason: 'install: no disk',
  })
  expect(broken(step(id(101), 'mark', failedBy('ServerOperationError', 'read only')))).toEqual({
    due: true, marked: false, reason: 'install: no disk', error: 'read only',
  })
})

test('texts of others are bounded, and any reader of JSON takes them', () => {
  const [server] = results([101], fallen(id(101), failedBy('ServerOperationError', `\ud800\u0000"${'x'.repeat(300_000)}`))).servers
  expect(server?.error?.message).toBe(`\ufffd\u0000"${'x'.repeat(16_381)}... (300003 characters)`)
})

test('both measurements of a server that passed the second time are told, what only warns, its labels, and what is known of the metrics', () => {
  const server = { id: id(101), labels: { model: 'R640' } }
  const metrics = { score: { unit: 'points', better: 'higher' } } as const
  const { run, servers } = results([101, 102], retested(id(101)), { servers: [server, { id: id(102), labels: { model: 'R750' } }], metrics, thresholds: [{ metric: 'score', min: 50 }, { metric: 'noise', max: 3, severity: 'warn' }] })
  // A rule that bounds a metric from above alone tells that it is better the lower it is.
  expect(run.metrics).toEqual({ ...metrics, noise: { better: 'lower' } })
  expect(servers.map(({ labels }) => labels)).toEqual([{ model: 'R640', os: 'debian-12' }, { model: 'R750' }])
  expect(servers[0]).toMatchObject({
    status: 'passed',
    retested: true,
    metrics: { score: 80, noise: 4 },
    violations: [],
    warnings: [noisy],
    rounds: [
      { check: { status: 'failed', error: { type: 'PerformanceError' } }, metrics: { score: 31 }, violations: [{ metric: 'score' }], warnings: [] },
      { check: { status: 'passed' }, metrics: { score: 80, noise: 4 }, violations: [], warnings: [noisy] },
    ],
  })
  expect(servers[1]).not.toHaveProperty('retested')
})
