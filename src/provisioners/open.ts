import { isAbsolute } from 'node:path'
import type { Clock } from '../model/clock.ts'
import type { Plan } from '../model/plan.ts'
import { UsageError } from '../model/problem.ts'
import type { Provisioner } from '../model/provisioner.ts'
import { command } from './command.ts'
import { loadModule } from './module.ts'
import { simulated } from './simulated.ts'

type Open = (settings: Readonly<Record<string, unknown>>, clock: Clock) => Provisioner | Promise<Provisioner>

const builtIn: Readonly<Record<string, Open>> = { simulated: openSimulated, command: openCommand }

/** The provisioners that need no module. */
export const provisionerTypes: readonly string[] = Object.keys(builtIn)

/**
 * Opens the provisioner that a plan names: a built-in type, or the absolute path of a module.
 *
 * @throws UsageError with a line for each thing that is wrong with its type, its settings or its module.
 */
export async function openProvisioner({ type, settings }: Plan['provisioner'], clock: Clock): Promise<Provisioner> {
  const open = Object.hasOwn(builtIn, type) ? builtIn[type] : undefined
  if (open) return open(settings, clock)
  if (isAbsolute(type)) return loadModule(type, settings)
  throw new UsageError([`provisioner: unknown type ${JSON.stringify(type)}: expected ${provisionerTypes.join(', ')}, or the path of a module (./mine.mjs)`])
}

function openCommand(settings: Readonly<Record<string, unknown>>, clock: Clock): Provisioner {
  return command(settings, { clock, env: process.env, directory: process.cwd() })
}

function openSimulated({ simulation, ...others }: Readonly<Record<string, unknown>>, clock: Clock): Provisioner {
  const unknown = Object.keys(others)
  if (unknown.length > 0) throw new UsageError(unknown.map((key) => `provisioner: simulated has no setting ${JSON.stringify(key)}; its only one is "simulation"`))
  return simulated(simulation, clock)
}
