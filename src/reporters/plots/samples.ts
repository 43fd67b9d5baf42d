import { holdingRules } from '../../model/matching.ts'
import type { MetricKind } from '../../model/metric-kind.ts'
import { spreadSuffix } from '../../model/metric-kind.ts'
import type { ServerResult } from '../../model/results.ts'
import type { Bounds, Threshold } from '../../model/threshold.ts'
import { metricKindOf } from '../metric-kind.ts'
import type { ReportInput } from '../report-input.ts'
import type { Servers } from '../servers.ts'
import { namesIn } from '../servers.ts'

/** The bounds of a rule, and whether it only warns. */
export interface DrawnBounds extends Bounds {
  readonly warns: boolean
}

/** What one server measured of one metric. */
export interface Sample {
  readonly id: string
  readonly value: number
  /** Whether the server failed by this metric, by anything else, or not at all. */
  readonly verdict: 'fine' | 'failed by it' | 'failed otherwise'
}

/** Servers of one model, and the bounds that hold for any of them. */
export interface SampleGroup {
  readonly name: string
  readonly samples: readonly Sample[]
  readonly bounds: readonly DrawnBounds[]
}

export interface MetricSamples {
  readonly metric: string
  readonly kind: MetricKind
  /** The largest first. */
  readonly groups: readonly SampleGroup[]
  /** Failed servers that have no value of this metric. */
  readonly unmeasured: readonly string[]
}

/** More models than these are drawn as one group. */
const mostGroups = 8
/** More bounds than these nobody could tell apart. */
const mostBounds = 4

/** The last values of all servers, metric by metric: first those that rules are about, last those that only tell how far runs lay apart. */
export function* samplesOf(input: ReportInput): Iterable<MetricSamples> {
  const { results: { servers }, thresholds } = input
  const models = modelsOf(servers)
  const boundsFor = boundsByLabels(thresholds)
  for (const metric of metricsInOrder(servers, thresholds)) {
    const groups = new Map<string, { readonly name: string; readonly samples: Sample[]; readonly bounds: Map<string, DrawnBounds> }>()
    const unmeasured: string[] = []
    for (const server of servers) {
      const value = Object.hasOwn(server.metrics, metric) ? server.metrics[metric] : undefined
      if (value === undefined || !Number.isFinite(value)) {
        if (server.status === 'failed') unmeasured.push(server.id)
        continue
      }
      const name = models(server)
      let group = groups.get(name)
      if (!group) groups.set(name, (group = { name, samples: [], bounds: new Map() }))
      group.samples.push({ id: server.id, value, verdict: verdictOn(metric, server) })
      const bounds = boundsFor(server).get(metric)
      if (bounds && group.bounds.size < mostBounds) group.bounds.set(`${bounds.min} ${bounds.max} ${bounds.warns}`, bounds)
    }
    const sorted = [...groups.values()].toSorted((a, b) => b.samples.length - a.samples.length)
    yield { metric, kind: metricKindOf(metric, input), groups: sorted.map((group) => ({ ...group, bounds: [...group.bounds.values()] })), unmeasured }
  }
}

export function boundsByMetric(thresholds: readonly Threshold[], labels: Readonly<Record<string, string>>): ReadonlyMap<string, DrawnBounds> {
  const chosen = holdingRules(thresholds, labels).flatMap((holding) => (holding.chosen ? [[holding.metric, holding.chosen] as const] : []))
  return new Map(chosen.map(([metric, { bounds, rule }]) => [metric, { ...bounds, warns: rule.severity === 'warn' }]))
}

/** The same of servers, found once for all whose labels are the same as far as rules ask for them: most of a fleet are alike. */
function boundsByLabels(thresholds: readonly Threshold[]): (server: ServerResult) => ReadonlyMap<string, DrawnBounds> {
  const asked = [...new Set(thresholds.flatMap(({ where = {} }) => Object.keys(where)))]
  const known = new Map<string, ReadonlyMap<string, DrawnBounds>>()
  return ({ labels = {} }) => {
    const key = JSON.stringify(asked.map((name) => (Object.hasOwn(labels, name) ? labels[name] : null)))
    let bounds = known.get(key)
    if (!bounds) known.set(key, (bounds = boundsByMetric(thresholds, labels)))
    return bounds
  }
}

function verdictOn(metric: string, { status, violations }: ServerResult): Sample['verdict'] {
  if (status !== 'failed') return 'fine'
  return violations.some((violation) => violation.metric === metric) ? 'failed by it' : 'failed otherwise'
}

function metricsInOrder(servers: Servers, thresholds: readonly Threshold[]): string[] {
  const seen = namesIn(servers, ({ metrics }) => metrics)
  const ruled = new Set(thresholds.map(({ metric }) => metric).filter((metric) => seen.has(metric)))
  const others = [...seen].filter((metric) => !ruled.has(metric))
  const isSpread = (metric: string): boolean => metric.endsWith(spreadSuffix)
  return [...ruled, ...others.filter((metric) => !isSpread(metric)), ...others.filter(isSpread)]
}

/** The name of the group that a server is in. */
function modelsOf(servers: Servers): (server: ServerResult) => string {
  const counts = new Map<string, number>()
  for (const server of servers) counts.set(modelOf(server), (counts.get(modelOf(server)) ?? 0) + 1)
  if (counts.size === 1 && counts.has('')) return () => 'all servers'
  const named = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, counts.size > mostGroups ? mostGroups - 1 : mostGroups)
  const names = new Set(named.map(([model]) => model))
  return (server) => {
    const model = modelOf(server)
    if (!names.has(model)) return `${counts.size - names.size} other models`
    return model === '' ? 'no model' : model
  }
}

function modelOf({ labels }: ServerResult): string {
  return (labels && Object.hasOwn(labels, 'model') && labels['model']) || ''
}
