import type { Clock } from '../model/clock.ts'
import type { MetricKinds } from '../model/metric-kind.ts'
import type { Plan } from '../model/plan.ts'
import { UsageError } from '../model/problem.ts'
import type { Benchmark } from '../model/provisioner.ts'

/** The benchmark that a plan names. */
type Planned = NonNullable<Plan['benchmark']>

/** What a benchmark has of the world besides its settings. */
export interface BenchmarkWorld {
  readonly clock: Clock
  readonly env: Readonly<NodeJS.ProcessEnv>
  /** The run directory, absolute; it need not be there before a server is measured. */
  readonly directory: string
}

interface Adapter {
  readonly open: (settings: Planned['settings'], world: BenchmarkWorld) => Benchmark
  readonly metrics: (settings: Planned['settings']) => MetricKinds
}

/** Each is loaded when it is asked for. */
const adapters: Readonly<Record<Planned['type'], () => Promise<Adapter>>> = {
  async ssh() {
    const { ssh, sshMetrics } = await import('./ssh.ts')
    return { open: ssh, metrics: sshMetrics }
  },
  async command() {
    const [{ commandBenchmark }, { readCommandBenchmark }] = await Promise.all([import('./command.ts'), import('./command-settings.ts')])
    return {
      open: (settings, { clock, env }) => commandBenchmark(settings, { clock, env, directory: process.cwd() }),
      metrics: (settings) => readCommandBenchmark(settings).metrics ?? {},
    }
  },
}

/**
 * Opens the benchmark that a plan names. It writes nothing before a server is measured.
 *
 * @throws UsageError with a line for each thing that is wrong with its settings.
 */
export async function openBenchmark({ type, settings }: Planned, world: BenchmarkWorld): Promise<Benchmark> {
  const { open } = await adapters[type]()
  return open(settings, world)
}

/** What can be told of a benchmark before it is opened. */
interface Looked {
  /** What is wrong with its settings, whose secrets are put in. */
  readonly problems: readonly string[]
  /** What is known of the metrics that it gives. */
  readonly metrics: MetricKinds
}

/** Looks at the settings of a benchmark. */
export async function lookAtBenchmark({ type, settings }: Planned): Promise<Looked> {
  const { metrics } = await adapters[type]()
  try {
    return { problems: [], metrics: metrics(settings) }
  } catch (error) {
    if (error instanceof UsageError) return { problems: error.problems, metrics: {} }
    throw error
  }
}
