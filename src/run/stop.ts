import type { StopCause, StopSignal } from '../model/event.ts'

/** Why what is under way is given up. */
export interface StopReason {
  /** In words, for the servers that are given up. */
  readonly text: string
  readonly because?: StopCause
  readonly signal?: StopSignal
  /** What exactly happened, where the cause alone does not tell. */
  readonly message?: string
}

/** The one stop of a process. What is to be given up hears it at once; wiping does not listen. */
export interface Stop {
  /** The first reason; it stands, but for a signal, which stands over any other. */
  readonly reason: StopReason | undefined
  readonly request: (reason: StopReason) => void
  /** Calls `heard`, now if the stop is already requested, and again if a signal comes after another reason; the answer stops listening. */
  readonly onRequest: (heard: (reason: StopReason) => void) => () => void
}

export function createStop(): Stop {
  const listeners = new Set<(reason: StopReason) => void>()
  let reason: StopReason | undefined
  return {
    get reason() {
      return reason
    },
    request(given) {
      if (reason && (given.because !== 'signal' || reason.because === 'signal')) return
      reason = given
      // Who begins to listen meanwhile has heard of it already.
      const before = [...listeners]
      for (const heard of before) if (listeners.has(heard)) heard(given)
    },
    onRequest(heard) {
      if (reason) heard(reason)
      listeners.add(heard)
      return () => listeners.delete(heard)
    },
  }
}
