import type { ServerResult } from '../../model/results.ts'
import { metricKindOf } from '../metric-kind.ts'
import type { Plot, ReportInput } from '../report-input.ts'
import { distributionPlot } from './distribution.ts'
import type { Panel } from './history-panel.ts'
import { metricTitle } from './metric-title.ts'
import { boundsByMetric, samplesOf } from './samples.ts'
import { serverHistoryPlot } from './server-history.ts'
import type { Point } from './server-past.ts'
import { pastByServer } from './server-past.ts'
import { timelinePlot } from './timeline.ts'
import { verdictsPlot } from './verdicts.ts'

/** A plot as a file: `name` without its ending, of letters, digits and `-`, unique among those it is given with; `title` is clean text for a heading, not escaped. */
export interface NamedPlot {
  readonly name: string
  readonly title: string
  readonly plot: Plot
}

/** A benchmark may have a thousand metrics: these are as many as anybody looks at. The first are those that rules are about. */
export const mostDistributions = 50

/** The plots of the run as a whole, those that there is something to show in: made one by one, as they are asked for. */
export function* runPlots(input: ReportInput): Iterable<NamedPlot> {
  const { results, past } = input
  yield* named('verdicts', 'Passed and failed over the last runs', verdictsPlot(results, past))
  yield* named('timeline', 'Timeline of the run', timelinePlot(results))
  let number = 0
  for (const measured of samplesOf(input)) {
    if (++number > mostDistributions) return
    yield* named(`metric-${number}`, metricTitle(measured.metric, measured.kind), distributionPlot(measured))
  }
}

function* named(name: string, title: string, plot: Plot | undefined): Iterable<NamedPlot> {
  if (plot) yield { name, title, plot }
}

/**
 * The plots of single servers: a function to call with each, so that the past is sorted by server once. Without earlier values of a server
 * there is nothing to show, and the answer is empty.
 */
export function serverPlots(input: ReportInput): (server: ServerResult) => readonly NamedPlot[] {
  const { results, thresholds, past } = input
  const pointsOf = pastByServer(past, results)
  return (server) => {
    const points = pointsOf(server)
    if (points.length < 2) return []
    const bounds = boundsByMetric(thresholds, server.labels ?? {})
    const metrics = new Set([...bounds.keys(), ...Object.keys(server.metrics), ...points.flatMap((point) => Object.keys(point.metrics))])
    const panels = [...metrics].map((metric): Panel => {
      const bound = bounds.get(metric)
      return { metric, kind: metricKindOf(metric, input), values: points.map((point) => valueOf(point, metric)), ...(bound && { bounds: bound }) }
    })
    return [...named('history', 'Metrics over the last runs', serverHistoryPlot(server, points, panels))]
  }
}

function valueOf({ metrics }: Point, metric: string): number | undefined {
  const value = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined
  return value !== undefined && Number.isFinite(value) ? value : undefined
}
