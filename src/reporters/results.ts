import path from 'node:path'
import { problemsOf } from '../model/outcome.ts'
import { kindsWith } from '../model/direction.ts'
import type { Results } from '../model/results.ts'
import { resultsVersion } from '../model/results.ts'
import type { RunState } from '../model/run-state.ts'
import type { Suspect } from '../model/suspects.ts'
import type { Part } from './report-block.ts'
import { betweenResults } from './report-block.ts'
import type { Counts } from './report-counts.ts'
import { countServers } from './report-counts.ts'
import { standingOf } from './report-standing.ts'
import { bounded } from './report-text.ts'
import { serverResult } from './results-server.ts'

/** results.json, in chunks: a line for each of its parts, and one for each server. What is handed in may change once this has returned. */
export function resultsJson(run: RunState, counts: Pick<Counts, 'ids' | 'suspects'>, parts: readonly Part[]): Iterable<string> {
  const lines = Object.entries(headOf(run, counts)).map(([name, part]) => `  ${JSON.stringify(name)}: ${JSON.stringify(part)},\n`)
  return around(lines, parts)
}

/** What results.json holds, as an object. */
export function resultsOf(run: RunState): Results {
  return { ...headOf(run, countServers(run)), servers: [...run.servers.values()].map((server) => serverResult(server, standingOf(run, server), run.plan)) }
}

/** What results.json holds besides its servers. */
export function headOf(run: RunState, { ids, suspects }: Pick<Counts, 'ids' | 'suspects'>): Omit<Results, 'servers'> {
  return { schemaVersion: resultsVersion, run: runResult(run), summary: summaryOf(run, ids), ...lists(ids), ...(suspects && { suspects: suspects.map(boundedSuspect) }) }
}

function lists({ passed, failed, skipped }: Counts['ids']): Pick<Results, 'passed' | 'failed' | 'skipped'> {
  return { passed: [...passed], failed: [...failed], skipped: [...skipped] }
}

/** What stands in a label is the text of others. */
function boundedSuspect(suspect: Suspect): Suspect {
  return { ...suspect, metric: bounded(suspect.metric), group: suspect.group === null ? null : bounded(suspect.group) }
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
  const kinds = kindsWith(plan)
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
    ...(Object.keys(kinds).length > 0 && { metrics: kinds }),
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
