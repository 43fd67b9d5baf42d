import { z } from 'zod'

/** What follows where a rule is violated: the server fails, or it is told and passes. */
const severities = ['fail', 'warn'] as const

const percentPattern = String.raw`^[+-]?\d{1,9}(?:\.\d{1,9})?%$`
const notAShare = { error: 'expected a share of the reference, like -5% or -0.05' }
const shareSchema = z.union([z.number(), z.string().regex(new RegExp(percentPattern), notAShare)], notAShare)
const mostLabels = 20
const patternSchema = z.string().min(1).max(256)
/** More are no more telling, and are as much to read for each server. */
const mostPast = 100

const ownHistorySchema = z
  .strictObject({
    last: z.int().min(1).max(mostPast).describe('how many of the last values count, of runs in which the server passed; with fewer of them the rule is told and passes'),
    lower: shareSchema.describe('how far below their median passes, as a share of it: -5% or -0.05').exactOptional(),
    upper: shareSchema.describe('how far above their median passes, as a share of it: +20% or 0.2').exactOptional(),
    required: z.boolean().describe('whether a server of which the history has too little fails, unmarked').exactOptional(),
  })
  .describe('in place of min and max: the last values of the same server in the history')
  .meta({ anyOf: [{ required: ['lower'] }, { required: ['upper'] }] })

/**
 * A rule that a metric must meet: `min <= value <= max`, or a value about a reference, which may be what the server itself measured before. `lower` and
 * `upper` are shares of the reference: `-5%`, or -0.05; of the reference 0 they are the bounds themselves.
 */
export const thresholdSchema = z
  .strictObject({
    metric: z.string().min(1).describe('what is measured; score, if the benchmark gives one number'),
    min: z.number().describe('the least value that passes').exactOptional(),
    max: z.number().describe('the greatest value that passes').exactOptional(),
    reference: z.number().describe('in place of min and max: the value that is expected').exactOptional(),
    lower: shareSchema.describe('how far below the reference passes, as a share of it: -5% or -0.05; of the reference 0, the least value itself').exactOptional(),
    upper: shareSchema.describe('how far above the reference passes, as a share of it: +20% or 0.2; of the reference 0, the greatest value itself').exactOptional(),
    ownHistory: ownHistorySchema.exactOptional(),
    unit: z.string().describe('for people: ms, MB/s').exactOptional(),
    where: z
      .record(z.string().min(1).max(128), patternSchema)
      .refine((where) => Object.keys(where).length <= mostLabels, { message: `expected at most ${mostLabels} labels` })
      .describe('only for servers whose labels match: * stands for any characters, ? for one')
      .exactOptional(),
    severity: z.enum(severities).describe('what follows where the rule is violated; fail, unless said').exactOptional(),
  })
  .superRefine((rule, context) => {
    for (const [key, message] of problemsOf(rule)) context.addIssue({ code: 'custom', message, path: [...key] })
  })
  .meta({
    anyOf: [{ required: ['min'] }, { required: ['max'] }, { required: ['reference', 'lower'] }, { required: ['reference', 'upper'] }, { required: ['ownHistory'] }],
    not: {
      anyOf: [
        { required: ['reference'], anyOf: [{ required: ['min'] }, { required: ['max'] }] },
        { required: ['ownHistory'], anyOf: [{ required: ['min'] }, { required: ['max'] }, { required: ['reference'] }] },
      ],
    },
    dependentRequired: { lower: ['reference'], upper: ['reference'] },
  })
export type Threshold = z.infer<typeof thresholdSchema>

/** The bounds of a rule as numbers, both included. */
export interface Bounds {
  readonly min?: number
  readonly max?: number
}

/** What a server measured of a metric in the past, as far as a rule asks for it: how many values there are, and their median if there is any. */
export interface OwnPast {
  readonly values: number
  readonly median?: number
}

/**
 * What a rule asks for, whichever way it is written.
 *
 * @param past Of the server that is judged, for a rule about its own history: with too little of it there are no bounds.
 */
export function boundsOf({ min, max, reference, lower, upper, ownHistory }: Threshold, past: OwnPast = noPast): Bounds {
  if (ownHistory) return past.median === undefined || past.values < ownHistory.last ? {} : boundsAbout(past.median, ownHistory)
  if (reference !== undefined) return boundsAbout(reference, { ...(lower !== undefined && { lower }), ...(upper !== undefined && { upper }) })
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) }
}

/** Of a server that no past run knows. */
export const noPast: OwnPast = { values: 0 }

/** On which sides a rule bounds a value, wherever the bounds lie. */
export function sidesOf({ min, max, lower, upper, ownHistory }: Threshold): { readonly below: boolean; readonly above: boolean } {
  return { below: (min ?? lower ?? ownHistory?.lower) !== undefined, above: (max ?? upper ?? ownHistory?.upper) !== undefined }
}

