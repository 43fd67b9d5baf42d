import { MeasurementError } from '../model/fault.ts'
import { spreadSuffix } from '../model/metric-kind.ts'
import type { Metrics } from '../model/metrics.ts'
import { median } from '../model/statistics.ts'

export interface Summary {
  /** The median of each metric (of an even number of runs the mean of the two in the middle), and, of two runs or more, its spread in percent. */
  readonly metrics: Metrics
  /** One line for each metric whose runs lie too far apart. */
  readonly told: readonly string[]
}

interface SummaryOptions {
  /** What people call the command. */
  readonly name: string
  /** As a share of the median: 0.05. */
  readonly maxSpread?: number
}

/**
 * Puts the runs of one command together.
 *
 * @throws MeasurementError if one of them did not measure what another did.
 */
export function summarise(runs: readonly Metrics[], { name, maxSpread = Infinity }: SummaryOptions): Summary {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run)))]
  const metrics: [string, number][] = []
  const told: string[] = []
  for (const metric of names) {
    const values = runs.map((run, index) => valueOf(run, metric, `${name}: run ${index + 1} of ${runs.length}`))
    const spread = spreadOf(values)
    metrics.push([metric, median(values)])
    if (runs.length > 1) metrics.push([`${metric}${spreadSuffix}`, spread * 100])
    if (spread > maxSpread) told.push(`${metric}: ${runs.length} runs lie ${percent(spread)} apart, more than ${percent(maxSpread)}: ${values.map(short).join(', ')}`)
  }
  return { metrics: Object.fromEntries(metrics), told }
}

function valueOf(run: Metrics, metric: string, what: string): number {
  const value = Object.hasOwn(run, metric) ? run[metric] : undefined
  if (value === undefined) throw new MeasurementError(`${what} measured no ${metric}`)
  return value
}

/** How far the largest and the smallest value lie apart, as a share of the median, or where that is nought of the largest; always finite. */
function spreadOf(values: readonly number[]): number {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  if (least === most) return 0
  const whole = Math.abs(median(values)) || Math.max(Math.abs(least), Math.abs(most))
  const [distance, wide] = [(most - least) / whole, most / whole - least / whole]
  return Math.min(Number.isFinite(distance) ? distance : wide, Number.MAX_VALUE / 100)
}

function percent(share: number): string {
  return `${short(share * 100)} %`
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)))
}
