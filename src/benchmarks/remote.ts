import type { StepContext } from '../model/provisioner.ts'
import type { Server } from '../model/server.ts'

/** A command for the shell of an installed server. */
export interface RemoteCommand {
  /** What people call it: `disk`. */
  readonly name: string
  /** For `/bin/sh` on the server. */
  readonly script: string
  /** May be begun anew when the connection drops. */
  readonly repeatable: boolean
  /** It is stopped when it has printed nothing for so long, in milliseconds. */
  readonly silenceMs: number
}

/** What a command that ran to its end printed, and its exit code; texts are cut at a bound. */
export interface RemoteOutput {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** A shell on an installed server. */
export interface Remote {
  /**
   * Runs a command; each line that it prints goes to the server's log. An abort ends the command on the server, too.
   *
   * @throws MeasurementError if the connection is cut, or the command falls silent.
   */
  readonly run: (command: RemoteCommand, context: StepContext) => Promise<RemoteOutput>
}

/** Waits until a server that was just installed lets us in. */
export type Connect = (server: Server, context: StepContext) => Promise<Remote>
