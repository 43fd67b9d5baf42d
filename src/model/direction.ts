import type { MetricKind, MetricKinds } from './metric-kind.ts'
import type { Threshold } from './threshold.ts'
import { sidesOf } from './threshold.ts'

interface Known {
  readonly metrics?: MetricKinds
  readonly thresholds: readonly Threshold[]
}

/**
 * Which direction of a metric is the good one: as its kind says; where that says nothing, a metric that rules bound only from above is better the
 * lower it is, and one that they bound only from below the higher. Nothing if nobody knows.
 */
export function betterOf(metric: string, { metrics = {}, thresholds }: Known): MetricKind['better'] {
  const known = Object.hasOwn(metrics, metric) ? metrics[metric]?.better : undefined
  const sides = thresholds.filter((rule) => rule.metric === metric).map(sidesOf)
  return known ?? directionOf(sides.some(({ below }) => below), sides.some(({ above }) => above))
}

function directionOf(isBoundBelow: boolean, isBoundAbove: boolean): MetricKind['better'] {
  if (isBoundBelow === isBoundAbove) return undefined
  return isBoundBelow ? 'higher' : 'lower'
}

/** What is known of metrics, and what rules tell besides: a direction. */
export function kindsWith({ metrics = {}, thresholds }: Known): MetricKinds {
  const names = new Set([...Object.keys(metrics), ...thresholds.map(({ metric }) => metric)])
  const kinds = [...names].flatMap((metric): [string, MetricKind][] => {
    const kind = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined
    const better = betterOf(metric, { metrics, thresholds })
    return kind || better ? [[metric, { ...kind, ...(better && { better }) }]] : []
  })
  return Object.fromEntries(kinds)
}
