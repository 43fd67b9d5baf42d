import type { Group, PastMeasurement } from './baseline-groups.ts'
import { groupsOf } from './baseline-groups.ts'
import { isGlob } from './glob.ts'
import type { MetricKind, MetricKinds } from './metric-kind.ts'
import { spreadSuffix } from './metric-kind.ts'
import { scoreMetric } from './metrics.ts'
import { deviationsOf, outlierDeviations, robustSpread } from './robust-spread.ts'
import { median } from './statistics.ts'
import type { Threshold } from './threshold.ts'
import { thresholdSchema } from './threshold.ts'

interface BaselineOptions {
  /** The labels by which servers are alike. None of them: by model where any server has one, else all servers are one group. */
  readonly by: readonly string[]
  /** How far from the median passes, in percent of it. */
  readonly marginPercent: number
  readonly kinds: MetricKinds
}

/** A rule made from what servers measured, and from how many. */
export interface BaselineRule {
  readonly rule: Threshold
  /** In words: `model R640`, or `all servers`. */
  readonly group: string
  readonly servers: number
  readonly median: number
  readonly mad: number
  /** How many outliers were left out. */
  readonly trimmed: number
  /** How far from the median the others lie on the side that the rule bounds, in percent of it; infinite beside a median of 0. */
  readonly spreadPercent: number
  readonly isDirectionKnown: boolean
}

export interface Baseline {
  readonly rules: readonly BaselineRule[]
  /** What no rule could be made from, one line each. */
  readonly leftOut: readonly string[]
}

/** Of fewer servers, nobody can tell what is usual. */
const leastServers = 5

/**
 * Makes rules of what servers measured: for each group and metric the median of those that are no outliers, and a margin on the bad side
 * of it.
 */
export function baselineOf(measurements: Iterable<PastMeasurement>, { by, marginPercent, kinds }: BaselineOptions): Baseline {
  const { groups, strangers, labels } = groupsOf(measurements, by)
  const rules: BaselineRule[] = []
  const leftOut = strangers === 0 ? [] : [`${counted(strangers)} without ${labels.map((label) => `the label ${label}`).join(' or ')}`]
  for (const group of groups) {
    const few: string[] = []
    for (const [metric, values] of group.metrics) {
      if (metric.endsWith(spreadSuffix)) continue
      if (values.length < leastServers) few.push(`${metric} (${values.length})`)
      else rules.push(ruleOf(values, { metric, marginPercent, group, kind: kindOf(metric, kinds) }))
    }
    if (few.length > 0) leftOut.push(`${group.name}: fewer than ${leastServers} servers: ${someOf(few)}`)
  }
  const [usable, refused] = [rules.filter(({ rule }) => isRule(rule)), rules.filter(({ rule }) => !isRule(rule))]
  return { rules: usable, leftOut: [...leftOut, ...refused.map(({ rule, group }) => `${group}: ${rule.metric}: no rule can say this`)] }
}

/** A label with a `*` or `?` in it would be read as a pattern, and the rule would be about other servers, too. */
function isRule(rule: Threshold): boolean {
  return !Object.values(rule.where ?? {}).some(isGlob) && thresholdSchema.safeParse(rule).success
}

/** One number is a score, and a score is a good thing: `score >= 50` is the rule where nobody gives one. */
function kindOf(metric: string, kinds: MetricKinds): MetricKind {
  const known = Object.hasOwn(kinds, metric) ? kinds[metric] : undefined
  return known ?? (metric === scoreMetric ? { better: 'higher' } : {})
}

interface About {
  readonly metric: string
  readonly group: Group
  readonly marginPercent: number
  readonly kind: MetricKind
}

function ruleOf(values: readonly number[], { metric, group, marginPercent, kind }: About): BaselineRule {
  const spread = robustSpread(values)
  const kept = values.filter((value) => Math.abs(deviationsOf(value, spread)) <= outlierDeviations)
  const middle = median(kept)
  const least = kept.reduce((lowest, value) => Math.min(lowest, value), Infinity)
  const most = kept.reduce((highest, value) => Math.max(highest, value), -Infinity)
  const below = kind.better === 'lower' ? 0 : middle - least
  const above = kind.better === 'higher' ? 0 : most - middle
  return {
    rule: {
      metric,
      ...(Object.keys(group.where).length > 0 && { where: { ...group.where } }),
      ...boundsAbout(middle, { least, most, marginPercent, better: kind.better }),
      ...(kind.unit !== undefined && { unit: kind.unit }),
    },
    group: group.name,
    servers: values.length,
    median: middle,
    mad: spread.mad,
    trimmed: values.length - kept.length,
    spreadPercent: below === 0 && above === 0 ? 0 : (Math.max(below, above) / Math.abs(middle)) * 100,
    isDirectionKnown: kind.better !== undefined,
  }
}

interface Aside {
  readonly least: number
  readonly most: number
  readonly marginPercent: number
  readonly better: MetricKind['better']
}

/** Bounds the bad side; where nobody knows which it is, both. No share of 0 is a bound: beside it what was measured passes. */
function boundsAbout(middle: number, { least, most, marginPercent, better }: Aside): Pick<Threshold, 'min' | 'max' | 'reference' | 'lower' | 'upper'> {
  if (better === 'higher' && middle !== 0) return { reference: rounded(middle, 'down'), lower: `-${marginPercent}%` }
  if (better === 'lower' && middle !== 0) return { reference: rounded(middle, 'up'), upper: `+${marginPercent}%` }
  const margin = Math.abs(middle) * (marginPercent / 100)
  const min = rounded(middle === 0 ? least : middle - margin, 'down')
  const max = rounded(middle === 0 ? most : middle + margin, 'up')
  return { ...(better !== 'lower' && { min }), ...(better !== 'higher' && { max }) }
}

/** So many digits tell machines apart. */
const digits = 4

/** A number that reads well, and is never on the strict side. */
function rounded(value: number, towards: 'down' | 'up'): number {
  const nearest = Number(value.toPrecision(digits))
  const isLenient = towards === 'down' ? nearest <= value : nearest >= value
  if (isLenient && Number.isFinite(nearest)) return nearest
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) + 1 - digits)
  const next = Number((nearest + (towards === 'down' ? -unit : unit)).toPrecision(digits))
  return Number.isFinite(next) ? next : value
}

function counted(servers: number): string {
  return `${servers} server${servers === 1 ? '' : 's'}`
}

const mostNamed = 10

function someOf(names: readonly string[]): string {
  const more = names.length - mostNamed
  return more > 0 ? `${names.slice(0, mostNamed).join(', ')} and ${more} more` : names.join(', ')
}
