import { blames } from './fault.ts'
import { isUnwiped } from './kept.ts'
import type { Plan } from './plan.ts'
import type { ServerState } from './server-state.ts'
import { brokenOf, fallOf, isJudged, isWipeMissing, statusOf, verdictOf } from './verdict.ts'

const counted = [
  'waiting', 'underWay', 'passed', 'failed', 'skipped', 'unfinished', 'notJudged', 'givenUp', 'ran',
  'markedBroken', 'marksSpent', 'marksWithheld', 'marksFailed', 'wipesFailed', 'wipesMissing', 'wipesRefused', 'clean', 'installed', 'unknown',
] as const
type Counted = (typeof counted)[number]

/** How many servers of a run are what. Kept up to date with each event, so that nobody has to count. */
export type Totals = Record<Counted, number>

/** What one server adds to the totals. */
type Tally = readonly Counted[]

export function nothing(): Totals {
  return Object.fromEntries(counted.map((name) => [name, 0])) as Totals
}

export function addTally(totals: Totals, tally: Tally, times: 1 | -1): void {
  for (const name of tally) totals[name] += times
}

export function tallyOf(server: ServerState, plan: Pick<Plan, 'markBroken'>): Tally {
  const tally: Counted[] = [server.left]
  if (server.markSpent) tally.push('marksSpent')
  if (server.phase === 'waiting') return [...tally, 'waiting', 'unfinished']
  const status = statusOf(server)
  tally.push(status)
  if (server.phase === 'under way') tally.push('underWay')
  const fault = fallOf(server)?.failure.type
  if (fault !== 'ServerNotOursError') tally.push('ran')
  if (fault === 'RunStopped') tally.push('givenUp')
  if (status === 'failed' && !isJudgedWhole(server)) tally.push('notJudged')
  const { marked, withheld, error } = brokenOf(server, plan)
  if (marked) tally.push('markedBroken')
  if (withheld !== undefined) tally.push('marksWithheld')
  if (error !== undefined) tally.push('marksFailed')
  if (isWipeMissing(server)) tally.push('wipesMissing')
  else if (isUnwiped(server)) tally.push('wipesRefused')
  else if (server.destroy?.status === 'failed') tally.push('wipesFailed')
  return tally
}

/** Whether the verdict is about the server, and so is a failure to wipe it. */
function isJudgedWhole(server: ServerState): boolean {
  const fall = fallOf(server)
  return isJudged(verdictOf(server)) && (!fall || blames[fall.failure.type].judged)
}
