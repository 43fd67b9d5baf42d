import type { Plan } from '../model/plan.ts'
import type { ServerState } from '../model/server-state.ts'
import { verdictOf } from '../model/verdict.ts'
import type { MarkDecision } from './brakes.ts'

/** Whether a server is wiped, and if not, why it is left as it is. */
export type WipeDecision = { readonly is: 'wipe' } | { readonly is: 'leave'; readonly because: string }

/** What the policy is for one server: the plan's, or that all are wiped which somebody has looked at. */
export type WipePolicy = Plan['destroy'] | 'all'

/**
 * Decides whether a server is wiped. One that is not ours never is; nor one that failed and will not be marked:
 * wiped, it would go back to the pool.
 *
 * @param mark What was decided of its mark, if one is due.
 */
export function decideWipe(server: ServerState, policy: WipePolicy, mark: MarkDecision | undefined): WipeDecision {
  const verdict = verdictOf(server)
  if (server.left === 'clean') return leave('nothing was installed')
  if (verdict?.status !== 'passed' && verdict?.failure.type === 'ServerNotOursError') return leave('the server is not ours')
  if (verdict?.status !== 'passed' && verdict?.failure.type === 'UnknownServerError') return leave('the provisioner has no such server')
  if (policy === 'never') return leave('kept (--destroy never)')
  if (mark?.is === 'withheld') return leave(`kept: its mark as broken is ${mark.because}`)
  if (policy !== 'passing' || verdict?.status !== 'failed') return { is: 'wipe' }
  return leave('kept for diagnosis (--destroy passing)')
}

function leave(because: string): WipeDecision {
  return { is: 'leave', because }
}
