import type { Clock } from '../model/clock.ts'

/** When the reports are written: never twice at once, and of themselves for no more than a twentieth of the time. */
export interface Schedule {
  /** Something has changed: write when it is time. */
  readonly soon: () => void
  /** Write now; if a write is under way, once more as soon as it is done. */
  readonly now: () => void
  /** Resolves when all that is known by now has been written. */
  readonly flush: () => Promise<void>
  /** Nothing is written any more. Resolves when a write that is under way is done. */
  readonly close: () => Promise<void>
}

const shortestPauseMs = 1000
/** After a write that took 1, a pause of 19: a twentieth. */
const pauseFactor = 19

/** @param write May not reject. Is told whether the content must outlive the machine: it was asked for, and not just due. */
export function openSchedule(write: (durable: boolean) => Promise<void>, clock: Pick<Clock, 'elapsed' | 'after'>): Schedule {
  let writing: Promise<void> | undefined
  let wanted: 'soon' | 'now' | undefined
  let callOff: (() => void) | undefined
  let notBefore = 0
  let isClosed = false

  const start = (durable: boolean): void => {
    callOff?.()
    callOff = undefined
    wanted = undefined
    const began = clock.elapsed()
    writing = write(durable).then(() => end(began))
  }
  const end = (began: number): void => {
    const ended = clock.elapsed()
    notBefore = ended + Math.max(shortestPauseMs, pauseFactor * (ended - began))
    writing = undefined
    if (wanted === 'now') start(true)
    else if (wanted === 'soon') soon()
  }
  const soon = (): void => {
    if (isClosed) return
    if (writing) wanted ??= 'soon'
    else callOff ??= clock.after(Math.max(0, notBefore - clock.elapsed()), () => start(false))
  }
  const now = (): void => {
    if (isClosed) return
    if (writing) wanted = 'now'
    else start(true)
  }
  const idle = async (): Promise<void> => writing?.then(idle)
  return {
    soon,
    now,
    flush() {
      now()
      return idle()
    },
    async close() {
      isClosed = true
      wanted = undefined
      callOff?.()
      await writing
    },
  }
}
