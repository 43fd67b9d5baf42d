import type { MetricKinds } from '../model/metric-kind.ts'
import type { Metrics } from '../model/metrics.ts'
import type { RemoteCommand, RemoteOutput } from './remote.ts'

/** One command of a benchmark over SSH: what it runs, what it needs there, and how its output is read. */
export interface MeasuredCommand extends RemoteCommand {
  /** Programs that must be on the server: `fio`. */
  readonly requires: readonly string[]
  /** How often it is run; the median counts. */
  readonly repeat: number
  /** How far the runs may lie apart before it is told, as a share of the median: 0.05. */
  readonly maxSpread?: number
  /** What it measures, by the full names: `disk.randread.iops`. Metrics that are not known beforehand are not in it. */
  readonly metrics: MetricKinds
  /** @throws MeasurementError that says what lacks: "fio printed no JSON"; ServerOperationError if it tells that the server itself is at fault. */
  readonly parse: (output: RemoteOutput) => Metrics
}
