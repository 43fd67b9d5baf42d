import type { RunState } from '../model/run-state.ts'
import { newReport } from './junit-builder.ts'
import type { CaseKind } from './junit-case.ts'
import type { Piece } from './report-pieces.ts'
import { clean, seconds } from './report-text.ts'

/** junit.xml, in chunks: one suite, with a test for each server. What is handed in may change once this has returned. */
export function junitXml(run: RunState, pieces: readonly Piece[]): Iterable<string> {
  const { head, tail } = frameOf(run, pieces)
  return between(head, pieces, tail)
}

function* between(head: string, pieces: readonly Piece[], tail: string): Iterable<string> {
  yield head
  for (const [index, { testcase }] of pieces.entries()) {
    if (index > 0) yield '\n    '
    yield testcase
  }
  yield tail
}

/** What stands around the test cases. The place for them is held by a test case without any attribute but a name. */
function frameOf(run: RunState, pieces: readonly Piece[]): { head: string; tail: string } {
  const report = newReport()
  const suite = report.testSuite().name(clean(run.plan.suite)).timestamp(run.startedAt).time(seconds(wallMs(run, pieces)))
  const counts: Record<CaseKind, number> = { passed: 0, failure: 0, error: 0, skipped: 0 }
  for (const { kind } of pieces) counts[kind] += 1
  suite.testCase().name('cases')
  Object.assign(suite, {
    getTestCaseCount: () => pieces.length,
    getFailureCount: () => counts.failure,
    getErrorCount: () => counts.error,
    getSkippedCount: () => counts.skipped,
  })
  const [head = '', tail = ''] = report.build().split('<testcase name="cases"/>')
  // No schema of JUnit's has this attribute on the root.
  return { head: head.replace(/(<testsuites [^<]*) skipped="\d+"/, '$1'), tail: `${tail}\n` }
}

/** From the run's start to its end or, as long as there is none, to the latest moment that a server is known to have been worked on. */
function wallMs({ startedAt, finishedAt }: RunState, pieces: readonly Piece[]): number {
  const start = Date.parse(startedAt)
  if (finishedAt !== undefined) return Date.parse(finishedAt) - start
  let end = start
  for (const { endMs } of pieces) if (endMs > end) end = endMs
  return end - start
}
