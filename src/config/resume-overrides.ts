import { resolve } from 'node:path'
import { formatDuration } from '../model/duration.ts'
import type { Overrides } from '../model/plan.ts'
import { UsageError } from '../model/problem.ts'
import type { Environment, FlagName, Flags, Layer } from './settings.ts'
import { readEnvironment, readFlags } from './settings.ts'
import type { Tell } from './wording.ts'
import { oneLine, refusal } from './wording.ts'

/** The flags of `rackbench resume` that change the plan. */
export const resumeFlagNames = ['deadline', 'max-broken', 'concurrency', 'max-outage', 'history'] as const satisfies readonly FlagName[]

interface Resuming {
  readonly flags: Flags
  readonly env?: Environment
  /** The journal's, which a new deadline must exceed. */
  readonly wipeReserveMs?: number | undefined
}

/**
 * Reads what `resume` is given anew; what is not given stays as the journal has it, but for the deadline, which is over.
 *
 * @throws UsageError in the words of `configure`.
 */
export function resumeOverrides({ flags, env = {}, wipeReserveMs = 0 }: Resuming): Overrides {
  const problems: string[] = []
  const tell: Tell = (problem) => problems.push(oneLine(problem))
  const layer: Layer = { ...readEnvironment(env, '', tell, resumeFlagNames), ...readFlags(flags, '', tell, resumeFlagNames) }
  const { deadline, concurrency, history } = layer
  const { 'max-broken': maxBroken, 'max-outage': maxOutage } = layer
  const expected = `more than the ${formatDuration(wipeReserveMs)} that the run keeps for wiping`
  if (deadline && deadline.value <= wipeReserveMs) tell(refusal(deadline.label, expected, formatDuration(deadline.value)))
  if (problems.length > 0) throw new UsageError(problems)
  return {
    ...(concurrency && { concurrency: concurrency.value }),
    ...(maxBroken && { maxBroken: maxBroken.value }),
    ...(maxOutage && { maxOutageMs: maxOutage.value }),
    ...(deadline && { deadlineMs: deadline.value }),
    ...(history && { history: resolve(history.value) }),
  }
}
