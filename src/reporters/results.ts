import path from 'node:path'
import { problemsOf } from '../model/outcome.ts'
import type { Results } from '../model/results.ts'
import { resultsVersion } from '../model/results.ts'
import type { RunState } from '../model/run-state.ts'
import type { Piece } from './report-pieces.ts'
import { bounded } from './report-text.ts'

/** results.json, in chunks: a line for each of its parts, and one for each server. What is handed in may change once this has returned. */
export function resultsJson(run: RunState, pieces: readonly Piece[]): Iterable<string> {
  const idsOf = (status: Piece['status']): Results['passed'] => pieces.filter((piece) => piece.status === status).map(({ id }) => id)
  const lists = { passed: idsOf('passed'), failed: idsOf('failed'), skipped: idsOf('skipped') }
  const parts = { schemaVersion: resultsVersion, run: runResult(run), summary: summaryOf(run, lists), ...lists } satisfies Omit<Results, 'servers'>
  const lines = Object.entries(parts).map(([name, part]) => `  ${JSON.stringify(name)}: ${JSON.stringify(part)},\n`)
  return around(lines, pieces)
}

function* around(lines: readonly string[], pieces: readonly Piece[]): Iterable<string> {
  yield '{\n'
  yield* lines
  yield '  "servers": ['
  for (const [index, { result }] of pieces.entries()) {
    yield index > 0 ? ',\n    ' : '\n    '
    yield result
  }
  yield '\n  ]\n}\n'
}

function runResult(run: RunState): Results['run'] {
  const { plan, finished, stopping } = run
  return {
    id: run.run,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt ?? null,
    status: finished?.status ?? 'running',
    ...(stopping && { because: stopping.because }),
    provisioner: path.isAbsolute(plan.provisioner.type) ? path.basename(plan.provisioner.type) : plan.provisioner.type,
    os: plan.os,
    concurrency: plan.concurrency,
    exitCode: finished?.exitCode ?? null,
    problems: (finished?.problems ?? problemsSoFar(run)).map((problem) => bounded(problem)),
    build: run.build,
  }
}

/** As long as a run goes on, it is no problem that servers have not finished. */
function problemsSoFar(run: RunState): readonly string[] {
  return problemsOf({ ...run, totals: { ...run.totals, unfinished: 0 } })
}

function summaryOf({ totals }: RunState, { passed, failed, skipped }: Pick<Results, 'passed' | 'failed' | 'skipped'>): Results['summary'] {
  return {
    total: passed.length + failed.length + skipped.length,
    passed: passed.length,
    failed: failed.length,
    skipped: skipped.length,
    markedBroken: totals.markedBroken,
    left: { clean: totals.clean, installed: totals.installed, unknown: totals.unknown },
  }
}
