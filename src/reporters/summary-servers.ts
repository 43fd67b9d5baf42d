import { blames } from '../model/fault.ts'
import type { RunState } from '../model/run-state.ts'
import type { ServerState } from '../model/server-state.ts'
import type { Broken, Fall } from '../model/verdict.ts'
import { brokenOf } from '../model/verdict.ts'
import { describeFinding } from '../model/violation.ts'
import { standingOf } from './report-standing.ts'
import { lastWarnings } from './report-steps.ts'

export interface FailedServer {
  readonly id: string
  readonly fall: Fall
  readonly broken: Broken
}

/** The servers of a run that a person has to know of, by what is to be known; each list in selection order. */
export interface SortedOut {
  readonly failed: readonly FailedServer[]
  /** IDs by the reason why they were skipped, or not finished. */
  readonly skipped: ReadonlyMap<string, readonly string[]>
  readonly withheld: readonly string[]
  readonly markFailed: readonly string[]
  /** Not wiped because the policy says so, or because a person is to look at them. */
  readonly kept: readonly string[]
  /** Not wiped although they should be: the run was cut short, or the provisioner was away or refused. */
  readonly unwiped: readonly string[]
  /** Those that could not be wiped by their own fault: it is tried again only if somebody says so. */
  readonly unwipable: readonly string[]
  /** How many have no verdict that stands: a resumed run starts them over. */
  readonly unjudged: number
  /** Those that passed only when they were measured anew. */
  readonly retested: readonly string[]
  /** What rules found that only warn, of servers that passed: the server, and its findings in words. */
  readonly warned: ReadonlyMap<string, readonly string[]>
}

export function sortOut(run: RunState): SortedOut {
  const failed: FailedServer[] = []
  const skipped = new Map<string, string[]>()
  const left = { kept: [] as string[], unwiped: [] as string[], unwipable: [] as string[] }
  const retested: string[] = []
  const warned = new Map<string, readonly string[]>()
  let unjudged = 0
  for (const server of run.servers.values()) {
    const { id } = server.server
    const standing = standingOf(run, server)
    if (standing.status === 'failed') failed.push({ id, fall: standing.fall, broken: brokenOf(server, run.plan) })
    if (standing.status === 'passed' && server.rounds.length > 1) retested.push(id)
    const warnings = standing.status === 'passed' ? lastWarnings(server) : []
    if (warnings.length > 0) warned.set(id, warnings.map((warning) => describeFinding(warning, run.plan.thresholds)))
    if (standing.status === 'skipped') add(skipped, standing.because, id)
    const fall = standing.status === 'passed' ? undefined : standing.fall
    if (standing.status !== 'passed' && isUnjudged(fall)) unjudged++
    if (server.left !== 'clean' && !isOthers(fall)) left[howLeft(server)].push(id)
  }
  const withheld = failed.filter(({ broken }) => broken.withheld !== undefined).map(({ id }) => id)
  const markFailed = failed.filter(({ broken }) => broken.error !== undefined).map(({ id }) => id)
  return { failed, skipped, withheld, markFailed, ...left, unjudged, retested, warned }
}

function add(groups: Map<string, string[]>, name: string, id: string): void {
  const group = groups.get(name)
  if (group) group.push(id)
  else groups.set(name, [id])
}

/** A server that is somebody else's, or does not exist: there is nothing for us to do about it. */
function isOthers(fall: Fall | undefined): boolean {
  return fall?.failure.type === 'ServerNotOursError' || fall?.failure.type === 'UnknownServerError'
}

function isUnjudged(fall: Fall | undefined): boolean {
  return !isOthers(fall) && (!fall || !blames[fall.failure.type].judged)
}

function howLeft({ destroy }: ServerState): 'kept' | 'unwiped' | 'unwipable' {
  if (destroy?.status === 'skipped' && destroy.failure === undefined) return 'kept'
  return destroy?.status === 'failed' && blames[destroy.failure.type].marked ? 'unwipable' : 'unwiped'
}
