import { resolveSecrets } from '../config/secrets.ts'
import { systemClock } from '../model/clock.ts'
import type { Plan } from '../model/plan.ts'
import { UsageError } from '../model/problem.ts'
import type { Provisioner } from '../model/provisioner.ts'
import { openProvisioner } from '../provisioners/open.ts'
import { createCleaner } from '../run/clean.ts'
import { benchmarkOf } from './benchmark-of.ts'
import { listenToFaults } from './faults.ts'

interface Opened {
  readonly provisioner: Provisioner
  /** Its name, fit to be shown. */
  readonly name: string
  readonly secrets: readonly string[]
}

/** How long a module may take to be imported and to make its provisioner. */
const longestOpeningMs = 60_000

/**
 * Opens the provisioner of a plan with the secrets of the environment.
 *
 * @throws UsageError if it cannot be opened, or has no benchmark. What a module says of its settings may have secrets in it: they are redacted.
 */
export async function openWithSecrets(plan: Pick<Plan, 'provisioner'>, env: NodeJS.ProcessEnv): Promise<Opened> {
  const { settings, secrets } = resolveSecrets(plan.provisioner.settings, env)
  const clean = createCleaner(secrets)
  const faults: string[] = []
  const stopListening = listenToFaults(process, (fault) => faults.push(fault))
  try {
    const provisioner = await withinTime(openProvisioner({ type: plan.provisioner.type, settings }, { clock: systemClock, env }))
    benchmarkOf(provisioner)
    const name = clean.line(provisioner.name)
    if (faults.length > 0) throw new UsageError(faults)
    return { provisioner, name, secrets }
  } catch (error) {
    const problems = error instanceof UsageError ? error.problems : [`the provisioner cannot be opened: ${error instanceof Error ? error.message : 'it threw something that is no Error'}`]
    throw new UsageError(problems.map((problem) => clean.line(problem)))
  } finally {
    stopListening()
  }
}

async function withinTime<T>(opening: Promise<T>): Promise<T> {
  let cancel = (): void => {}
  const tooLong = new Promise<never>((_, reject) => {
    cancel = systemClock.after(longestOpeningMs, () => reject(new UsageError([`the provisioner was not opened within ${longestOpeningMs / 1000} s`])))
  })
  try {
    return await Promise.race([opening, tooLong])
  } finally {
    cancel()
  }
}
