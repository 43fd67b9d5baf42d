import path from 'node:path'
import { problemsOf } from '../model/outcome.ts'
import type { Results } from '../model/results.ts'
import { resultsVersion } from '../model/results.ts'
import type { RunState } from '../model/run-state.ts'
import type { Part } from './report-block.ts'
import { betweenResults } from './report-block.ts'
import type { Counts } from './report-counts.ts'
import { bounded } from './report-text.ts'

/** results.json, in chunks: a line for each of its parts, and one for each server. What is handed in may change once this has returned. */
export function resultsJson(run: RunState, { ids }: Pick<Counts, 'ids'>, parts: readonly Part[]): Iterable<string> {
  const head = { schemaVersion: resultsVersion, run: runResult(run), summary: summaryOf(run, ids), ...lists(ids) } satisfies Omit<Results, 'servers'>
  const lines = Object.entries(head).map(([name, part]) => `  ${JSON.stringify(name)}: ${JSON.stringify(part)},\n`)
  return around(lines, parts)
}

function lists({ passed, failed, skipped }: Counts['ids']): Pick<Results, 'passed' | 'failed' | 'skipped'> {
  return { passed: [...passed], failed: [...failed], skipped: [...skipped] }
}

function* around(lines: readonly string[], parts: readonly Part[]): Iterable<string> {
  yield '{\n'
  yield* lines
  yield '  "servers": ['
  for (const [index, { results }] of parts.entries()) {
    yield index > 0 ? betweenResults : '\n    '
    yield results()
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
    ...(plan.metrics && { metrics: plan.metrics }),
  }
}

/** As long as a run goes on, it is no problem that servers have not finished. */
function problemsSoFar(run: RunState): readonly string[] {
  return problemsOf({ ...run, totals: { ...run.totals, unfinished: 0 } })
}

function summaryOf({ totals }: RunState, { passed, failed, skipped }: Counts['ids']): Results['summary'] {
  return {
    total: passed.length + failed.length + skipped.length,
    passed: passed.length,
    failed: failed.length,
    skipped: skipped.length,
    markedBroken: totals.markedBroken,
    left: { clean: totals.clean, installed: totals.installed, unknown: totals.unknown },
  }
}
