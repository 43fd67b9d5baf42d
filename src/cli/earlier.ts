import { readFlags } from '../config/settings.ts'
import { systemClock } from '../model/clock.ts'
import type { Plan } from '../model/plan.ts'
import { UsageError } from '../model/problem.ts'
import type { RunFold } from '../model/run-state.ts'
import type { ClaimedDirectory } from '../run/directory.ts'
import { claimEarlier } from '../run/directory.ts'
import type { Arguments } from './command-line.ts'
import { boundMemory } from './large-fleet.ts'
import type { OpenedToMeasure } from './open.ts'
import type { SessionOptions } from './session.ts'

/** An earlier run, which this process may go on with. */
export interface Earlier {
  readonly fold: RunFold
  readonly session: SessionOptions
}

/**
 * Claims the directory of an earlier run, and opens anew what it works with: the plan is the journal's, secrets are the environment's.
 *
 * @param open Opens as much as is needed.
 * @throws UsageError if there is no such run, it is live, or its provisioner cannot be opened any more.
 */
export async function withEarlier(directory: string, flags: Arguments['flags'], open: (plan: Plan) => Promise<OpenedToMeasure>, use: (earlier: Earlier) => Promise<number>): Promise<number> {
  const { progress, force } = presentation(flags)
  const { fold, lock, journal, validBytes } = await claimEarlier(directory, { force, now: systemClock.now() })
  return releasedOnError(lock, async () => {
    const { plan } = fold.state
    boundMemory(plan.servers.length)
    const { provisioner, benchmark, secrets, takeFaults } = await open(plan)
    return use({ fold, session: { claimed: { lock, journal }, directory, provisioner, benchmark, secrets, takeFaults, plan, progress, validBytes } })
  })
}

/** How a command shows what it does, and whether it may take over a lock. */
export function presentation(flags: Arguments['flags']): { readonly progress: SessionOptions['progress']; readonly force: boolean } {
  const problems: string[] = []
  const layer = readFlags(flags, process.cwd(), (problem) => problems.push(problem), ['progress', 'force'])
  if (problems.length > 0) throw new UsageError(problems)
  return { progress: layer.progress?.value ?? 'auto', force: layer.force?.value ?? false }
}

/** Gives the run directory back if it cannot be used after all. */
export async function releasedOnError<T>({ release }: ClaimedDirectory['lock'], use: () => Promise<T>): Promise<T> {
  try {
    return await use()
  } catch (error) {
    await release()
    throw error
  }
}
