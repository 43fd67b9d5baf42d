import type { ExplainedMetric, Explanation } from '../../model/explanation.ts'
import type { ChosenRule } from '../../model/matching.ts'
import type { Plan } from '../../model/plan.ts'
import type { Suspect } from '../../model/suspects.ts'
import { describeSuspect } from '../../model/suspects.ts'
import type { Threshold } from '../../model/threshold.ts'
import { noPast } from '../../model/threshold.ts'

type Told = Explanation & { readonly suspects: readonly Suspect[] }

/** What rules say of a server, for a person. */
export function explanationLines({ server, labels, metrics, isUnmatched, suspects }: Told, { thresholds, unmatched }: Pick<Plan, 'thresholds' | 'unmatched'>): string[] {
  const words = Object.entries(labels).map(([label, value]) => `${label}=${value}`).join(' ')
  return [
    `${server}: ${words === '' ? 'no labels' : words}`,
    ...metrics.flatMap((metric) => metricLines(metric, thresholds)),
    ...(metrics.length === 0 ? ['  there are no rules: every value passes'] : []),
    ...(isUnmatched ? [`  no rule is about this server: it ${unmatched === 'pass' ? 'passes, by unmatched: pass' : 'fails unmarked; add a rule for it, or say unmatched: pass'}`] : []),
    ...suspects.map((suspect) => `  suspect: ${describeSuspect(suspect)}`),
  ]
}

function metricLines({ metric, chosen, passedOver, outcome, value, finding }: ExplainedMetric, rules: readonly Threshold[]): string[] {
  const unit = chosen?.rule.unit === undefined ? '' : ` ${chosen.rule.unit}`
  const by = finding?.by === undefined ? '' : `, by ${finding.by}${unit}`
  return [
    chosen ? `  ${metric}: ${nameOf(chosen.index)} holds: ${boundsInWords(chosen, unit)}${chosen.rule.severity === 'warn' ? ', only warns' : ''}; ${aboutWhom(chosen.rule)}` : `  ${metric}: no rule holds`,
    ...(outcome === undefined ? [] : [value === undefined ? `    ${outcome}` : `    ${value}${unit} ${outcome}${by}`]),
    ...passedOver.map(({ index, because }) => `    not ${nameOf(index)} (${shown(rules[index])}): ${because}`),
  ]
}

function nameOf(index: number): string {
  return `thresholds[${index}]`
}

function aboutWhom({ where = {}, reference, ownHistory }: Threshold): string {
  const about = Object.entries(where).map(([label, pattern]) => `${label}=${pattern}`)
  const by = ownHistory ? `, by the server's own last ${ownHistory.last}` : reference === undefined ? '' : `, by the reference ${reference}`
  return `${about.length === 0 ? 'about every server' : `about ${about.join(' ')}`}${by}`
}

function shown(rule: Threshold | undefined): string {
  return rule ? aboutWhom(rule) : ''
}

function boundsInWords({ rule: { ownHistory }, bounds: { min, max }, past = noPast }: ChosenRule, unit: string): string {
  if (ownHistory && min === undefined && max === undefined) return `no bound, for the history has ${past.values} of the ${ownHistory.last} values that it needs`
  const bounds = [...(min === undefined ? [] : [`at least ${min}`]), ...(max === undefined ? [] : [`at most ${max}`])].join(' and ')
  return `${bounds}${unit}${ownHistory ? `, about the median ${past.median}` : ''}`
}
