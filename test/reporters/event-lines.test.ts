import { describe, expect, test } from 'vitest'
import type { Fact } from '../../src/model/event.ts'
import type { Plan } from '../../src/model/plan.ts'
import { eventLines } from '../../src/reporters/event-lines.ts'
import { failedBy, fallen, id, liveRun, passed, passing, planOf, retested, skipped, slow, started, step } from './report-run.ts'

/** What is logged of a run with these facts, as `level [server] step: message`. */
function told(facts: readonly Fact[], plan: Plan = planOf([104, 105])): string[] {
  const lines: string[] = []
  const { record } = liveRun(plan, (event, fold) => {
    for (const { level, server, step: of, message } of eventLines(event, fold.state, { directory: 'rackbench-out' })) {
      lines.push([level, ...(server ? [`[${server}]`] : []), ...(of ? [`${of}:`] : []), message].join(' '))
    }
  })
  for (const fact of facts) record(fact)
  return lines
}

const begins = 'info started: run r1 of 2 servers, debian-12 by provisioner simulated, 15 at a time, destroy passing, at most 5 marked as broken, in rackbench-out'

test('a server that passes is told step by step', () => {
  expect(told(passing(id(104)))).toEqual([
    begins,
    'info [104] server started',
    'info [104] install: started (debian-12)',
    'info [104] install: passed in 1s',
    'info [104] benchmark: started',
    'info [104] benchmark: passed in 1s: score 80',
    'debug [104] check: started',
    'info [104] check: passed',
    'info [104] destroy: started',
    'info [104] destroy: passed in 1s',
    'debug [104] mark: skipped: the server passed',
    'info [104] server passed in 10s',
  ])
})

test('a server that is too slow is told with metric, bound and by how much', () => {
  expect(told(slow(id(104))).slice(7)).toEqual([
    'error [104] check: failed: PerformanceError: score 31 is below 50, by 19',
    'info [104] destroy: skipped: left as it is for diagnosis',
    'info [104] mark: started',
    'info [104] mark: passed in 1s',
    'error [104] server failed after 10s: check: PerformanceError: score 31 is below 50, by 19',
  ])
})

test('a measurement that is followed by another is no failure, and what only warns is a warning', () => {
  const plan = planOf([104, 105], { thresholds: [{ metric: 'score', min: 50 }, { metric: 'noise', max: 3, severity: 'warn', where: { model: 'R*' } }] })
  expect(told(retested(id(104)), plan).slice(6, 13)).toEqual([
    'debug [104] check: started',
    'warn [104] check: missed: score 31 is below 50, by 19; measured once more',
    'info [104] benchmark: started (round 2)',
    'info [104] benchmark: passed in 1s: score 80, noise 4',
    'debug [104] check: started (round 2)',
    'warn [104] check: warning: noise 4 is above 3, by 1 (thresholds[1]: model=R*)',
    'info [104] check: passed',
  ])
  expect(told(retested(id(104)), plan).at(-1)).toBe('info [104] server passed in 14s (round 2)')
})

test('steps that an earlier failure leaves nothing to do for are of interest only to those who debug', () => {
  const facts = [started(id(104)), ...step(id(104), 'install', failedBy('ServerOperationError', 'PXE boot timed out')), ...step(id(104), 'benchmark', skipped('install failed')), ...step(id(104), 'check', skipped('benchmark skipped'))]
  expect(told(facts).slice(3)).toEqual([
    'error [104] install: failed after 1s: ServerOperationError: PXE boot timed out',
    'debug [104] benchmark: skipped: install failed',
    'debug [104] check: skipped: benchmark skipped',
  ])
})

test('a new try says what went wrong and when it begins; the end says how many there were', () => {
  const of = { server: id(104), step: 'install', round: 1 } as const
  const failure = { type: 'ServerOperationError', message: 'no lease' } as const
  const facts: Fact[] = [
    started(id(104)),
    { type: 'step.started', ...of, key: 'r1/104/install/1' },
    { type: 'step.retried', ...of, attempt: 1, key: 'r1/104/install/2', failure, delayMs: 2000 },
    { type: 'step.finished', ...of, durationMs: 61_234, attempts: 2, status: 'passed' },
  ]
  expect(told(facts).slice(3)).toEqual(['warn [104] install: try 1 failed: ServerOperationError: no lease; next try in 2s', 'info [104] install: passed in 1m 1.2s and 2 tries'])
})

