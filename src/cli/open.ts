import { setImmediate } from 'node:timers/promises'
import { openBenchmark } from '../benchmarks/open.ts'
import type { AdapterSettings } from '../config/secrets.ts'
import { resolveSecrets } from '../config/secrets.ts'
import { benchmarkOf } from '../library/benchmark-of.ts'
import type { Clock } from '../model/clock.ts'
import { systemClock } from '../model/clock.ts'
import { formatDuration } from '../model/duration.ts'
import type { Plan } from '../model/plan.ts'
import { UsageError } from '../model/problem.ts'
import type { Benchmark, Provisioner } from '../model/provisioner.ts'
import { openProvisioner } from '../provisioners/open.ts'
import { createCleaner } from '../run/clean.ts'
import { listenToFaults } from './faults.ts'

export interface Opened {
  readonly provisioner: Provisioner
  /** The provisioner's name, without secrets. */
  readonly name: string
  readonly secrets: readonly string[]
  /** What was thrown outside of any step since it was opened. Stops listening: whoever asks listens itself. */
  readonly takeFaults: () => readonly string[]
}

/** All that servers can be measured with. */
export interface OpenedToMeasure extends Opened {
  readonly benchmark: Benchmark
}

/** How long a module may take to be imported and to make its provisioner, unless somebody waits for an answer. */
const longestOpeningMs = 60_000

/**
 * Opens the provisioner of a plan with the secrets of the environment.
 *
 * @throws UsageError with what is wrong with the provisioner, or lacks in the environment; secrets are in no problem.
 */
export async function openWithSecrets({ provisioner: { type, settings } }: Pick<Plan, 'provisioner'>, env: NodeJS.ProcessEnv, clock: Clock = systemClock, limitMs = longestOpeningMs): Promise<Opened> {
  return opened({ provisioner: settings }, { env, clock, limitMs }, async (resolved) => ({ provisioner: await openProvisioner({ type, settings: resolved.provisioner }, { clock, env }) }))
}

/** Where a run is carried out. */
interface Place {
  readonly env: NodeJS.ProcessEnv
  /** The run directory, absolute. */
  readonly directory: string
  readonly clock?: Clock
  readonly limitMs?: number
}

/**
 * Opens provisioner and benchmark of a plan with the secrets of the environment; without one in the plan, the provisioner's own is taken.
 *
 * @throws UsageError with what is wrong with them, or lacks in the environment; secrets are in no problem.
 */
export async function openToMeasure({ provisioner, benchmark }: Pick<Plan, 'provisioner' | 'benchmark'>, { env, directory, clock = systemClock, limitMs = longestOpeningMs }: Place): Promise<OpenedToMeasure> {
  const settings = { provisioner: provisioner.settings, ...(benchmark && { benchmark: benchmark.settings }) }
  return opened(settings, { env, clock, limitMs }, async (resolved) => {
    const own = await openProvisioner({ type: provisioner.type, settings: resolved.provisioner }, { clock, env })
    const measuring = benchmark ? await openBenchmark({ type: benchmark.type, settings: resolved.benchmark! }, { clock, env, directory }) : benchmarkOf(own)
    return { provisioner: own, benchmark: measuring }
  })
}

interface Surroundings {
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  readonly limitMs: number
}

async function opened<Settings extends AdapterSettings, Adapters extends Pick<Opened, 'provisioner'>>(
  written: Settings,
  { env, clock, limitMs }: Surroundings,
  open: (settings: Settings) => Promise<Adapters>,
): Promise<Adapters & Opened> {
  const { settings, secrets } = resolveSecrets(written, env)
  const clean = createCleaner(secrets)
  const faults: string[] = []
  const stopListening = listenToFaults(process, (fault) => faults.push(fault))
  let adapters: (Adapters & Pick<Opened, 'name'>) | undefined
  try {
    const made = await withinTime(open(settings), clock, limitMs)
    adapters = { ...made, name: clean.line(made.provisioner.name) }
  } catch (error) {
    faults.push(...(error instanceof UsageError ? error.problems : [`the provisioner cannot be opened: ${error instanceof Error ? error.message : 'it threw something that is no Error'}`]))
  }
  // That a promise was forgotten is told only when all others have had their turn.
  await setImmediate()
  if (adapters && faults.length === 0) {
    const takeFaults = (): readonly string[] => {
      stopListening()
      return faults
    }
    return { ...adapters, secrets, takeFaults }
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
