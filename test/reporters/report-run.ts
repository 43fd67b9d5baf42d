import type { Fact, FactOf, RunEvent } from '../../src/model/event.ts'
import { journalVersion } from '../../src/model/event.ts'
import type { Failure } from '../../src/model/fault.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { RunFold } from '../../src/model/run-state.ts'
import { foldRun, replay } from '../../src/model/run-state.ts'
import type { ServerId } from '../../src/model/server.ts'
import type { Warning } from '../../src/model/violation.ts'
import type { Step, StepResult } from '../../src/model/step.ts'

/** The moment of the first event; each further one is a second later. */
const begin = Date.parse('2026-11-21T10:00:00.000Z')

export function id(text: string | number): ServerId {
  return String(text) as ServerId
}

export function planOf(servers: readonly (string | number)[], changes: Partial<Plan> = {}): Plan {
  return {
    servers: servers.map((server) => ({ id: id(server), labels: {} })),
    provisioner: { type: 'simulated', settings: {} },
    os: 'debian-12',
    thresholds: [{ metric: 'score', min: 50 }],
    concurrency: 15,
    destroy: 'passing',
    markBroken: true,
    maxBroken: 'default',
    maxAlike: 5,
    retries: 2,
    maxOutageMs: 300_000,
    limitsMs: { install: 3_600_000, benchmark: 14_400_000, destroy: 7_200_000, mark: 120_000 },
    graceMs: 10_000,
    suite: 'rackbench',
    attach: 'failed',
    logLevel: 'info',
    logFormat: 'text',
    flags: ['--provisioner', 'simulated'],
    ...changes,
  }
}

function startedBy(plan: Plan): FactOf<'run.started'> {
  return { type: 'run.started', version: journalVersion, run: 'r1', plan, build: {}, budget: 5 }
}

/** Facts with a time each, a second apart. */
function stamped(facts: readonly Fact[]): RunEvent[] {
  return facts.map((fact, index) => ({ ...fact, at: new Date(begin + index * 1000).toISOString() }))
}

/** The state after all of them. */
export function foldOf(plan: Plan, facts: readonly Fact[]): RunFold {
  return replay(stamped([startedBy(plan), ...facts]))
}

/** The same one event at a time: for those who listen while a run goes on. */
export function liveRun(plan: Plan, listen: (event: RunEvent, fold: RunFold) => void): { readonly fold: RunFold; readonly record: (fact: Fact) => void } {
  const first = { ...startedBy(plan), at: new Date(begin).toISOString() }
  const fold = foldRun(first)
  let seconds = 0
  listen(first, fold)
  return {
    fold,
    record(fact) {
      seconds += 1
      const event = { ...fact, at: new Date(begin + seconds * 1000).toISOString() }
      fold.apply(event)
      listen(event, fold)
    },
  }
}

export function started(server: ServerId, turn = 1, kept: Step[] = []): Fact {
  return { type: 'server.started', server, worker: 'worker-01', turn, kept }
}

/** One step from its beginning to its end. */
export function step(server: ServerId, name: Step, result: StepResult, round = 1, durationMs = 1000): Fact[] {
  const of = { server, step: name, round }
  const ended: Fact = { type: 'step.finished', ...of, durationMs, attempts: result.status === 'skipped' ? 0 : 1, ...result }
  return result.status === 'skipped' && !result.failure ? [ended] : [{ type: 'step.started', ...of, key: `r1/${server}/${name}/${round}` }, ended]
}

export const passed: StepResult = { status: 'passed' }

export function skipped(because: string): StepResult {
  return { status: 'skipped', because }
}

export function failedBy(type: Failure['type'], message: string, more: Partial<Failure> = {}): StepResult {
  const failure = { type, message, ...more }
  return type === 'ServerNotOursError' || type === 'RunStopped' ? { status: 'skipped', because: message, failure } : { status: 'failed', failure }
}

/** A server that passes: four steps of a second, score 80. */
export function passing(server: ServerId): Fact[] {
  return [
    started(server),
    ...step(server, 'install', passed),
    ...step(server, 'benchmark', { status: 'passed', metrics: { score: 80 } }),
    ...step(server, 'check', passed, 1, 0),
    ...step(server, 'destroy', passed),
    ...step(server, 'mark', skipped('the server passed')),
    { type: 'server.finished', server },
  ]
}

/** A server whose install ends so. */
export function fallen(server: ServerId, result: StepResult, tail: string[] = []): Fact[] {
  return [
    started(server),
    ...step(server, 'install', result),
    ...step(server, 'destroy', skipped('left as it is for diagnosis')),
    ...step(server, 'mark', skipped('not judged')),
    { type: 'server.finished', server, tail },
  ]
}

/** A server that is too slow. */
export function slow(server: ServerId, score = 31): Fact[] {
  const violations = [{ metric: 'score', value: score, unit: '', bound: { min: 50 }, by: 50 - score }]
  const failure: Failure = { type: 'PerformanceError', message: `score ${score} is below 50, by ${50 - score}` }
  return [
    started(server),
    ...step(server, 'install', passed),
    ...step(server, 'benchmark', { status: 'passed', metrics: { score } }),
    ...step(server, 'check', { status: 'failed', failure, violations }, 1, 0),
    ...step(server, 'destroy', skipped('left as it is for diagnosis')),
    ...step(server, 'mark', passed),
    { type: 'server.finished', server, tail: [`info  [worker-01] [${server}] benchmark: score ${score}`] },
  ]
}

/** What a rule that only warns says of the server that follows. */
export const noisy: Warning = { metric: 'noise', value: 4, unit: '', bound: { max: 3 }, by: 1, rule: 1 }

/** A server that passes, with a warning, when it is measured for the second time. */
export function retested(server: ServerId): Fact[] {
  const [begin, ...rest] = passing(server)
  const violations = [{ metric: 'score', value: 31, unit: '', bound: { min: 50 }, by: 19, rule: 0 }]
  const failure: Failure = { type: 'PerformanceError', message: 'score 31 is below 50, by 19' }
  return [
    begin!,
    ...step(server, 'install', { status: 'passed', installed: { facts: { os: 'debian-12' } } }),
    ...step(server, 'benchmark', { status: 'passed', metrics: { score: 31 } }),
    ...step(server, 'check', { status: 'failed', failure, violations, retest: true }, 1, 0),
    ...step(server, 'benchmark', { status: 'passed', metrics: { score: 80, noise: 4 } }, 2),
    ...step(server, 'check', { status: 'passed', warnings: [noisy] }, 2, 0),
    ...rest.slice(-4),
  ]
}
