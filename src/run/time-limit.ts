import type { Clock } from '../model/clock.ts'
import { formatDuration } from '../model/duration.ts'
import { StepTimeoutError } from '../model/fault.ts'
import type { Stop } from './stop.ts'

/** Why a step's signal has aborted; the first cause stands. */
export type AbortCause = 'limit' | 'stop'

/** How a piece of work ended, and whether its signal had aborted by then. */
export type Settled<T> =
  | { readonly is: 'done'; readonly value: T; readonly aborted: AbortCause | undefined }
  | { readonly is: 'thrown'; readonly error: unknown; readonly aborted: AbortCause | undefined }
  | { readonly is: 'left behind'; readonly aborted: AbortCause }

/** The time that a step has, all its tries together. */
export interface TimeLimit {
  readonly signal: AbortSignal
  readonly aborted: () => AbortCause | undefined
  /** Waits for the work, but after an abort only for the grace. Never rejects. */
  readonly settle: <T>(work: Promise<T>) => Promise<Settled<T>>
  /** Waits; an abort cuts it short. */
  readonly pause: (ms: number) => Promise<void>
  /** Lets go of timers and listeners. */
  readonly end: () => void
}

export interface Limits {
  readonly limitMs: number
  readonly graceMs: number
  readonly clock: Clock
  /** Absent for work that hears no stop. */
  readonly stop?: Stop | undefined
}

/** The reason that a signal carries when the run is stopped. */
class RunStopped extends Error {
  override readonly name = 'AbortError'
}

/** Starts the time of a step. One controller for each: nothing is left hanging on the run's long-lived stop. */
export function startTimeLimit({ limitMs, graceMs, clock, stop }: Limits): TimeLimit {
  const controller = new AbortController()
  const onAbort = new Set<(by: AbortCause) => void>()
  let cause: AbortCause | undefined
  const abort = (by: AbortCause, reason: Error): void => {
    if (cause) return
    cause = by
    controller.abort(reason)
    for (const heard of onAbort) heard(by)
  }
  const cancelTimer = clock.after(limitMs, () => abort('limit', new StepTimeoutError(`timed out after ${formatDuration(limitMs)}`)))
  const stopListening = stop?.onRequest(({ text }) => abort('stop', new RunStopped(text)))

  const settle = <T>(work: Promise<T>): Promise<Settled<T>> =>
    new Promise((resolve) => {
      let cancelGrace = (): void => {}
      const waitForGrace = (aborted: AbortCause): void => {
        cancelGrace = clock.after(graceMs, () => finish({ is: 'left behind', aborted }))
      }
      const finish = (settled: Settled<T>): void => {
        onAbort.delete(waitForGrace)
        cancelGrace()
        resolve(settled)
      }
      if (cause) waitForGrace(cause)
      else onAbort.add(waitForGrace)
      work.then(
        (value) => finish({ is: 'done', value, aborted: cause }),
        (error: unknown) => finish({ is: 'thrown', error, aborted: cause }),
      )
    })

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (cause) {
        resolve()
        return
      }
      const over = (): void => {
        cancel()
        onAbort.delete(over)
        resolve()
      }
      const cancel = clock.after(ms, over)
      onAbort.add(over)
    })

  return {
    signal: controller.signal,
    aborted: () => cause,
    settle,
    pause,
    end() {
      cancelTimer()
      stopListening?.()
    },
  }
}
