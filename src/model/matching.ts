import { isGlob, matchesGlob } from './glob.ts'
import type { Bounds, Threshold } from './threshold.ts'
import { boundsOf } from './threshold.ts'

/** A rule that holds for a server; `index` is its place among all rules, from 0. */
export interface ChosenRule {
  readonly rule: Threshold
  readonly index: number
  readonly bounds: Bounds
}

/** A rule about the same metric that does not hold, and why, in words that follow "since". */
export interface PassedOver {
  readonly index: number
  readonly because: string
}

/** Which of the rules about one metric holds for a server. */
export interface Match {
  readonly metric: string
  readonly chosen?: ChosenRule
  readonly passedOver: readonly PassedOver[]
}

/**
 * Finds for each metric that rules are about the one that holds for a server with these labels: of those whose `where` matches the
 * most specific, and among equals the first. More labels are more specific than fewer; of as many, more that are written out.
 *
 * @returns One answer for each metric, in the order in which the rules name them first.
 */
export function matchRules(rules: readonly Threshold[], labels: Readonly<Record<string, string>>): readonly Match[] {
  const judged = rules.map((rule, index) => ({ rule, index, mismatch: mismatchOf(rule, labels) }))
  return [...new Set(rules.map(({ metric }) => metric))].map((metric) => {
    const about = judged.filter(({ rule }) => rule.metric === metric)
    const [first, ...less] = about.filter(({ mismatch }) => mismatch === undefined).toSorted((a, b) => specificity(b.rule) - specificity(a.rule) || a.index - b.index)
    const beaten = less.map(({ rule, index }) => ({ index, because: beatenBy(first!, rule) }))
    const mismatched = about.flatMap(({ index, mismatch }) => (mismatch === undefined ? [] : [{ index, because: mismatch }]))
    return {
      metric,
      ...(first && { chosen: { rule: first.rule, index: first.index, bounds: boundsOf(first.rule) } }),
      passedOver: [...beaten, ...mismatched].sort((a, b) => a.index - b.index),
    }
  })
}

/** What of the labels does not match, or nothing. A label that a server does not have matches no pattern. */
function mismatchOf({ where = {} }: Threshold, labels: Readonly<Record<string, string>>): string | undefined {
  for (const [label, pattern] of Object.entries(where)) {
    const value = Object.hasOwn(labels, label) ? labels[label] : undefined
    if (value === undefined) return `the server has no label ${label}`
    if (!matchesGlob(pattern, value)) return `${label} is ${JSON.stringify(value)}, not ${JSON.stringify(pattern)}`
  }
  return undefined
}

/** More labels than any rule may have. */
const perLabel = 1000

/** A number that is greater the more specific a rule is. */
export function specificity({ where = {} }: Threshold): number {
  const patterns = Object.values(where)
  return patterns.length * perLabel + patterns.filter((pattern) => !isGlob(pattern)).length
}

function beatenBy(chosen: { readonly rule: Threshold; readonly index: number }, rule: Threshold): string {
  return specificity(chosen.rule) > specificity(rule) ? `thresholds[${chosen.index}] is more specific` : `thresholds[${chosen.index}] stands before it`
}