test('a withheld mark is a warning', () => {
  const facts = [started(id(104)), ...step(id(104), 'install', failedBy('ServerOperationError', 'no')), ...step(id(104), 'mark', skipped('withheld: the budget of marks is used up'))]
  expect(told(facts).at(-1)).toBe('warn [104] mark: skipped: withheld: the budget of marks is used up')
})

test('a server that is not ours, or was given up by a stop, is skipped and no error', () => {
  const ours = told(fallen(id(104), failedBy('ServerNotOursError', 'in use')))
  expect([ours[3], ours.at(-1)]).toEqual(['info [104] install: skipped: in use', 'info [104] server skipped: in use'])
  expect(told([started(id(104)), { type: 'server.finished', server: id(104) }]).at(-1)).toBe('info [104] server skipped: not finished')
})

test('a server that is taken up again says what is kept; a second measurement says so', () => {
  const facts = [...passing(id(104)), started(id(104), 2, ['install', 'benchmark']), ...step(id(104), 'benchmark', passed, 2)]
  expect(told(facts).slice(12)).toEqual(['info [104] server started again (turn 2), keeping install, benchmark', 'info [104] benchmark: started (round 2)', 'info [104] benchmark: passed in 1s'])
})

test('of many metrics the first eight are told', () => {
  const metrics = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`m${index}`, index]))
  expect(told([started(id(104)), ...step(id(104), 'benchmark', { status: 'passed', metrics })]).at(-1)).toBe(
    'info [104] benchmark: passed in 1s: m0 0, m1 1, m2 2, m3 3, m4 4, m5 5, m6 6, m7 7 and 2 more',
  )
})

describe('the run as a whole', () => {
  test('without marking none is promised', () => {
    expect(told([], planOf([104], { markBroken: false, destroy: 'never' }))).toEqual([
      'info started: run r1 of 1 server, debian-12 by provisioner simulated, 15 at a time, destroy never, none marked as broken, in rackbench-out',
    ])
  })

  test('a resumed run tells how far it was', () => {
    expect(told([...passing(id(104)), { type: 'run.resumed', build: {}, overrides: { concurrency: 3 } }]).at(-1)).toBe(
      'info resumed: 1 passed, 0 failed, 0 skipped, 1 not finished; run r1 of 2 servers, debian-12 by provisioner simulated, 3 at a time, destroy passing, at most 5 marked as broken, in rackbench-out',
    )
  })

  test.each([
    ['passing', { because: 'signal', signal: 'SIGTERM' }, 'the run was stopped by SIGTERM; of the 1 server under way, those without a verdict will be wiped'],
    ['never', { because: 'deadline' }, 'the run was stopped by its deadline; the 1 server under way will be left as they are'],
    ['passing', { because: 'alike', message: '5 servers in a row' }, 'no more servers were started: this looks like one cause: 5 servers in a row; the 1 server under way will be finished'],
  ] as const)('with destroy %s, a stop %j says what happens now', (destroy, stopping, message) => {
    expect(told([started(id(104)), { type: 'run.stopping', ...stopping }], planOf([104, 105], { destroy })).at(-1)).toBe(`warn ${message}`)
  })

  test('the end tells the problems, the counts and the exit code', () => {
    const end = (problems: string[], exitCode: number): Fact => ({ type: 'run.finished', status: 'finished', exitCode, problems })
    expect(told([...passing(id(104)), ...passing(id(105)), end([], 0)]).slice(-1)).toEqual(['info finished: 2 passed, 0 failed, 0 skipped; exit code 0'])
    expect(told([...passing(id(104)), ...slow(id(105)), end(['1 server was not judged'], 3)]).slice(-2)).toEqual([
      'warn problem: 1 server was not judged',
      'warn finished: 1 passed, 1 failed, 0 skipped; exit code 3',
    ])
  })
})
