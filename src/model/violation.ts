import { z } from 'zod'
import { legible, legiblePair } from './legible.ts'
import type { ChosenRule, Holding } from './matching.ts'
import type { MetricKinds } from './metric-kind.ts'
import type { Metrics } from './metrics.ts'
import type { Threshold } from './threshold.ts'
import { noPast, ruleNote, significantDigits } from './threshold.ts'

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

/**
 * A rule of severity `warn` that was not met; without a value, the metric was not measured. Or, with `past`, a rule about the server's own history
 * that could not be held: how many values there are, and how many it asks for.
 */
export const warningSchema = violationSchema.extend({
  value: z.number().exactOptional(),
  by: z.number().exactOptional(),
  past: z.object({ values: z.int().min(0), last: z.int().min(1) }).exactOptional(),
})
export type Warning = z.infer<typeof warningSchema>

export interface Comparison {
  readonly violations: readonly Violation[]
  /** What rules found that only warn. */
  readonly warnings: readonly Warning[]
  /** Metrics that a rule asks for and the benchmark did not give. Silence is not a pass. */
  readonly missing: readonly string[]
  /** What could not be held for want of a past, where a rule requires one. */
  readonly withoutPast: readonly Warning[]
}

/** Holds what was measured against the rules that hold for a server. */
export function compare(metrics: Metrics, matches: readonly Holding[], kinds: MetricKinds = {}): Comparison {
  const violations: Violation[] = []
  const warnings: Warning[] = []
  const missing: string[] = []
  const withoutPast: Warning[] = []
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
    const past = tooLittlePast(chosen)
    if (past) {
      const list = rule.ownHistory?.required === true && rule.severity !== 'warn' ? withoutPast : warnings
      list.push({ ...about, value, bound: {}, past })
      continue
    }
    const told = rule.severity === 'warn' ? warnings : violations
    if (min !== undefined && value < min) told.push({ ...about, value, bound: { min }, by: distance(min, value) })
    else if (max !== undefined && value > max) told.push({ ...about, value, bound: { max }, by: distance(value, max) })
  }
  return { violations, warnings, missing, withoutPast }
}

function tooLittlePast({ rule: { ownHistory }, past: { values, median } = noPast }: ChosenRule): Warning['past'] {
  return ownHistory && (values < ownHistory.last || median === undefined) ? { values, last: ownHistory.last } : undefined
}

/** `above - below`, without the digits that binary fractions add, and finite however far apart they are. */
function distance(above: number, below: number): number {
  const apart = above - below
  const wholeDigits = Math.floor(Math.log10(Math.max(Math.abs(above), Math.abs(below)))) + 1
  const decimals = Math.min(100, Math.max(0, significantDigits - wholeDigits))
  return Math.min(Number.MAX_VALUE, Number(apart.toFixed(decimals)) || apart)
}

/** A violation in words: `score 31 is below 50, by 19`. Its numbers are rounded, but never so that the value seems to lie within the bound. */
export function describeViolation({ metric, unit, by, ...missed }: Violation): string {
  const of = unit === '' ? '' : ` ${unit}`
  const { value, bound } = legibleMiss(missed)
  const side = bound.min === undefined ? `above ${bound.max}` : `below ${bound.min}`
  return `${metric} ${value}${of} is ${side}${of}, by ${legible(by)}${of}`
}

/** What missed a bound, and the bound, with the digits that people need. */
export function legibleMiss({ value, bound: { min, max } }: Pick<Violation, 'value' | 'bound'>): Pick<Violation, 'value' | 'bound'> {
  if (min !== undefined) {
    const [shown, below] = legiblePair(value, min)
    return { value: shown, bound: { min: below } }
  }
  if (max === undefined) return { value: legible(value), bound: {} }
  const [shown, above] = legiblePair(value, max)
  return { value: shown, bound: { max: above } }
}

/** A violation or a warning in words, and which rule it is of, where that is not plain. */
export function describeFinding({ value, by, ...about }: Warning, thresholds: readonly Threshold[]): string {
  const rule = about.rule === undefined ? undefined : thresholds[about.rule]
  const finding = value === undefined ? `${about.metric} was not measured` : by === undefined ? describeUnjudged({ ...about, value }) : describeViolation({ ...about, value, by })
  return `${finding}${rule && about.rule !== undefined ? ruleNote(rule, about.rule) : ''}`
}

function describeUnjudged({ metric, value, unit, past: { values, last } = { values: 0, last: 1 } }: Omit<Warning, 'by'> & { readonly value: number }): string {
  const there = values === 0 ? 'no value' : `${values} ${values === 1 ? 'value' : 'values'}`
  return `${metric} ${legible(value)}${unit === '' ? '' : ` ${unit}`} is not judged: the history has ${there} of this server, and the rule needs ${last}`
}
