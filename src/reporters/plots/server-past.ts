import type { PastRun, PastServer } from '../../model/past-run.ts'
import type { ServerResult } from '../../model/results.ts'
import type { ReportResults } from '../servers.ts'

/** What a server was in one run. */
export interface Point {
  readonly startedAt: string
  readonly failed: boolean
  readonly metrics: Readonly<Record<string, number>>
}

/** So many runs are drawn, this one among them. */
const mostRuns = 30

/** Sorts the past by server, once. What is answered with finds the last runs of a server, this one the last; nothing without an earlier one. */
export function pastByServer(past: readonly PastRun[], { run }: ReportResults): (server: ServerResult) => readonly Point[] {
  const byId = new Map<string, { readonly startedAt: string; readonly server: PastServer }[]>()
  for (const { run: { id, startedAt }, servers } of past) {
    if (id === run.id) continue
    for (const server of servers) {
      const those = byId.get(server.id)
      if (those) those.push({ startedAt, server })
      else byId.set(server.id, [{ startedAt, server }])
    }
  }
  return (server) => {
    const earlier = byId.get(server.id)
    if (!earlier) return []
    const points = earlier.slice(1 - mostRuns).map((one) => pointOf(one.startedAt, one.server))
    return server.startedAt === null ? points : [...points, pointOf(run.startedAt, server)]
  }
}

function pointOf(startedAt: string, { status, metrics }: Pick<PastServer, 'status' | 'metrics'>): Point {
  return { startedAt, failed: status === 'failed', metrics }
}
