import { z } from 'zod'
import type { Holding } from './matching.ts'
import type { MetricKinds } from './metric-kind.ts'
import type { Metrics } from './metrics.ts'
import type { Threshold } from './threshold.ts'
import { ruleNote, significantDigits } from './threshold.ts'

/** A threshold that a value did not meet. `by` is how far it lies outside, in the metric's unit; `rule` the rule's place, from 0. */
export const violationSchema = z.object({
  metric: z.string(),
  value: z.number(),
  unit: z.string(),
  bound: z.object({ min: z.number().exactOptional(), max: z.number().exactOptional() }),
  by: z.number(),
  rule: z.int().min(0).exactOptional(),
})
export type Violation = z.infer<typeof violationSchema>

/** A rule of severity `warn` that was not met. Without a value, the metric was not measured. */
export const warningSchema = violationSchema.extend({ value: z.number().exactOptional(), by: z.number().exactOptional() })
export type Warning = z.infer<typeof warningSchema>

export interface Comparison {
  readonly violations: readonly Violation[]
  /** What rules found that only warn. */
  readonly warnings: readonly Warning[]
  /** Metrics that a rule asks for and the benchmark did not give. Silence is not a pass. */
  readonly missing: readonly string[]
}

/** Holds what was measured against the rules that hold for a server. */
export function compare(metrics: Metrics, matches: readonly Holding[], kinds: MetricKinds = {}): Comparison {
  const violations: Violation[] = []
  const warnings: Warning[] = []
  const missing: string[] = []
  for (const { metric, chosen } of matches) {
    if (!chosen) continue
    const { rule, index, bounds: { min, max } } = chosen
    const value = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined
    const about = { metric, unit: rule.unit ?? (Object.hasOwn(kinds, metric) ? kinds[metric]?.unit : undefined) ?? '', rule: index }
    if (value === undefined || !Number.isFinite(value)) {
      if (rule.severity === 'warn') warnings.push({ ...about, bound: chosen.bounds })
      else missing.push(metric)
      continue
    }
    const told = rule.severity === 'warn' ? warnings : violations
    if (min !== undefined && value < min) told.push({ ...about, value, bound: { min }, by: distance(min, value) })
    else if (max !== undefined && value > max) told.push({ ...about, value, bound: { max }, by: distance(value, max) })
  }
  return { violations, warnings, missing }
}

/** `above - below`, without the digits that binary fractions add, and finite however far apart they are. */
function distance(above: number, below: number): number {
  const apart = above - below
  const wholeDigits = Math.floor(Math.log10(Math.max(Math.abs(above), Math.abs(below)))) + 1
  const decimals = Math.min(100, Math.max(0, significantDigits - wholeDigits))
  return Math.min(Number.MAX_VALUE, Number(apart.toFixed(decimals)) || apart)
}

/** A violation in words: `score 31 is below 50, by 19`. */
export function describeViolation({ metric, value, unit, bound, by }: Violation): string {
  const of = unit === '' ? '' : ` ${unit}`
  const side = bound.min === undefined ? `above ${bound.max}` : `below ${bound.min}`
  return `${metric} ${value}${of} is ${side}${of}, by ${by}${of}`
}

/** A violation or a warning in words, and which rule it is of, where that is not plain. */
export function describeFinding({ value, by, ...about }: Warning, thresholds: readonly Threshold[]): string {
  const rule = about.rule === undefined ? undefined : thresholds[about.rule]
  const finding = value === undefined || by === undefined ? `${about.metric} was not measured` : describeViolation({ ...about, value, by })
  return `${finding}${rule && about.rule !== undefined ? ruleNote(rule, about.rule) : ''}`
}
