import type { StopSignal } from '../model/event.ts'
import { stopSignals } from '../model/event.ts'
import type { Clock } from '../model/clock.ts'

/** What came of work that a signal may end. */
export type Stoppable<T> = { readonly is: 'done'; readonly value: T } | { readonly is: 'stopped'; readonly by: StopSignal }

/** How long work may take to settle once its signal has aborted, in milliseconds. */
const graceMs = 2000

interface Surroundings {
  readonly process: Pick<NodeJS.Process, 'on' | 'off'>
  readonly clock: Clock
}

/**
 * Carries work out that SIGHUP, SIGINT and SIGTERM end: for commands that leave nothing behind. Afterwards signals are what they were before.
 *
 * @throws what the work throws, if no signal has come.
 */
export async function stoppable<T>(work: (signal: AbortSignal) => Promise<T>, { process, clock }: Surroundings): Promise<Stoppable<T>> {
  const controller = new AbortController()
  let by: StopSignal | undefined
  let cancel = (): void => {}
  const givenUp = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => {
      cancel = clock.after(graceMs, resolve)
    })
  })
  const listeners = stopSignals.map((name) => {
    const heard = (): void => {
      by ??= name
      controller.abort(new Error(`stopped by ${name}`))
    }
    process.on(name, heard)
    return () => process.off(name, heard)
  })
  try {
    const value = await Promise.race([work(controller.signal), givenUp])
    return by === undefined ? { is: 'done', value: value as T } : { is: 'stopped', by }
  } catch (error) {
    if (by === undefined) throw error
    return { is: 'stopped', by }
  } finally {
    cancel()
    for (const stopListening of listeners) stopListening()
  }
}