type Share = number | string
interface Shares {
  readonly lower?: Share
  readonly upper?: Share
}

function boundsAbout(reference: number, { lower, upper }: Shares): Bounds {
  return { ...(lower !== undefined && { min: boundAt(reference, lower) }), ...(upper !== undefined && { max: boundAt(reference, upper) }) }
}

/** Also a negative reference has its lower bound below it, and its upper bound above. */
function boundAt(reference: number, share: Share): number {
  // A share of nothing is nothing; only of what was measured nobody knew that beforehand.
  if (reference === 0) return typeof share === 'number' ? share : 0
  const bound = reference + Math.abs(reference) * fractionOf(share)
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, Number(bound.toPrecision(significantDigits))))
}

function fractionOf(share: Share): number {
  return typeof share === 'number' ? share : Number(share.slice(0, -1)) / 100
}

type Problem = readonly [path: readonly string[], message: string]

function problemsOf({ min, max, reference, lower, upper, ownHistory }: z.core.output<typeof thresholdSchema>): Problem[] {
  const isPlain = min !== undefined || max !== undefined
  const hasShares = lower !== undefined || upper !== undefined
  if (ownHistory) {
    if (isPlain || reference !== undefined) return [[[], `has ownHistory besides ${isPlain ? 'min or max' : 'a reference'}: keep one of them`]]
    if (hasShares) return [[[], 'has lower or upper besides ownHistory: write them into it']]
    if (ownHistory.lower === undefined && ownHistory.upper === undefined) return [[['ownHistory'], 'needs lower or upper']]
    return (['lower', 'upper'] as const).flatMap((key) => shareProblems(key, usualReference, ownHistory[key]).map(([path, message]): Problem => [['ownHistory', ...path], message]))
  }
  if (reference === undefined) {
    if (hasShares) return [[[], 'lower and upper need a reference']]
    if (!isPlain) return [[[], 'needs a min or a max, or a reference with lower or upper, or ownHistory']]
    return (min ?? -Infinity) <= (max ?? Infinity) ? [] : [[[], 'min is above max']]
  }
  if (isPlain) return [[[], 'has a reference besides min or max: keep one of them']]
  if (!hasShares) return [[[], 'has a reference, and needs lower or upper']]
  return [...shareProblems('lower', reference, lower), ...shareProblems('upper', reference, upper)]
}

/** What is measured is above 0 as a rule: then a bound that lies behind 0 is none. */
const usualReference = 1

function shareProblems(key: 'lower' | 'upper', reference: number, share: Share | undefined): Problem[] {
  if (share === undefined) return []
  if (reference === 0 && typeof share === 'string') return [[[key], 'a share of 0 is 0: write the bound itself, as a number']]
  const fraction = fractionOf(share)
  if (key === 'lower' ? fraction > 0 : fraction < 0) return [[[key], key === 'lower' ? 'must not be above 0: it lies below the reference' : 'must not be below 0: it lies above the reference']]
  if (reference === 0) return []
  // As 5 it would be 500 %, and who writes it means 5 %.
  if (typeof share === 'number' && Math.abs(share) > 1) return [[[key], `is ${share * 100} % of the reference: write ${share > 0 ? '+' : ''}${share}%, if that is meant`]]
  // Behind 0 lies no value that a metric of this sign can have.
  const isBehindZero = Math.abs(fraction) > 1 && (key === 'lower') === (reference > 0)
  return isBehindZero ? [[[key], 'reaches behind 0']] : []
}

/** So many digits of a number are its own, and not of the binary fraction that stands for it. */
export const significantDigits = 15

/** Which rule it is, in words, where its metric and its bounds do not tell: ` (thresholds[2]: model=R64*)`, and otherwise nothing. */
export function ruleNote({ where = {}, reference, lower, upper, ownHistory }: Threshold, index: number): string {
  const about = ownHistory ? [`own last ${ownHistory.last}`, ...sharesInWords(ownHistory)] : reference === undefined ? [] : [`reference ${reference}`, ...sharesInWords({ ...(lower !== undefined && { lower }), ...(upper !== undefined && { upper }) })]
  const parts = [...Object.entries(where).map(([label, pattern]) => `${label}=${pattern}`), ...about]
  return parts.length === 0 ? '' : ` (thresholds[${index}]: ${parts.join(', ')})`
}

function sharesInWords({ lower, upper }: Shares): string[] {
  return [...(lower === undefined ? [] : [`lower ${lower}`]), ...(upper === undefined ? [] : [`upper ${upper}`])]
}
