import { resolve } from 'node:path'
import { resumeOverrides } from '../config/resume-overrides.ts'
import type { Plan } from '../model/plan.ts'
import { carryOutRest } from '../run/carry-out.ts'
import { buildOf } from '../library/build.ts'
import type { Arguments } from './command-line.ts'
import { withEarlier } from './earlier.ts'
import type { OpenedToMeasure } from './open.ts'
import { openToMeasure } from './open.ts'
import { tellRun, withSession } from './session.ts'

/** `rackbench resume DIR` */
export async function resume({ flags, words }: Arguments): Promise<number> {
  const directory = resolve(words[0]!)
  resumeOverrides({ flags })
  const open = (plan: Plan): Promise<OpenedToMeasure> => openToMeasure(plan, { env: process.env, directory })
  return withEarlier(directory, flags, open, async ({ fold, session }) => {
    const overrides = resumeOverrides({ flags, wipeReserveMs: fold.state.plan.wipeReserveMs })
    return withSession(session, (equipment) => carryOutRest(fold, { build: buildOf(process.env), overrides }, equipment), tellRun(directory))
  })
}
