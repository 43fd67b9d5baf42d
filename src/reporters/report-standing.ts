import { unfinishedReason } from '../model/outcome.ts'
import type { RunState } from '../model/run-state.ts'
import type { ServerState } from '../model/server-state.ts'
import type { Fall } from '../model/verdict.ts'
import { fallOf, statusOf } from '../model/verdict.ts'

/** What the reports say of a server. One that has not finished is skipped. */
export type Standing =
  | { readonly status: 'passed' }
  | { readonly status: 'failed'; readonly fall: Fall }
  | { readonly status: 'skipped'; readonly because: string; readonly fall?: Fall }

export function standingOf(run: RunState, server: ServerState): Standing {
  const status = statusOf(server)
  const fall = status === 'unfinished' ? undefined : fallOf(server)
  if (status === 'passed') return { status }
  if (!fall) return { status: 'skipped', because: unfinishedReason(run, server) }
  return status === 'failed' ? { status, fall } : { status: 'skipped', because: `${fall.step}: ${fall.failure.message}`, fall }
}
