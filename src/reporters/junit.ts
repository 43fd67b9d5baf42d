import type { RunState } from '../model/run-state.ts'
import { describeSuspect } from '../model/suspects.ts'
import { newReport } from './junit-builder.ts'
import type { Part } from './report-block.ts'
import { betweenTestcases } from './report-block.ts'
import type { Counts } from './report-counts.ts'
import { clean, seconds, singleLine } from './report-text.ts'

/** junit.xml, in chunks: one suite, with a test for each server. What is handed in may change once this has returned. */
export function junitXml(run: RunState, counts: Counts, parts: readonly Part[]): Iterable<string> {
  const { head, tail } = frameOf(run, counts)
  return between(head, parts, tail)
}

function* between(head: string, parts: readonly Part[], tail: string): Iterable<string> {
  yield head
  for (const [index, { testcases }] of parts.entries()) {
    if (index > 0) yield betweenTestcases
    yield testcases()
  }
  yield tail
}

/** Of all suspects, the gravest: Jenkins keeps the properties of a suite for whoever asks its API, and shows them nowhere. */
const mostSuspects = 100
const longestSuspect = 300

/** What stands around the test cases. The place for them is held by a test case without any attribute but a name. */
function frameOf(run: RunState, { kinds, endMs, suspects = [] }: Counts): { head: string; tail: string } {
  const report = newReport()
  const suite = report.testSuite().name(clean(run.plan.suite)).timestamp(run.startedAt).time(seconds(wallMs(run, endMs)))
  for (const { server, ...suspect } of suspects.slice(0, mostSuspects)) suite.property(clean(`suspect.${server}.${suspect.metric}`), singleLine(describeSuspect(suspect), longestSuspect))
  suite.testCase().name('cases')
  Object.assign(suite, {
    getTestCaseCount: () => run.servers.size,
    getFailureCount: () => kinds.failure,
    getErrorCount: () => kinds.error,
    getSkippedCount: () => kinds.skipped,
  })
  const [head = '', tail = ''] = report.build().split('<testcase name="cases"/>')
  // No schema of JUnit's has this attribute on the root.
  return { head: head.replace(/(<testsuites [^<]*) skipped="\d+"/, '$1'), tail: `${tail}\n` }
}

/** From the run's start to its end or, as long as there is none, to the latest moment that a server is known to have been worked on. */
function wallMs({ startedAt, finishedAt }: RunState, endMs: number): number {
  return (finishedAt === undefined ? endMs : Date.parse(finishedAt)) - Date.parse(startedAt)
}
