import { configure } from '../config/configure.ts'
import { marksAllowed } from '../model/budget.ts'
import { systemClock } from '../model/clock.ts'
import { journalVersion } from '../model/event.ts'
import { carryOutNew } from '../run/carry-out.ts'
import { claimForNew } from '../run/directory.ts'
import { newRunId } from '../run/run-id.ts'
import { buildOf } from '../library/build.ts'
import type { Arguments } from './command-line.ts'
import { withHistory } from './ask-past.ts'
import { describePlan } from './describe-plan.ts'
import { releasedOnError } from './earlier.ts'
import { findServers } from './find-servers.ts'
import { invocationOf } from './invocation.ts'
import { boundMemory } from './large-fleet.ts'
import { openToMeasure } from './open.ts'
import { tellRun, withSession } from './session.ts'

/** `rackbench run` */
export async function run(args: Arguments): Promise<number> {
  const { env } = process
  const { plan: asConfigured, out, replace, force, dryRun, order, progress, notes: noted } = await configure({ ...invocationOf(args), readInventory: findServers })
  boundMemory(asConfigured.servers.length)
  const notes = [...noted]
  const plan = await withHistory(asConfigured, order === 'longest-first', (note) => void notes.push(note))
  const { provisioner, benchmark, name, secrets, takeFaults } = await openToMeasure(plan, { env, directory: out })
  if (dryRun) {
    for (const line of [...describePlan(plan, { out, provisioner: name }), ...notes]) process.stdout.write(`${line}\n`)
    return 0
  }

  const now = systemClock.now()
  const claimed = await claimForNew(out, { replace, force, now })
  // Whatever the log level is: nobody else will say it any more.
  if (claimed.held.length > 0) process.stderr.write(`rackbench: the run that was replaced may still hold these servers (${claimed.held.length}): ${claimed.held.join(' ')}\n`)
  const budget = marksAllowed(plan.maxBroken, plan.servers.length)
  const session = { claimed, directory: out, provisioner, benchmark, secrets, takeFaults, plan, progress, validBytes: 0, notes }
  return releasedOnError(claimed.lock, () =>
    withSession(session, (equipment) => carryOutNew({ version: journalVersion, run: newRunId(now), plan, build: buildOf(env), budget }, equipment), tellRun(out)),
  )
}
