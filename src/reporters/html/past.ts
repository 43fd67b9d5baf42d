import { legible } from '../../model/legible.ts'
import type { PastRun, PastServer } from '../../model/past-run.ts'
import type { ServerResult } from '../../model/results.ts'
import type { Content, Html } from './escape.ts'
import { section } from './index-sections.ts'
import type { Site } from './site.ts'
import { table } from './table.ts'
import { breakable, marked, moment } from './words.ts'

const mostRuns = 20
const mostMetrics = 8

/** A server as an earlier run left it. */
export interface Past {
  readonly run: PastRun['run']
  readonly server: PastServer
}

/** What earlier runs tell of each server, the newest first and no more than are shown. */
export function pastByServer(past: readonly PastRun[]): ReadonlyMap<string, readonly Past[]> {
  const byServer = new Map<string, Past[]>()
  for (const { run, servers } of past.toReversed()) {
    for (const server of servers) {
      const runs = byServer.get(server.id)
      if (!runs) byServer.set(server.id, [{ run, server }])
      else if (runs.length < mostRuns) runs.push({ run, server })
    }
  }
  return byServer
}

/** How the server did in earlier runs: as plots, and in numbers. */
export function pastSection({ id, metrics }: ServerResult, past: readonly Past[], site: Site, figures: readonly Html[]): Content {
  if (past.length === 0) return figures.length > 0 && section('past', 'Earlier runs', figures)
  const shown = [...new Set([...Object.keys(metrics), ...past.flatMap(({ server }) => Object.keys(server.metrics))])]
    .toSorted((one, other) => rank(site, one) - rank(site, other))
    .slice(0, mostMetrics)
  const columns = [{ name: 'run' }, { name: 'verdict' }, ...shown.map((metric) => ({ name: breakable(metric), is: 'number' as const }))]
  const rows = past.map(({ run, server }) => [moment(run.startedAt), marked(server.status, server.status), ...shown.map((metric) => (Object.hasOwn(server.metrics, metric) ? legible(server.metrics[metric]!) : ''))])
  return section('past', 'Earlier runs', [figures, table({ caption: `${id} in earlier runs, the newest first`, columns, rows })])
}

function rank({ metrics }: Site, metric: string): number {
  const index = metrics.indexOf(metric)
  return index < 0 ? metrics.length : index
}
