import type { MetricKind } from '../../model/metric-kind.ts'
import { shortened } from './shortened.ts'

const longestName = 80
const longestUnit = 20

/** A metric, its unit, and which direction is the good one: `latency (ms, lower is better)`. */
export function metricTitle(metric: string, { unit, better }: MetricKind): string {
  const notes = [...(unit ? [shortened(unit, longestUnit)] : []), ...(better ? [`${better} is better`] : [])]
  return `${shortened(metric, longestName)}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`
}

/** What an axis of its values is called: the unit, or else the metric itself. */
export function axisTitle(metric: string, { unit }: MetricKind): string {
  return unit ? shortened(unit, longestUnit) : shortened(metric, longestName)
}
