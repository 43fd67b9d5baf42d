import type { PastRun } from '../model/past-run.ts'
import type { ServerResult } from '../model/results.ts'
import type { Threshold } from '../model/threshold.ts'
import type { ReportResults } from './servers.ts'

/** All that reports for people are made of. The same input gives the same bytes. */
export interface ReportInput {
  /** Of one run, or of several laid together. */
  readonly results: ReportResults
  /** The rules that the run was judged by; none is known of runs of earlier versions. */
  readonly thresholds: readonly Threshold[]
  /** The path of a server's log, relative to the folder of the reports, with `/`; nothing where there is none. */
  readonly logOf: (server: ServerResult) => string | undefined
  /** Earlier runs, the oldest first; empty without a history. */
  readonly past: readonly PastRun[]
}

/** A file of a report. */
export interface ReportFile {
  /** Below the folder of the reports, with `/`. */
  readonly path: string
  /** The text, in as few or many pieces as it is made in. */
  readonly chunks: Iterable<string>
}

/** A plot, and what it shows, in words for those who do not see it. */
export interface Plot {
  /** A whole SVG document. */
  readonly svg: string
  readonly alt: string
}
