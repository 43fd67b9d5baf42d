import type { Metrics } from './metrics.ts'
import type { Installed, Server } from './server.ts'

export const logLevels = ['error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof logLevels)[number]

/** What an adapter is given with each call. */
export interface StepContext {
  /** Aborts at the step's time limit, or when the run is stopped: settle soon, and leave the server so that it can be destroyed. */
  readonly signal: AbortSignal
  /** One line to this server's log, and to no other's. */
  readonly log: (message: string, level?: LogLevel) => void
  /** 1 for the first try. */
  readonly attempt: number
  /** Names one operation. The same key again means: the answer was lost, do not begin it twice. */
  readonly idempotencyKey: string
  /** What `install` answered, also where an earlier process installed. */
  readonly installed?: Installed
  /** Which of the run's installs of this server the step finds on it: 1 for the first. */
  readonly installNumber?: number
  /**
   * For `destroy` and `release`: the install that was asked for last, if nobody knows what became of it, since it was given up or its process has
   * died. It may still be on its way; where it could begin after the wipe, it is to be settled first.
   */
  readonly inDoubt?: { readonly os: string; readonly idempotencyKey: string }
  /**
   * For `destroy`: why the server will be marked as broken next. Between the two nobody may take it; where the provisioner would hand a
   * clean server on at once, it is to be held back.
   */
  readonly markFollows?: string
  /** How long this call may take to settle once `signal` has aborted, in milliseconds; what settles later is ignored. */
  readonly graceMs?: number
  /**
   * No new server is started until this call has settled, and what follows from its result is known. To be called when something
   * has happened that may be the first sign of the run being stopped from outside.
   */
  readonly holdStarts?: () => void
}

/**
 * The system that installs and wipes machines.
 *
 * It keeps nothing between calls that another process would need: `destroy` may come from another process than `install` did.
 * What it throws says whose fault it was: one of the exported error classes; a plain `Error` is the server's.
 */
export interface Provisioner {
  readonly name: string
  /** Leaves the server freshly installed, from any state that is ours. */
  install(server: Server, os: string, context: StepContext): Promise<Installed | void>
  /** One number is the metric `score`. */
  benchmark?(server: Server, context: StepContext): Promise<number | Metrics>
  /** Brings the server back to its clean state. Passes when it already is; cancels, or waits for, an install that nobody waits for any more. */
  destroy(server: Server, context: StepContext): Promise<void>
  /** Takes the server out of the pool. Passes when this run has marked it already. */
  markAsBroken(server: Server, reason: string, context: StepContext): Promise<void>
  /** Credentials and reachability, before any server is touched. */
  check?(context: Pick<StepContext, 'signal' | 'log'>): Promise<void>
  /** All servers that the provisioner has. */
  list?(context: Pick<StepContext, 'signal' | 'log'>): AsyncIterable<Server & { readonly state: 'clean' | 'installed' | 'broken' }>
  /**
   * Undoes `markAsBroken`, and no mark of anybody else: those are a ServerNotOursError. Where the provisioner can tell that the server
   * is not clean, it is a RequestRefusedError, unless `asIs`.
   */
  clearMark?(server: Server, context: StepContext & { readonly asIs?: boolean }): Promise<void>
  /**
   * Lets go of a server that the run is through with and leaves as it is, so that another run may take it; and of nothing that is not this
   * run's, for it is also called where the server turned out to be somebody else's. Neither a wipe nor a mark of it is due any more. The run
   * may still come back: to wipe it, to mark it, or to install it anew. What it throws is told, and fails nothing.
   */
  release?(server: Server, context: Pick<StepContext, 'signal' | 'log' | 'idempotencyKey' | 'inDoubt'>): Promise<void>
  close?(): Promise<void>
}

/** A way to measure an installed server. */
export interface Benchmark {
  readonly name: string
  run(server: Server, context: StepContext): Promise<number | Metrics>
  /** Whether it can measure from here, before any server is touched. */
  check?(context: Pick<StepContext, 'signal' | 'log'>): Promise<void>
  close?(): Promise<void>
}
