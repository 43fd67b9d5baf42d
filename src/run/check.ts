import type { LogLevel, Provisioner } from '../model/provisioner.ts'
import { logLevels } from '../model/provisioner.ts'
import type { FleetContext } from './fleet.ts'
import { carryOutTries } from './tries.ts'

/** How long an adapter may take to tell whether it can be used; an outage is waited for besides. */
const checkLimitMs = 60_000

/**
 * Asks the provisioner whether it can be used, before any server is touched.
 *
 * @returns What is wrong, in words; nothing if it can be used, has no check, or the run was stopped meanwhile.
 */
export async function checkProvisioner(context: FleetContext): Promise<string | undefined> {
  return check('the provisioner', context.provisioner, context)
}

/** The same for the benchmark: whether it can measure from here. */
export async function checkBenchmark(context: FleetContext): Promise<string | undefined> {
  return check('the benchmark', context.benchmark, context)
}

async function check(what: string, adapter: Pick<Provisioner, 'check'>, { clean, logs, clock, stop, outage, random, run }: FleetContext): Promise<string | undefined> {
  if (!adapter.check || stop.reason) return undefined
  const { maxOutageMs, graceMs } = run().plan
  const log = (message: string, level: LogLevel = 'info'): void => {
    for (const line of clean.lines(message)) logs.run(logLevels.includes(level) ? level : 'info', line)
  }
  const ended = await carryOutTries(
    {
      limitMs: checkLimitMs + maxOutageMs,
      graceMs,
      clock,
      stop,
      retries: 0,
      maxOutageMs,
      outage,
      random,
      async onRetry({ failure, delayMs }) {
        logs.run('warn', `${what} does not answer: ${clean.line(failure.message)}; next try in ${Math.ceil(delayMs / 1000)} s`)
      },
    },
    ({ signal }) => Promise.resolve(adapter.check?.({ signal, log })),
  )
  if (ended.is !== 'failed') return undefined
  const { type, message } = ended.classified.failure
  return clean.line(`its check failed: ${type}: ${message}`)
}
