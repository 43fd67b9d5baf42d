import { blames } from './fault.ts'
import type { ServerState } from './server-state.ts'
import type { Step } from './step.ts'
import { steps } from './step.ts'
import { isJudged, isRetestDue, ownFaultOf, verdictOf } from './verdict.ts'

/** The steps whose results still hold when a process takes a server up: it runs all others. The table of the design, section 4. */
export function kept(server: ServerState): readonly Step[] {
  const { install, rounds, destroy, running } = server
  if (stands(server)) {
    const measured = rounds.length > 0 ? (['benchmark', 'check'] as const) : []
    return ['install', ...measured, ...(isDestroySettled(server) ? (['destroy'] as const) : []), ...(isMarkSettled(server) ? (['mark'] as const) : [])]
  }
  const isOpen = verdictOf(server) === undefined && destroy === undefined && running?.step !== 'destroy'
  if (!isOpen || install?.status !== 'passed') return []
  // A round that is to be followed by another stays as it is: only the next one is carried out.
  if (isRetestDue(server)) return ['install', 'benchmark', 'check']
  return rounds.at(-1)?.benchmark?.status === 'passed' ? ['install', 'benchmark'] : ['install']
}

/** How a server is taken up only to settle it: no step but wiping and marking is carried out any more. */
export interface Settling {
  /** Wipe also what the policy kept, and what could not be wiped before. */
  readonly wipeAll: boolean
  /** Make also marks that were withheld. */
  readonly makeWithheld: boolean
}

/** The steps that still hold for a server that is only settled: its verdict stands, or is given up. */
export function keptToSettle(server: ServerState, { wipeAll, makeWithheld }: Settling): readonly Step[] {
  const round = server.rounds.at(-1)
  const { install, destroy, mark } = server
  // What was left for want of a mark is decided on again once the mark is made.
  const isOpenAgain = wipeAll || (makeWithheld && destroy?.status === 'skipped')
  const isWiped = destroy?.status === 'passed' || (isDestroySettled(server) && !isOpenAgain)
  const isMarked = mark?.status === 'passed' || (isMarkSettled(server) && !makeWithheld)
  const holds = { install, benchmark: round?.benchmark, check: round?.check, destroy: isWiped && destroy, mark: isMarked && mark }
  return steps.filter((step) => holds[step])
}

/** Whether something is due for a server at the provisioner: it was under way, or its wipe or mark did not get through. */
export function isUnsettled(server: ServerState): boolean {
  if (server.phase !== 'finished') return server.phase === 'under way'
  return server.mark?.status === 'failed' || isUnwiped(server)
}

/** Whether a machine was left as it is because its wipe was refused, or the provisioner was away: not by the policy, and not by its own fault. */
export function isUnwiped({ destroy }: ServerState): boolean {
  return destroy?.status === 'failed' && !blames[destroy.failure.type].marked && destroy.failure.type !== 'UnknownServerError'
}

/** Whether nothing is left to do for a server: a resumed run leaves it alone. */
export function isDone(server: ServerState): boolean {
  return server.phase === 'finished' && stands(server) && isDestroySettled(server) && server.mark?.status !== 'failed'
}

/** Whether the run is through with a machine that is not clean: neither wipe nor mark is due, and no process of it goes on with its install. */
export function isLeftBehind(server: ServerState): boolean {
  const { phase, left, install } = server
  const isUnknown = install !== undefined && install.status !== 'passed' && install.failure?.type === 'UnknownServerError'
  return phase === 'finished' && left !== 'clean' && !isUnknown && !isUnsettled(server) && (isDone(server) || !kept(server).includes('install'))
}

/** Whether what has become of the server is about the server: its verdict, or that it could not be wiped. */
function stands(server: ServerState): boolean {
  return isJudged(verdictOf(server)) || ownFaultOf(server) !== undefined
}

/** Passed, not due by the policy, or failed by the server's own fault. What failed for another reason is tried again. */
function isDestroySettled({ destroy }: ServerState): boolean {
  if (!destroy) return false
  return destroy.status !== 'failed' || blames[destroy.failure.type].marked
}

/** Made, or withheld. A mark that failed is made again. */
function isMarkSettled({ mark }: ServerState): boolean {
  return mark !== undefined && mark.status !== 'failed'
}
