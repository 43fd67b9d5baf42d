import { isGlob, matchesGlob } from './glob.ts'
import type { PastOf } from './own-past.ts'
import type { Bounds, OwnPast, Threshold } from './threshold.ts'
import { boundsOf } from './threshold.ts'

/** A rule that holds for a server; `index` is its place among all rules, from 0. */
export interface ChosenRule {
  readonly rule: Threshold
  readonly index: number
  readonly bounds: Bounds
  /** What the server measured before, where the rule asks for that and it is known of whom. */
  readonly past?: OwnPast
}

/** A rule about the same metric that does not hold, and why, in words that follow "since". */
export interface PassedOver {
  readonly index: number
  readonly because: string
}

/** The rule about a metric that holds for a server, if one does. */
export interface Holding {
  readonly metric: string
  readonly chosen?: ChosenRule
}

/** The same, and why no other rule does. */
export interface Match extends Holding {
  readonly passedOver: readonly PassedOver[]
}

/**
 * Finds for each metric that rules are about the one that holds for a server with these labels: of those whose `where` matches the
 * most specific, and among equals the first. More labels are more specific than fewer; of as many, more that are written out.
 *
 * @returns One answer for each metric, in the order in which the rules name them first.
 */
export function holdingRules(rules: readonly Threshold[], labels: Readonly<Record<string, string>>): readonly Holding[] {
  const best = new Map<string, number | undefined>()
  for (const [index, rule] of rules.entries()) {
    const other = best.get(rule.metric)
    const isBetter = other === undefined || specificity(rule) > specificity(rules[other]!)
    if (isBetter && mismatchOf(rule, labels) === undefined) best.set(rule.metric, index)
    else if (!best.has(rule.metric)) best.set(rule.metric, undefined)
  }
  return [...best].map(([metric, index]) => (index === undefined ? { metric } : { metric, chosen: { rule: rules[index]!, index, bounds: boundsOf(rules[index]!) } }))
}

/** The same for a certain server: a rule about its own history has no bounds before it is known what that is. */
export function withPast<Kind extends Holding>(holdings: readonly Kind[], pastOf: PastOf): readonly Kind[] {
  return holdings.map((holding) => {
    const { chosen } = holding
    if (!chosen?.rule.ownHistory) return holding
    const past = pastOf({ metric: holding.metric, last: chosen.rule.ownHistory.last })
    return { ...holding, chosen: { ...chosen, bounds: boundsOf(chosen.rule, past), past } }
  })
}

/** Whether there are rules, and none is about the server. */
export function isUnmatched(holdings: readonly Holding[]): boolean {
  return holdings.length > 0 && holdings.every(({ chosen }) => !chosen)
}

/** The same, and for all other rules why they do not hold. */
export function matchRules(rules: readonly Threshold[], labels: Readonly<Record<string, string>>): readonly Match[] {
  return holdingRules(rules, labels).map((holding) => {
    const { metric, chosen } = holding
    const others = [...rules.entries()].filter(([index, rule]) => rule.metric === metric && index !== chosen?.index)
    const passedOver = others.map(([index, rule]) => ({ index, because: mismatchInWords(mismatchOf(rule, labels)) ?? beatenBy(chosen!, rule) }))
    return { ...holding, passedOver }
  })
}

/** A label that a server does not have, or has otherwise. */
interface Mismatch {
  readonly label: string
  readonly pattern: string
  readonly value: string | undefined
}

/** What of the labels does not match first, or nothing. A label that a server does not have matches no pattern. */
function mismatchOf({ where = {} }: Threshold, labels: Readonly<Record<string, string>>): Mismatch | undefined {
  for (const [label, pattern] of Object.entries(where)) {
    const value = Object.hasOwn(labels, label) ? labels[label] : undefined
    if (value === undefined || !matchesGlob(pattern, value)) return { label, pattern, value }
  }
  return undefined
}

function mismatchInWords(mismatch: Mismatch | undefined): string | undefined {
  if (!mismatch) return undefined
  const { label, pattern, value } = mismatch
  return value === undefined ? `the server has no label ${label}` : `${label} is ${JSON.stringify(value)}, not ${JSON.stringify(pattern)}`
}

/** More labels than any rule may have. */
const perLabel = 1000

/** A number that is greater the more specific a rule is. */
function specificity({ where = {} }: Threshold): number {
  const patterns = Object.values(where)
  return patterns.length * perLabel + patterns.filter((pattern) => !isGlob(pattern)).length
}

function beatenBy(chosen: { readonly rule: Threshold; readonly index: number }, rule: Threshold): string {
  return specificity(chosen.rule) > specificity(rule) ? `thresholds[${chosen.index}] is more specific` : `thresholds[${chosen.index}] stands before it`
}
