import { z } from 'zod'
import type { Metrics } from './metrics.ts'

/** A rule that a metric must meet: `min <= value <= max`. */
export const thresholdSchema = z
  .strictObject({
    metric: z.string().min(1).describe('what is measured; score, if the benchmark gives one number'),
    min: z.number().describe('the least value that passes').exactOptional(),
    max: z.number().describe('the greatest value that passes').exactOptional(),
    unit: z.string().describe('for people: ms, MB/s').exactOptional(),
  })
  .refine(({ min, max }) => min !== undefined || max !== undefined, { message: 'needs a min or a max' })
  .refine(({ min = -Infinity, max = Infinity }) => min <= max, { message: 'min is above max' })
  .meta({ anyOf: [{ required: ['min'] }, { required: ['max'] }] })
export type Threshold = z.infer<typeof thresholdSchema>

/** A threshold that a value did not meet. `by` is how far it lies outside, in the metric's unit. */
export const violationSchema = z.object({
  metric: z.string(),
  value: z.number(),
  unit: z.string(),
  bound: z.object({ min: z.number().exactOptional(), max: z.number().exactOptional() }),
  by: z.number(),
})
export type Violation = z.infer<typeof violationSchema>

export interface Comparison {
  readonly violations: readonly Violation[]
  /** Metrics that a rule asks for and the benchmark did not give. Silence is not a pass. */
  readonly missing: readonly string[]
}

/** Holds what was measured against every threshold. */
export function compare(metrics: Metrics, thresholds: readonly Threshold[]): Comparison {
  const violations: Violation[] = []
  const missing: string[] = []
  for (const { metric, min, max, unit = '' } of thresholds) {
    const value = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined
    if (value === undefined || !Number.isFinite(value)) missing.push(metric)
    else if (min !== undefined && value < min) violations.push({ metric, value, unit, bound: { min }, by: distance(min, value) })
    else if (max !== undefined && value > max) violations.push({ metric, value, unit, bound: { max }, by: distance(value, max) })
  }
  return { violations, missing }
}

/** So many digits of a number are its own, and not of the binary fraction that stands for it. */
const significantDigits = 15

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
