import type { RunState } from '../model/run-state.ts'
import { failedServers } from './failed-servers.ts'
import { junitXml } from './junit.ts'
import { countServers } from './report-counts.ts'
import type { Pieces } from './report-pieces.ts'
import { resultsJson } from './results.ts'

/** The files of the run directory that are made from the run's state. */
export const reportNames = ['junit.xml', 'results.json', 'failed-servers.txt'] as const
export type ReportName = (typeof reportNames)[number]

/** All reports of this moment, in chunks: what happens to the run later does not change them. */
export function renderReports(run: RunState, pieces: Pieces): Readonly<Record<ReportName, Iterable<string>>> {
  const counts = countServers(run)
  const parts = pieces.collect(run)
  return { 'junit.xml': junitXml(run, counts, parts), 'results.json': resultsJson(run, counts, parts), 'failed-servers.txt': failedServers(counts) }
}
