import type { RunState } from '../model/run-state.ts'
import type { ServerId } from '../model/server.ts'
import type { Suspect } from '../model/suspects.ts'
import { suspectsOf } from '../model/suspects.ts'
import type { CaseKind } from './junit-case.ts'
import { kindOf } from './junit-case.ts'
import type { Standing } from './report-standing.ts'
import { standingOf } from './report-standing.ts'

/** What the reports say of all servers together. */
export interface Counts {
  /** In selection order. */
  readonly ids: Readonly<Record<Standing['status'], readonly ServerId[]>>
  readonly kinds: Readonly<Record<CaseKind, number>>
  /** The latest moment, in milliseconds since 1970, up to which a server is known to have been worked on. */
  readonly endMs: number
  /** Not known before all servers are through. */
  readonly suspects?: readonly Suspect[]
}

/** Counts all servers of this moment. */
export function countServers(run: RunState): Counts {
  const ids: Record<Standing['status'], ServerId[]> = { passed: [], failed: [], skipped: [] }
  const kinds: Record<CaseKind, number> = { passed: 0, failure: 0, error: 0, skipped: 0 }
  let endMs = Date.parse(run.startedAt)
  for (const [id, server] of run.servers) {
    const standing = standingOf(run, server)
    ids[standing.status].push(id)
    kinds[kindOf(standing)] += 1
    if (server.startedAt !== undefined) endMs = Math.max(endMs, Date.parse(server.startedAt) + server.durationMs)
  }
  const suspects = suspectsOf(run)
  return { ids, kinds, endMs, ...(suspects && { suspects }) }
}
