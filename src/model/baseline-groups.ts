import type { Metrics } from './metrics.ts'
import { median } from './statistics.ts'

/** What a server measured in a past run, whatever became of it. */
export interface PastMeasurement {
  readonly id: string
  readonly labels: Readonly<Record<string, string>>
  readonly metrics: Metrics
}

interface PastServer {
  readonly labels: PastMeasurement['labels']
  readonly metrics: ReadonlyMap<string, readonly number[]>
}

/** Of labels that have changed, the last ones count. */
function byServer(measurements: Iterable<PastMeasurement>): ReadonlyMap<string, PastServer> {
  const servers = new Map<string, { labels: PastMeasurement['labels']; readonly metrics: Map<string, number[]> }>()
  for (const { id, labels, metrics } of measurements) {
    const server = servers.get(id) ?? { labels, metrics: new Map<string, number[]>() }
    server.labels = labels
    servers.set(id, server)
    for (const [metric, value] of Object.entries(metrics)) {
      const values = server.metrics.get(metric)
      if (values) values.push(value)
      else server.metrics.set(metric, [value])
    }
  }
  return servers
}

/** Servers that are alike, and what they measured: for each metric one value a server. */
export interface Group {
  /** In words: `model R640`, or `all servers`. */
  readonly name: string
  readonly where: Readonly<Record<string, string>>
  readonly metrics: Map<string, number[]>
}

export interface Grouped {
  readonly groups: readonly Group[]
  readonly labels: readonly string[]
  /** How many servers lack one of the labels. */
  readonly strangers: number
}

const usualLabel = 'model'

/**
 * Puts servers together that are alike by their labels. A server that was measured several times counts once, by the median of its values.
 *
 * @param by Without any labels: by model where any server has one, else all servers are one group.
 */
export function groupsOf(measurements: Iterable<PastMeasurement>, by: readonly string[]): Grouped {
  const servers = byServer(measurements)
  const isLabelled = [...servers.values()].some((server) => valuesOf(server, [usualLabel]) !== undefined)
  const labels = by.length > 0 ? by : isLabelled ? [usualLabel] : []
  const groups = new Map<string, Group>()
  let strangers = 0
  for (const server of servers.values()) {
    const values = valuesOf(server, labels)
    if (!values) {
      strangers++
      continue
    }
    const key = JSON.stringify(values)
    let group = groups.get(key)
    if (!group) groups.set(key, (group = newGroup(labels, values)))
    for (const [metric, measured] of server.metrics) {
      const all = group.metrics.get(metric)
      if (all) all.push(median(measured))
      else group.metrics.set(metric, [median(measured)])
    }
  }
  return { groups: [...groups.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)), labels, strangers }
}

/** An empty label says nothing, and no rule can ask for it. */
function valuesOf({ labels }: PastServer, names: readonly string[]): readonly string[] | undefined {
  const values = names.flatMap((name) => (Object.hasOwn(labels, name) && labels[name] ? [labels[name]] : []))
  return values.length === names.length ? values : undefined
}

function newGroup(labels: readonly string[], values: readonly string[]): Group {
  const where = Object.fromEntries(labels.map((label, index) => [label, values[index]!]))
  const name = labels.length === 0 ? 'all servers' : labels.map((label, index) => `${label} ${values[index]}`).join(', ')
  return { name, where, metrics: new Map() }
}
