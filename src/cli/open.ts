import { resolveSecrets } from '../config/secrets.ts'
import { systemClock } from '../model/clock.ts'
import type { Plan } from '../model/plan.ts'
import { UsageError } from '../model/problem.ts'
import type { Provisioner } from '../model/provisioner.ts'
import { openProvisioner } from '../provisioners/open.ts'
import { createCleaner } from '../run/clean.ts'
import { benchmarkOf } from './benchmark-of.ts'

/**
 * Opens the provisioner of a plan with the secrets of the environment.
 *
 * @throws UsageError if it cannot be opened, or has no benchmark. What a module says of its settings may have secrets in it: they are redacted.
 */
export async function openWithSecrets(plan: Pick<Plan, 'provisioner'>, env: NodeJS.ProcessEnv): Promise<{ readonly provisioner: Provisioner; readonly secrets: readonly string[] }> {
  const { settings, secrets } = resolveSecrets(plan.provisioner.settings, env)
  const clean = createCleaner(secrets)
  try {
    const provisioner = await openProvisioner({ type: plan.provisioner.type, settings }, { clock: systemClock, env })
    benchmarkOf(provisioner)
    return { provisioner: { ...provisioner, name: clean.line(provisioner.name) }, secrets }
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(error.problems.map((problem) => clean.line(problem))) : error
  }
}
