import { createHash } from 'node:crypto'
import { pause } from '../clients/pause.ts'
import { formatDuration } from '../model/duration.ts'
import { MeasurementError, ServerOperationError } from '../model/fault.ts'
import type { StepContext } from '../model/provisioner.ts'
import type { Remote, RemoteCommand, RemoteOutput } from './remote.ts'
import { sshArguments } from './ssh-arguments.ts'
import { callSsh } from './ssh-call.ts'
import { keepOutput } from './ssh-output.ts'
import type { Login } from './ssh-ready.ts'
import { waitForLogin } from './ssh-ready.ts'
import { refusalOf } from './ssh-said.ts'
import type { Begun } from './ssh-script.ts'
import { commandFor, endingScript } from './ssh-script.ts'
import type { ScriptEnd } from './ssh-session.ts'
import { runScript } from './ssh-session.ts'

/** How long things may take with a server that does not answer any more. */
export interface Patience {
  /** A command on the server that has heard nothing from here for so long is ended, in seconds. */
  readonly deadSeconds: number
  /** How long a connection that somebody has ended is not judged, in milliseconds. */
  readonly doubtMs: number
  /** The first pause after a connection that was turned away, in milliseconds; each further one is twice as long, up to 16 times. */
  readonly restMs: number
}

/** How often a command is begun anew: after its connection was cut, and where a server that lets us in has turned one connection away. */
function mostRepeats(end: ScriptEnd): number {
  return end.is === 'not begun' && !end.answer.tooLong ? 8 : 2
}
/** A call whose context does not say how long it may take to settle. */
const usualGraceMs = 10_000

/** A shell on a server that has let us in. */
export function remoteOver(login: Login, patience: Patience): Remote {
  return {
    async run(command, context) {
      const repeats = { cut: 0, 'not begun': 0 }
      for (;;) {
        const output = keepOutput(command.name, context.log)
        const end = await runOnce(login, patience, command, context, output.add)
        const kept = output.end()
        if (end.is === 'ended') return { exitCode: end.exitCode, ...kept } satisfies RemoteOutput
        const fault = await faultOf(end, { login, patience, command, context })
        if (!isCut(end, command) || repeats[end.is] === mostRepeats(end)) throw fault
        repeats[end.is]++
        context.log(`${fault.message}: it is begun anew`, 'warn')
        // Whoever turns away what comes too often, on the server or on the way, needs a moment.
        if (end.is === 'not begun') await pause(patience.restMs * Math.min(16, 2 ** (repeats[end.is] - 1)) * (1 + Math.random()), context.signal, login.program.clock)
        await loginAgain(login, context, fault)
        // Two of them at once would measure each other.
        if (end.is === 'cut' && !(await endThere(login, end.begun, context.signal))) throw fault
      }
    },
  }
}

function runOnce(login: Login, { deadSeconds }: Patience, { script, silenceMs }: RemoteCommand, { signal, idempotencyKey, graceMs = usualGraceMs }: StepContext, onLine: (line: string, from: 'stdout' | 'stderr') => void): Promise<ScriptEnd> {
  return runScript(login, deadSeconds, { text: script, owner: ownerOf(idempotencyKey), silenceMs, signal, endMs: graceMs * 0.4, onLine })
}

/** Run and server, which a key begins with, as letters and digits. */
function ownerOf(idempotencyKey: string): string {
  return createHash('sha256').update(idempotencyKey.split('/', 2).join('/')).digest('hex').slice(0, 24)
}

/** Whether beginning anew may help. What has not begun may always be begun. */
function isCut(end: ScriptEnd, { repeatable }: RemoteCommand): end is Extract<ScriptEnd, { is: 'cut' | 'not begun' }> {
  return end.is === 'not begun' || (end.is === 'cut' && repeatable)
}

interface Circumstances {
  readonly login: Login
  readonly patience: Patience
  readonly command: RemoteCommand
  readonly context: StepContext
}

/** @throws the reason of an abort. */
async function faultOf(end: Exclude<ScriptEnd, { is: 'ended' }>, { login, patience: { doubtMs }, command, context }: Circumstances): Promise<Error> {
  const { target, program } = login
  const { name, silenceMs } = command
  const { signal, log, holdStarts, graceMs = usualGraceMs } = context
  if (end.is === 'silent' || end.is === 'aborted') {
    const isGone = !end.begun || (await endThere(login, end.begun, undefined, graceMs / 4))
    if (!isGone) log(`it is not known whether ${name} has ended on ${target.address}`, 'warn')
    if (signal.aborted) throw signal.reason
    return new MeasurementError(`${name} printed nothing for ${formatDuration(silenceMs)}, and was stopped`)
  }
  if (signal.aborted) throw signal.reason
  if (end.is === 'not begun') {
    const { is, said } = refusalOf(end.answer, false)
    return new MeasurementError(is === 'host key' ? `the host key of ${target.address} has changed since the login: ${said}` : `${name} could not be begun on ${target.address}: ${said}`)
  }
  if (end.said === undefined) {
    log(`the ssh that runs ${name} was ended by somebody: it is not judged, a stop of the run may follow`, 'warn')
    holdStarts?.()
    await pause(doubtMs, signal, program.clock)
  }
  return new MeasurementError(`the connection to ${target.address} was cut while ${name} ran: ${end.said ?? 'the ssh that ran it was ended by somebody'}`)
}

/** A server that was there and does not come back was not measured: that is not judged by whether it answers. */
async function loginAgain(login: Login, context: StepContext, fault: Error): Promise<void> {
  try {
    await waitForLogin(login, context)
  } catch (error) {
    if (error instanceof ServerOperationError) throw new MeasurementError(`${fault.message}; ${error.message}`)
    throw error
  }
}

const endLimitMs = 15_000

/** Ends a script over a connection of its own; answers with whether it is gone. */
async function endThere({ target, hostKeys, program }: Login, begun: Begun, signal: AbortSignal = new AbortController().signal, limitMs = endLimitMs): Promise<boolean> {
  const text = endingScript(begun)
  const { stdout } = await callSsh(sshArguments(target, hostKeys.strict, [commandFor(text)]), { ...program, directory: hostKeys.directory }, {
    signal,
    limitMs: Math.min(limitMs, endLimitMs),
    onInput(input) {
      input.write(text)
      input.end()
    },
  })
  return stdout.includes('gone')
}
