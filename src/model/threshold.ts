import { z } from 'zod'

/** What follows where a rule is violated: the server fails, or it is told and passes. */
export const severities = ['fail', 'warn'] as const

const percentPattern = String.raw`^[+-]?\d{1,9}(?:\.\d{1,9})?%$`
const notAShare = { error: 'expected a share of the reference, like -5% or -0.05' }
const shareSchema = z.union([z.number(), z.string().regex(new RegExp(percentPattern), notAShare)], notAShare)
const mostLabels = 20
const patternSchema = z.string().min(1).max(256)

/**
 * A rule that a metric must meet: `min <= value <= max`, or a value about a reference. `lower` and `upper` are shares of the reference:
 * `-5%`, or -0.05; of the reference 0 they are the bounds themselves.
 */
export const thresholdSchema = z
  .strictObject({
    metric: z.string().min(1).describe('what is measured; score, if the benchmark gives one number'),
    min: z.number().describe('the least value that passes').exactOptional(),
    max: z.number().describe('the greatest value that passes').exactOptional(),
    reference: z.number().describe('in place of min and max: the value that is expected').exactOptional(),
    lower: shareSchema.describe('how far below the reference passes, as a share of it: -5% or -0.05; of the reference 0, the least value itself').exactOptional(),
    upper: shareSchema.describe('how far above the reference passes, as a share of it: +20% or 0.2; of the reference 0, the greatest value itself').exactOptional(),
    unit: z.string().describe('for people: ms, MB/s').exactOptional(),
    where: z
      .record(z.string().min(1).max(128), patternSchema)
      .refine((where) => Object.keys(where).length <= mostLabels, { message: `expected at most ${mostLabels} labels` })
      .describe('only for servers whose labels match: * stands for any characters, ? for one')
      .exactOptional(),
    severity: z.enum(severities).describe('what follows where the rule is violated; fail, unless said').exactOptional(),
  })
  .superRefine((rule, context) => {
    for (const [key, message] of problemsOf(rule)) context.addIssue({ code: 'custom', message, path: key === undefined ? [] : [key] })
  })
  .meta({
    anyOf: [{ required: ['min'] }, { required: ['max'] }, { required: ['reference', 'lower'] }, { required: ['reference', 'upper'] }],
    not: { required: ['reference'], anyOf: [{ required: ['min'] }, { required: ['max'] }] },
    dependentRequired: { lower: ['reference'], upper: ['reference'] },
  })
export type Threshold = z.infer<typeof thresholdSchema>

/** The bounds of a rule as numbers, both included. */
export interface Bounds {
  readonly min?: number
  readonly max?: number
}

/** What a rule asks for, whichever way it is written. */
export function boundsOf({ min, max, reference, lower, upper }: Threshold): Bounds {
  if (reference === undefined) return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) }
  return { ...(lower !== undefined && { min: boundAt(reference, lower) }), ...(upper !== undefined && { max: boundAt(reference, upper) }) }
}

/** Also a negative reference has its lower bound below it, and its upper bound above. */
function boundAt(reference: number, share: number | string): number {
  if (reference === 0) return Number(share)
  const bound = reference + Math.abs(reference) * fractionOf(share)
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, Number(bound.toPrecision(significantDigits))))
}

function fractionOf(share: number | string): number {
  return typeof share === 'number' ? share : Number(share.slice(0, -1)) / 100
}

type Problem = readonly [key: 'lower' | 'upper' | undefined, message: string]

function problemsOf({ min, max, reference, lower, upper }: z.core.output<typeof thresholdSchema>): Problem[] {
  const isPlain = min !== undefined || max !== undefined
  if (reference === undefined) {
    if (lower !== undefined || upper !== undefined) return [[undefined, 'lower and upper need a reference']]
    if (!isPlain) return [[undefined, 'needs a min or a max, or a reference with lower or upper']]
    return (min ?? -Infinity) <= (max ?? Infinity) ? [] : [[undefined, 'min is above max']]
  }
  if (isPlain) return [[undefined, 'has a reference besides min or max: keep one of them']]
  if (lower === undefined && upper === undefined) return [[undefined, 'has a reference, and needs lower or upper']]
  return [...shareProblems('lower', reference, lower), ...shareProblems('upper', reference, upper)]
}

function shareProblems(key: 'lower' | 'upper', reference: number, share: number | string | undefined): Problem[] {
  if (share === undefined) return []
  if (reference === 0 && typeof share === 'string') return [[key, 'a share of 0 is 0: write the bound itself, as a number']]
  const fraction = fractionOf(share)
  if (key === 'lower' ? fraction > 0 : fraction < 0) return [[key, key === 'lower' ? 'must not be above 0: it lies below the reference' : 'must not be below 0: it lies above the reference']]
  if (reference === 0) return []
  // As 5 it would be 500 %, and who writes it means 5 %.
  if (typeof share === 'number' && Math.abs(share) > 1) return [[key, `is ${share * 100} % of the reference: write ${share > 0 ? '+' : ''}${share}%, if that is meant`]]
  // Behind 0 lies no value that a metric of this sign can have.
  const isBehindZero = Math.abs(fraction) > 1 && (key === 'lower') === (reference > 0)
  return isBehindZero ? [[key, 'reaches behind 0']] : []
}

/** So many digits of a number are its own, and not of the binary fraction that stands for it. */
export const significantDigits = 15

/** Which rule it is, in words, where its metric and its bounds do not tell: ` (thresholds[2]: model=R64*)`, and otherwise nothing. */
export function ruleNote({ where = {}, reference, lower, upper }: Threshold, index: number): string {
  const shares = reference === undefined ? [] : [`reference ${reference}`, ...(lower === undefined ? [] : [`lower ${lower}`]), ...(upper === undefined ? [] : [`upper ${upper}`])]
  const parts = [...Object.entries(where).map(([label, pattern]) => `${label}=${pattern}`), ...shares]
  return parts.length === 0 ? '' : ` (thresholds[${index}]: ${parts.join(', ')})`
}
