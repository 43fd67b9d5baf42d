import type { RunStatus } from '../model/event.ts'
import { finalStatus } from '../model/outcome.ts'
import type { ServerResult } from '../model/results.ts'
import type { ServerId } from '../model/server.ts'
import type { Suspect } from '../model/suspects.ts'
import { suspectsOf } from '../model/suspects.ts'
import { standingOf } from '../reporters/report-standing.ts'
import { serverResult } from '../reporters/results-server.ts'
import type { SessionEnd } from './session.ts'

/** What became of the servers. Lists of IDs are in the order in which the servers were named. */
export interface BenchmarkResult {
  readonly passed: readonly ServerId[]
  readonly failed: readonly ServerId[]
  /** Not ours, or the run was stopped, or braked, before they were through. */
  readonly skipped: readonly ServerId[]
  /** All that is known of each server, as in results.json. */
  readonly servers: readonly ServerResult[]
  /** Those that passed, and measured far worse than the others of their model; the gravest first. */
  readonly suspects: readonly Suspect[]
  /** `stopped` by the signal or the deadline, `braked` when no more servers were started, `finished` otherwise. */
  readonly status: Exclude<RunStatus, 'running'>
  /** What `rackbench run` would end with: 0 all passed, 1 some failed, 3 not complete or not to be trusted. */
  readonly exitCode: number
  /** What keeps the run from being complete and trusted, in words. */
  readonly problems: readonly string[]
  /** The name of the run, which its idempotency keys begin with. */
  readonly run: string
  /** Servers that a run which was given up by `replace` may still hold. */
  readonly held: readonly ServerId[]
}

export function resultOf({ state, exitCode, problems }: SessionEnd, held: readonly ServerId[]): BenchmarkResult {
  const servers = [...state.servers.values()].map((server) => serverResult(server, standingOf(state, server), state.plan))
  const idsOf = (status: ServerResult['status']): ServerId[] => servers.filter((server) => server.status === status).map(({ id }) => id)
  return { passed: idsOf('passed'), failed: idsOf('failed'), skipped: idsOf('skipped'), servers, suspects: suspectsOf(state) ?? [], status: finalStatus(state), exitCode, problems, run: state.run, held }
}
