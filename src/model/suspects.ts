import { z } from 'zod'
import { knownLabels } from './labels.ts'
import type { MetricKind } from './metric-kind.ts'
import { spreadSuffix } from './metric-kind.ts'
import type { Metrics } from './metrics.ts'
import { deviationsOf, outlierDeviations, robustSpread } from './robust-spread.ts'
import type { Plan } from './plan.ts'
import type { RunState } from './run-state.ts'
import { serverIdSchema } from './server.ts'
import type { ServerState } from './server-state.ts'
import { sidesOf } from './threshold.ts'
import { statusOf } from './verdict.ts'

/** A server that passed, and measured far worse than the others of its model: for a person to look at, never a reason for a mark. */
export const suspectSchema = z.object({
  server: serverIdSchema,
  metric: z.string(),
  value: z.number(),
  /** Of all in the group, the server itself included. */
  median: z.number(),
  /** How many robust deviations the value lies on the bad side of the median. */
  deviations: z.number(),
  /** The model; null where no server of the run has one, and all of them are one group. */
  group: z.string().nullable(),
  /** How many servers of the group have the metric. */
  servers: z.int(),
})
export type Suspect = z.infer<typeof suspectSchema>

/** The label by which servers are alike. */
const groupLabel = 'model'
/** Of fewer, nobody can tell what is usual. */
const smallestGroup = 8

/** What the servers of a group measured of one metric: the same place in both lists is the same server. */
interface Measured {
  readonly servers: ServerState[]
  readonly values: number[]
}
type ByMetric = Map<string, Measured>

/**
 * The suspects of a run, the gravest first; nothing as long as servers are waiting or under way, since what is usual is not known before.
 * Every server that was measured counts for what is usual, by its last round.
 */
export function suspectsOf(run: RunState): readonly Suspect[] | undefined {
  const { totals, finished, plan } = run
  if (!finished && totals.waiting + totals.underWay > 0) return undefined
  const suspects: Suspect[] = []
  for (const [group, metrics] of groupsOf(run)) {
    for (const [metric, measured] of metrics) {
      if (measured.values.length >= smallestGroup && !metric.endsWith(spreadSuffix)) suspects.push(...suspectsIn(measured, { metric, group }, betterOf(metric, plan)))
    }
  }
  return suspects.sort((a, b) => b.deviations - a.deviations)
}

/** As the metric's kind says; where that is not known, a metric that all rules bound only from above is better the lower it is. */
function betterOf(metric: string, { metrics = {}, thresholds }: Pick<Plan, 'metrics' | 'thresholds'>): MetricKind['better'] {
  const known = Object.hasOwn(metrics, metric) ? metrics[metric]?.better : undefined
  const sides = thresholds.filter((rule) => rule.metric === metric).map(sidesOf)
  return known ?? (sides.length > 0 && sides.every(({ below, above }) => above && !below) ? 'lower' : undefined)
}

/** Where any server has a model, those without one are in no group. */
function groupsOf(run: RunState): ReadonlyMap<string | null, ByMetric> {
  const groups = new Map<string | null, ByMetric>()
  for (const server of run.servers.values()) {
    const metrics = metricsOf(server)
    if (!metrics) continue
    const group = modelOf(server)
    let byMetric = groups.get(group)
    if (!byMetric) groups.set(group, (byMetric = new Map()))
    for (const metric in metrics) {
      const measured = byMetric.get(metric)
      const value = metrics[metric]!
      if (measured) {
        measured.servers.push(server)
        measured.values.push(value)
      } else byMetric.set(metric, { servers: [server], values: [value] })
    }
  }
  if (groups.size > 1) groups.delete(null)
  return groups
}

function metricsOf({ rounds }: ServerState): Metrics | undefined {
  const benchmark = rounds.at(-1)?.benchmark
  return benchmark?.status === 'passed' ? benchmark.metrics : undefined
}

function modelOf(server: ServerState): string | null {
  const labels = knownLabels(server)
  return Object.hasOwn(labels, groupLabel) ? (labels[groupLabel] ?? null) : null
}

function suspectsIn({ servers, values }: Measured, named: Pick<Suspect, 'metric' | 'group'>, better: MetricKind['better']): Suspect[] {
  const spread = robustSpread(values)
  const bad = better === 'lower' ? 1 : -1
  return servers.flatMap((server, place) => {
    const value = values[place]!
    const deviations = bad * deviationsOf(value, spread)
    // What did not pass is told already.
    if (deviations <= outlierDeviations || statusOf(server) !== 'passed') return []
    return [{ server: server.server.id, ...named, value, median: spread.median, deviations: Number(deviations.toPrecision(3)), servers: servers.length }]
  })
}

/** A suspect in words: `disk.iops 31000 is 8.2 deviations below the median 41000 of 12 servers of model R640`. */
export function describeSuspect({ metric, value, median, deviations, group, servers }: Omit<Suspect, 'server'>): string {
  const of = group === null ? `${servers} servers` : `${servers} servers of ${groupLabel} ${group}`
  return `${metric} ${value} is ${deviations} deviations ${value < median ? 'below' : 'above'} the median ${median} of ${of}`
}
