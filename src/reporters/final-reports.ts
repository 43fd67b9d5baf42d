import path from 'node:path'
import type { PastRun } from '../model/past-run.ts'
import type { RunState } from '../model/run-state.ts'
import { renderHtml } from './html/render.ts'
import type { Place } from './junit-case.ts'
import { logPath } from './junit-case.ts'
import type { ReportFile, ReportInput } from './report-input.ts'
import type { Part } from './report-block.ts'
import { countServers } from './report-counts.ts'
import { headOf } from './results.ts'
import { resultsCsv } from './results-csv.ts'
import { serversIn } from './servers.ts'
import { summaryMarkdown } from './summary-markdown.ts'
import { traceJson } from './trace.ts'

/** What stands in the folder of the reports besides the reports that are kept up to date. */
export const finalNames = ['summary.md', 'results.csv', 'trace.json', 'html/index.html'] as const

/** The reports that are made once, when a run has ended, and those of several runs. */
export function* finalReports(input: ReportInput): Iterable<ReportFile> {
  const { results } = input
  yield { path: 'summary.md', chunks: [summaryMarkdown(results, input.thresholds)] }
  yield { path: 'results.csv', chunks: resultsCsv(results) }
  yield { path: 'trace.json', chunks: traceJson(results) }
  yield* renderHtml(input)
}

/** What these reports are made of. @param parts All servers' parts of the reports. @param past Earlier runs, the oldest first. */
export function reportInput(run: RunState, parts: readonly Part[], place: Place, past: readonly PastRun[]): ReportInput {
  return {
    results: { ...headOf(run, countServers(run)), servers: serversIn(parts, run.plan.servers.length) },
    thresholds: run.plan.thresholds,
    logOf: ({ id, startedAt }) => (startedAt === null ? undefined : path.relative(place.directory, logPath(place, id)).split(path.sep).join('/')),
    past,
  }
}
