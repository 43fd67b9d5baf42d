import type { MetricKind } from '../model/metric-kind.ts'
import type { ReportInput } from './report-input.ts'

/** What the run knows of a metric; its unit also as a rule tells it. */
export function metricKindOf(metric: string, { results: { run: { metrics: kinds = {} } }, thresholds }: Pick<ReportInput, 'results' | 'thresholds'>): MetricKind {
  const kind = Object.hasOwn(kinds, metric) ? kinds[metric] : undefined
  const unit = kind?.unit ?? thresholds.find((rule) => rule.metric === metric && rule.unit !== undefined)?.unit
  return { ...kind, ...(unit !== undefined && { unit }) }
}
