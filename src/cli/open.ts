import { setImmediate } from 'node:timers/promises'
import { resolveSecrets } from '../config/secrets.ts'
import type { Clock } from '../model/clock.ts'
import { systemClock } from '../model/clock.ts'
import { formatDuration } from '../model/duration.ts'
import type { Plan } from '../model/plan.ts'
import { UsageError } from '../model/problem.ts'
import type { Provisioner } from '../model/provisioner.ts'
import { openProvisioner } from '../provisioners/open.ts'
import { createCleaner } from '../run/clean.ts'
import { benchmarkOf } from '../library/benchmark-of.ts'
import { listenToFaults } from './faults.ts'

interface Opened {
  readonly provisioner: Provisioner
  /** The provisioner's name, without secrets. */
  readonly name: string
  readonly secrets: readonly string[]
  /** What was thrown outside of any step since it was opened. Stops listening: whoever asks listens itself. */
  readonly takeFaults: () => readonly string[]
}

/** How long a module may take to be imported and to make its provisioner, unless somebody waits for an answer. */
const longestOpeningMs = 60_000

/**
 * Opens the provisioner of a plan with the secrets of the environment.
 *
 * @throws UsageError with what is wrong with the provisioner, or lacks in the environment; secrets are in no problem.
 */
export async function openWithSecrets(plan: Pick<Plan, 'provisioner'>, env: NodeJS.ProcessEnv, clock: Clock = systemClock, limitMs = longestOpeningMs): Promise<Opened> {
  const { settings, secrets } = resolveSecrets(plan.provisioner.settings, env)
  const clean = createCleaner(secrets)
  const faults: string[] = []
  const stopListening = listenToFaults(process, (fault) => faults.push(fault))
  let opened: Pick<Opened, 'provisioner' | 'name'> | undefined
  try {
    const provisioner = await withinTime(openProvisioner({ type: plan.provisioner.type, settings }, { clock, env }), clock, limitMs)
    benchmarkOf(provisioner)
    opened = { provisioner, name: clean.line(provisioner.name) }
  } catch (error) {
    faults.push(...(error instanceof UsageError ? error.problems : [`the provisioner cannot be opened: ${error instanceof Error ? error.message : 'it threw something that is no Error'}`]))
  }
  // That a promise was forgotten is told only when all others have had their turn.
  await setImmediate()
  if (opened && faults.length === 0) {
    const takeFaults = (): readonly string[] => {
      stopListening()
      return faults
    }
    return { ...opened, secrets, takeFaults }
  }
  stopListening()
  throw new UsageError(faults.map((fault) => clean.line(fault)))
}

async function withinTime<T>(opening: Promise<T>, clock: Clock, limitMs: number): Promise<T> {
  let cancel = (): void => {}
  const tooLong = new Promise<never>((_, reject) => {
    cancel = clock.after(limitMs, () => reject(new UsageError([`the provisioner was not opened within ${formatDuration(limitMs)}`])))
  })
  try {
    return await Promise.race([opening, tooLong])
  } finally {
    cancel()
  }
}
