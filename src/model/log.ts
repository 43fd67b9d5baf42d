import type { LogLevel } from './provisioner.ts'
import type { ServerId } from './server.ts'
import type { Step } from './step.ts'

/** The log of one server, from when a worker takes it up until it is through. Its messages are clean: one line each, no secrets. */
export interface ServerLog {
  readonly write: (level: LogLevel, step: Step | undefined, message: string) => void
  /** The last lines, as they stand in the file: at most 20, at most 4 KiB. */
  readonly tail: () => readonly string[]
  /** Resolves when every line is in the file, and no descriptor is open any more. Never rejects. */
  readonly close: () => Promise<void>
}

/** Where all lines of a run go: console, run.log, and a file for each server. */
export interface Logs {
  readonly open: (server: ServerId, worker: string) => ServerLog
  /** A line about the run as a whole. */
  readonly run: (level: LogLevel, message: string) => void
  /** What a step says after it has ended: to run.log only. */
  readonly late: (server: ServerId, step: Step, message: string) => void
}
