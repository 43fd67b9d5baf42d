import type { Change } from './change.ts'
import { changeOf } from './change.ts'
import { matchesGlob } from './glob.ts'
import type { MetricKind } from './metric-kind.ts'
import { spreadSuffix } from './metric-kind.ts'
import { scoreMetric } from './metrics.ts'
import type { Moved, Pair } from './moved.ts'
import { movedMost } from './moved.ts'
import type { RankTest } from './rank-test.ts'
import { rankTest } from './rank-test.ts'
import type { Server, ServerId } from './server.ts'
import type { Side } from './side.ts'
import { median } from './statistics.ts'

/** What the servers of a group measured of a metric, on two sides. */
export interface MetricComparison {
  readonly metric: string
  readonly unit: string | null
  /** Which direction is the good one; null where nobody knows. */
  readonly better: 'higher' | 'lower' | null
  /** The labels of the group, null for one that its servers lack; empty if all servers are one group. */
  readonly group: Readonly<Record<string, string | null>>
  readonly before: Middle
  readonly after: Middle
  /** How many servers were measured on both sides, how many only before, and how many only after. */
  readonly both: number
  readonly gone: number
  readonly new: number
  /** Of the medians. */
  readonly change: Change
  readonly test: RankTest
  /** Of the servers that were measured on both sides: those whose values rose most, and those whose values fell most. */
  readonly moved: { readonly up: readonly Moved[]; readonly down: readonly Moved[] }
}

interface Middle {
  readonly servers: number
  readonly median: number
}

/** What was measured on one side only. */
export interface OneSided extends Pick<MetricComparison, 'metric' | 'group'> {
  readonly side: 'before' | 'after'
  readonly servers: number
}

export interface Comparison {
  readonly metrics: readonly MetricComparison[]
  readonly oneSided: readonly OneSided[]
}

interface Asked {
  /** Those that count, with their labels. */
  readonly servers: readonly Server[]
  /** Labels by which servers are alike. None of them: by model where any server has one, else all servers are one group. */
  readonly by: readonly string[]
  /** The metrics that are asked for, `*` and `?` standing for any characters; without any, all but those that tell how far the runs of one server lay apart. */
  readonly metrics: readonly string[]
  /** Directions that are told, and win over what the runs say. */
  readonly better: Readonly<Record<string, NonNullable<MetricKind['better']>>>
}

/** What was measured of one metric in one group. */
interface Cell {
  readonly metric: string
  readonly group: MetricComparison['group']
  readonly before: number[]
  readonly after: number[]
  readonly pairs: Pair[]
}

const usualLabel = 'model'

/** Holds one side against another, by metric and group. The order of servers does not matter. */
export function compareSides(before: Side, after: Side, { servers, by, metrics, better }: Asked): Comparison {
  const labels = by.length > 0 ? by : servers.some((server) => labelOf(server, usualLabel) !== null) ? [usualLabel] : []
  const isAsked = metrics.length > 0 ? (metric: string): boolean => metrics.some((pattern) => matchesGlob(pattern, metric)) : (metric: string): boolean => !metric.endsWith(spreadSuffix)
  const cells = new Map<string, Cell>()
  for (const server of servers) {
    const group = Object.fromEntries(labels.map((label) => [label, labelOf(server, label)]))
    const [then, now] = [before.servers.get(server.id)?.metrics, after.servers.get(server.id)?.metrics]
    for (const metric of new Set([...(then?.keys() ?? []), ...(now?.keys() ?? [])])) {
      if (isAsked(metric)) addTo(cellOf(cells, metric, group), server.id, then?.get(metric), now?.get(metric))
    }
  }
  const ordered = [...cells].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell)
  const kindOf = (metric: string): MetricKind => kindIn([before, after], metric, Object.hasOwn(better, metric) ? better[metric] : undefined)
  return {
    metrics: ordered.filter(isTwoSided).map((cell) => compared(cell, kindOf(cell.metric))),
    oneSided: ordered.filter((cell) => !isTwoSided(cell)).map(({ metric, group, before: then, after: now }) => ({ metric, group, side: then.length > 0 ? 'before' : 'after', servers: then.length + now.length })),
  }
}

/** An empty label says nothing. */
function labelOf({ labels }: Pick<Server, 'labels'>, name: string): string | null {
  return Object.hasOwn(labels, name) ? labels[name] || null : null
}

function cellOf(cells: Map<string, Cell>, metric: string, group: Cell['group']): Cell {
  const key = JSON.stringify([metric, ...Object.values(group)])
  let cell = cells.get(key)
  if (!cell) cells.set(key, (cell = { metric, group, before: [], after: [], pairs: [] }))
  return cell
}

function addTo(cell: Cell, server: ServerId, before: number | undefined, after: number | undefined): void {
  if (before !== undefined) cell.before.push(before)
  if (after !== undefined) cell.after.push(after)
  if (before !== undefined && after !== undefined) cell.pairs.push({ server, before, after })
}

function isTwoSided({ before, after }: Cell): boolean {
  return before.length > 0 && after.length > 0
}

/** What the later side says of a metric wins. One number is a score, and a score is a good thing. */
function kindIn(sides: readonly Side[], metric: string, told: MetricKind['better']): MetricKind {
  const known: MetricKind = Object.assign({}, metric === scoreMetric ? { better: 'higher' } : {}, ...sides.map(({ kinds }) => (Object.hasOwn(kinds, metric) ? kinds[metric] : {})))
  return told === undefined ? known : { ...known, better: told }
}

function compared({ metric, group, before, after, pairs }: Cell, { unit, better }: MetricKind): MetricComparison {
  const [then, now] = [middleOf(before), middleOf(after)]
  return {
    metric,
    unit: unit ?? null,
    better: better ?? null,
    group,
    before: then,
    after: now,
    both: pairs.length,
    gone: before.length - pairs.length,
    new: after.length - pairs.length,
    change: changeOf(then.median, now.median, better),
    test: rankTest(before, after),
    moved: movedMost(pairs, { middle: then.median, better }),
  }
}

function middleOf(values: readonly number[]): Middle {
  return { servers: values.length, median: median(values) }
}
