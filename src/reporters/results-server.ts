import { knownLabels } from '../model/labels.ts'
import type { ServerResult } from '../model/results.ts'
import type { RunState } from '../model/run-state.ts'
import type { Round, ServerState } from '../model/server-state.ts'
import type { Step, StepRecord } from '../model/step.ts'
import { steps } from '../model/step.ts'
import { brokenOf, isRetested } from '../model/verdict.ts'
import type { Standing } from './report-standing.ts'
import { lastRecords } from './report-steps.ts'
import { bounded } from './report-text.ts'

/** One server of results.json. */
export function serverResult(server: ServerState, standing: Standing, plan: RunState['plan']): ServerResult {
  const { metrics, violations, warnings = [] } = roundResult(server.rounds.at(-1) ?? {})
  const fall = standing.status === 'passed' ? undefined : standing.fall
  return {
    id: server.server.id,
    status: standing.status,
    ...(standing.status === 'skipped' && { because: bounded(standing.because) }),
    worker: server.worker ?? null,
    startedAt: server.startedAt ?? null,
    durationMs: server.durationMs,
    left: server.left,
    labels: knownLabels(server),
    steps: stepResults(server),
    rounds: server.rounds.map(roundResult),
    metrics,
    violations,
    warnings,
    ...(isRetested(server) && { retested: true as const }),
    broken: brokenResult(server, plan),
    ...(fall && { error: { step: fall.step, ...errorOf(fall.failure) } }),
    ...(server.tail && server.tail.length > 0 && { tail: [...server.tail] }),
  }
}

type StepOf = NonNullable<ServerResult['steps'][Step]>

function stepResults(server: ServerState): ServerResult['steps'] {
  const records = lastRecords(server)
  return Object.fromEntries(steps.flatMap((step) => (records[step] ? [[step, stepResult(records[step])]] : [])))
}

function stepResult(record: StepRecord): StepOf {
  return {
    status: record.status,
    ...(record.startedAt !== undefined && { startedAt: record.startedAt }),
    durationMs: record.durationMs,
    attempts: record.attempts,
    ...(record.status === 'skipped' && { because: bounded(record.because) }),
    ...(record.status !== 'passed' && record.failure && { error: errorOf(record.failure) }),
  }
}

function roundResult({ benchmark, check }: Round): ServerResult['rounds'][number] {
  return {
    ...(benchmark && { benchmark: stepResult(benchmark) }),
    ...(check && { check: stepResult(check) }),
    metrics: benchmark?.status === 'passed' ? (benchmark.metrics ?? {}) : {},
    violations: check?.status === 'failed' ? (check.violations ?? []) : [],
    warnings: check && check.status !== 'skipped' ? (check.warnings ?? []) : [],
  }
}

function brokenResult(server: ServerState, plan: RunState['plan']): ServerResult['broken'] {
  const { due, marked, withheld, reason, error } = brokenOf(server, plan)
  return {
    due,
    marked,
    ...(withheld !== undefined && { withheld: bounded(withheld) }),
    reason: reason === null ? null : bounded(reason),
    ...(error !== undefined && { error: bounded(error) }),
  }
}

function errorOf({ type, message }: Pick<NonNullable<StepOf['error']>, 'type' | 'message'>): NonNullable<StepOf['error']> {
  return { type, message: bounded(message) }
}
