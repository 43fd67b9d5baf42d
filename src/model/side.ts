import type { MetricKind, MetricKinds } from './metric-kind.ts'
import type { PastRun } from './past-run.ts'
import type { Server, ServerId } from './server.ts'
import { median } from './statistics.ts'

/** What a server measured, all runs together. */
export interface Measured {
  /** As the last of the runs has them. */
  readonly labels: Readonly<Record<string, string>>
  /** Of several runs, the median. */
  readonly metrics: ReadonlyMap<string, number>
}

/** One side of a comparison: a run, or several that count as one. */
export interface Side {
  readonly runs: readonly Pick<PastRun['run'], 'id' | 'startedAt' | 'finishedAt'>[]
  /** Those that were measured, each once. */
  readonly servers: ReadonlyMap<ServerId, Measured>
  /** Of what several runs tell, the last counts. */
  readonly kinds: MetricKinds
}

interface Draft {
  /** Takes the next run. They come in the order in which they started. */
  readonly add: (run: Pick<PastRun, 'run' | 'metrics' | 'servers'>) => void
  readonly end: () => Side
}

/** Puts a side together, run by run, so that no run is held longer than it takes. Only finite values were measured. */
export function startSide(): Draft {
  const runs: Side['runs'][number][] = []
  const servers = new Map<ServerId, { labels: Measured['labels']; readonly metrics: Map<string, number[]> }>()
  const kinds = new Map<string, MetricKind>()
  return {
    add({ run: { id, startedAt, finishedAt }, metrics: known, servers: those }) {
      runs.push({ id, startedAt, finishedAt })
      for (const [metric, kind] of Object.entries(known)) kinds.set(metric, { ...kinds.get(metric), ...kind })
      for (const { id: server, labels, metrics } of those) {
        const measured = Object.entries(metrics).filter(([, value]) => Number.isFinite(value))
        if (measured.length === 0) continue
        const draft = servers.get(server) ?? { labels, metrics: new Map<string, number[]>() }
        draft.labels = labels
        servers.set(server, draft)
        for (const [metric, value] of measured) {
          // A sum with 0 is never -0, which lies now before 0 and now behind it.
          const values = draft.metrics.get(metric)
          if (values) values.push(value + 0)
          else draft.metrics.set(metric, [value + 0])
        }
      }
    },
    end: () => ({
      runs,
      servers: new Map([...servers].map(([id, { labels, metrics }]) => [id, { labels, metrics: new Map([...metrics].map(([metric, values]) => [metric, median(values)])) }])),
      kinds: Object.fromEntries(kinds),
    }),
  }
}

/** All servers of two sides, each once. Of labels that have changed, those of the side after count. */
export function serversOf(before: Side, after: Side): readonly Server[] {
  const ids = new Set([...before.servers.keys(), ...after.servers.keys()])
  return [...ids].map((id) => ({ id, labels: { ...before.servers.get(id)?.labels, ...after.servers.get(id)?.labels } }))
}
