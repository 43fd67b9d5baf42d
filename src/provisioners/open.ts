import { isAbsolute } from 'node:path'
import type { Clock } from '../model/clock.ts'
import type { Plan } from '../model/plan.ts'
import { isOfProgram } from '../model/plan.ts'
import { UsageError } from '../model/problem.ts'
import type { Provisioner } from '../model/provisioner.ts'
import { loadModule } from './module.ts'

/** What a provisioner has of the world besides its settings. */
export interface World {
  readonly clock: Clock
  readonly env: Readonly<Record<string, string | undefined>>
}

type Open = (settings: Readonly<Record<string, unknown>>, world: World) => Provisioner | Promise<Provisioner>

/** Each is loaded when it is opened: what the others need takes time and room. */
const builtIn: Readonly<Record<string, Open>> = {
  simulated: openSimulated,
  http: async (settings, { clock, env }) => (await import('./http.ts')).openHttp(settings, clock, env),
  command: async (settings, { clock, env }) => (await import('./command.ts')).command(settings, { clock, env, directory: process.cwd() }),
  ironic: async (settings, { clock }) => (await import('./ironic.ts')).openIronic(settings, clock),
}

/** The provisioners that need no module. */
export const provisionerTypes: readonly string[] = Object.keys(builtIn)

/**
 * Opens the provisioner that a plan names: a built-in type, or the absolute path of a module.
 *
 * @throws UsageError with a line for each thing that is wrong with its type, its settings or its module.
 */
export async function openProvisioner({ type, settings }: Plan['provisioner'], world: World): Promise<Provisioner> {
  const open = Object.hasOwn(builtIn, type) ? builtIn[type] : undefined
  if (open) return open(settings, world)
  if (isAbsolute(type)) return loadModule(type, settings)
  if (isOfProgram({ provisioner: { type, settings } })) throw new UsageError([`a program of yours began this run, with a provisioner of its own (${type}): the command line cannot open it; that program can take the directory again (replace: true)`])
  throw new UsageError([`provisioner: unknown type ${JSON.stringify(type)}: expected ${provisionerTypes.join(', ')}, or the path of a module (./mine.mjs)`])
}

/** What is wrong with the settings of a built-in provisioner, whose secrets are put in. That of a module is told by its code, which is not run for this. */
export async function problemsOfSettings(provisioner: Plan['provisioner'], world: World): Promise<readonly string[]> {
  if (!provisionerTypes.includes(provisioner.type)) return []
  try {
    const opened = await openProvisioner(provisioner, world)
    await opened.close?.()
    return []
  } catch (error) {
    if (error instanceof UsageError) return error.problems
    throw error
  }
}

async function openSimulated({ simulation, ...others }: Readonly<Record<string, unknown>>, { clock }: World): Promise<Provisioner> {
  const unknown = Object.keys(others)
  if (unknown.length > 0) throw new UsageError(unknown.map((key) => `provisioner: simulated has no setting ${JSON.stringify(key)}; its only one is "simulation"`))
  return (await import('./simulated.ts')).simulated(simulation, clock)
}
