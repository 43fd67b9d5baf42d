import type { Clock } from '../model/clock.ts'
import { ProvisionerUnavailableError } from '../model/fault.ts'
import { pause } from './pause.ts'

interface Persistence {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Whether an answer that asks to come back later is waited for as well; otherwise it is told at once. */
  readonly waitsIfBusy: boolean
}

/** Trouble that is younger is nobody's concern: a connection that was closed, a proxy that was started anew. */
const toleratedMs = 5000
const firstWaitMs = 100

/**
 * Asks again while nobody answers, for a few seconds. What is asked must be safe to ask twice.
 *
 * @throws what `once` throws: ProvisionerUnavailableError as soon as it has gone on for too long, also where the signal has aborted
 * by then, so that it is not taken for a server that took too long; all others at once.
 */
export async function persist<T>(once: () => Promise<T>, { clock, signal, waitsIfBusy }: Persistence): Promise<T> {
  const since = clock.elapsed()
  let trouble: ProvisionerUnavailableError | undefined
  for (let waitMs = firstWaitMs; ; waitMs *= 2) {
    try {
      return await once()
    } catch (error) {
      if (signal.aborted) throw trouble ?? unansweredSince(since, clock) ?? error
      if (!(error instanceof ProvisionerUnavailableError) || (error.busy && !waitsIfBusy)) throw error
      trouble = error
    }
    const untilMs = Math.max(trouble.retryAfterMs ?? 0, waitMs)
    if (clock.elapsed() - since + untilMs > toleratedMs) throw trouble
    await pause(untilMs, signal, clock).catch(() => {})
    if (signal.aborted) throw trouble
  }
}

/** What was given up in the middle is trouble only if it should have been answered long before. */
function unansweredSince(since: number, clock: Clock): ProvisionerUnavailableError | undefined {
  const waited = clock.elapsed() - since
  return waited > toleratedMs ? new ProvisionerUnavailableError(`the provisioner had not answered for ${Math.round(waited / 1000)} s`) : undefined
}
