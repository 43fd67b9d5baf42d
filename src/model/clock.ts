/** Time as the core sees it. Enters by parameter, so that tests can run a night in a millisecond. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  readonly now: () => number
  /** Milliseconds of a clock that never goes back; for durations. */
  readonly elapsed: () => number
  /** Calls `call` once after `ms` milliseconds; the answer calls it off. */
  readonly after: (ms: number, call: () => void) => () => void
}

/** The longest time that a timer of the platform can wait; longer ones would fire at once. */
const longestTimerMs = 2 ** 31 - 1

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, call) {
    let timer: ReturnType<typeof setTimeout>
    const wait = (left: number): void => {
      timer = setTimeout(() => (left > longestTimerMs ? wait(left - longestTimerMs) : call()), Math.min(left, longestTimerMs))
    }
    wait(Math.max(0, ms))
    return () => clearTimeout(timer)
  },
}
