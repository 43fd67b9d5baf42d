import { blames } from './fault.ts'
import type { ServerState } from './server-state.ts'
import type { Step } from './step.ts'
import { isJudged, verdictOf } from './verdict.ts'

/** The steps whose results still hold when a process takes a server up: it runs all others. The table of the design, section 4. */
export function kept(server: ServerState): readonly Step[] {
  const { install, rounds, destroy, running } = server
  const verdict = verdictOf(server)
  if (isJudged(verdict)) {
    const measured = rounds.length > 0 ? (['benchmark', 'check'] as const) : []
    return ['install', ...measured, ...(isDestroySettled(server) ? (['destroy'] as const) : []), ...(isMarkSettled(server) ? (['mark'] as const) : [])]
  }
  const isOpen = verdict === undefined && destroy === undefined && running?.step !== 'destroy'
  if (!isOpen || install?.status !== 'passed') return []
  return rounds.at(-1)?.benchmark?.status === 'passed' ? ['install', 'benchmark'] : ['install']
}

/** Whether nothing is left to do for a server: a resumed run leaves it alone. */
export function isDone(server: ServerState): boolean {
  return server.phase === 'finished' && isJudged(verdictOf(server)) && server.destroy?.status !== undefined && isDestroySettled(server) && server.mark?.status !== 'failed'
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
