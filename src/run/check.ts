import type { LogLevel } from '../model/provisioner.ts'
import { logLevels } from '../model/provisioner.ts'
import type { FleetContext } from './fleet.ts'
import { carryOutTries } from './tries.ts'

/** How long the provisioner may take to tell whether it can be used; its outage is waited for besides. */
const checkLimitMs = 60_000

/**
 * Asks the provisioner whether it can be used, before any server is touched.
 *
 * @returns What is wrong, in words; nothing if it can be used, has no check, or the run was stopped meanwhile.
 */
export async function checkProvisioner({ provisioner, clean, logs, clock, stop, outage, random, run }: FleetContext): Promise<string | undefined> {
  if (!provisioner.check) return undefined
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
        logs.run('warn', `the provisioner does not answer: ${clean.line(failure.message)}; next try in ${Math.ceil(delayMs / 1000)} s`)
      },
    },
    ({ signal }) => Promise.resolve(provisioner.check?.({ signal, log })),
  )
  if (ended.is !== 'failed') return undefined
  const { type, message } = ended.classified.failure
  return clean.line(`its check failed: ${type}: ${message}`)
}
