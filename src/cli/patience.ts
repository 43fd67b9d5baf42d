import type { Clock } from '../model/clock.ts'
import { formatDuration } from '../model/duration.ts'
import { DefectError, ProvisionerUnavailableError } from '../model/fault.ts'

/** How long is waited for a provisioner that is asked about no single server. */
export interface Patience {
  /** Aborts once an answer has taken too long. */
  readonly signal: AbortSignal
  /**
   * Waits for one answer.
   *
   * @throws what the provisioner throws; ProvisionerUnavailableError, as the reason of the signal, once the answer has taken too long;
   * DefectError if an adapter does not heed the signal.
   */
  readonly wait: <T>(answer: () => T | PromiseLike<T>) => Promise<T>
}

/** How long an adapter may take to settle once its signal has aborted, in milliseconds. */
const graceMs = 2000

/** @param limitMs How long each answer may take, in milliseconds. */
export function startPatience({ limitMs, clock }: { readonly limitMs: number; readonly clock: Clock }): Patience {
  const controller = new AbortController()
  return {
    signal: controller.signal,
    wait: async (answer) => {
      let cancel = (): void => {}
      const givenUp = new Promise<never>((_, reject) => {
        const giveUp = (): void => reject(new DefectError(`it has not answered within ${formatDuration(limitMs)}, and did not heed its signal`))
        cancel = clock.after(limitMs, () => {
          controller.abort(new ProvisionerUnavailableError(`no answer within ${formatDuration(limitMs)}`))
          cancel = clock.after(graceMs, giveUp)
        })
      })
      try {
        return await Promise.race([(async () => answer())(), givenUp])
      } finally {
        cancel()
      }
    },
  }
}
