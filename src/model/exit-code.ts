import type { StopSignal } from './event.ts'

/** What Jenkins, and everybody else, is told by the exit code. */
export const exitCodes = { passed: 0, failed: 1, usage: 2, incomplete: 3 } as const

/** The exit codes of a run that a signal has stopped. */
export const signalCodes: Record<StopSignal, number> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }
