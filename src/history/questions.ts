import type { PastServer } from '../model/past-run.ts'
import type { ServerId } from '../model/server.ts'
import type { Step } from '../model/step.ts'

/** Which part of the past is asked for. */
export interface LastAsked {
  readonly servers: readonly ServerId[]
  /** How many values at most, of each. */
  readonly last: number
  /** Only runs that started before; ISO 8601. */
  readonly before?: string
}

/** What servers measured in the last runs in which they passed: by server and metric, the oldest first. */
export type LastValues = ReadonlyMap<ServerId, Readonly<Record<string, readonly number[]>>>

/** What the steps of servers took in the last runs in which they passed, in milliseconds, the oldest first. */
export type LastSteps = ReadonlyMap<ServerId, Readonly<Partial<Record<Step, readonly number[]>>>>

/** What can be asked of a history. Nothing of it is ever more than what the files say. */
export interface Questions {
  readonly lastValues: (asked: LastAsked) => LastValues
  readonly lastSteps: (asked: LastAsked) => LastSteps
  /** What became of a server, in the order of the runs. */
  readonly serverIn: (server: string, since?: number) => readonly { readonly startedAt: number; readonly run: string; readonly server: PastServer }[]
  /** To be called in the end: the engine is not collected by itself. */
  readonly close: () => void
}
