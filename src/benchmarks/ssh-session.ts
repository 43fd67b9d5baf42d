import { randomBytes } from 'node:crypto'
import type { ChildInput } from '../clients/child.ts'
import { runChild } from '../clients/child.ts'
import type { Clock } from '../model/clock.ts'
import { sshArguments } from './ssh-arguments.ts'
import type { SshAnswer } from './ssh-call.ts'
import { quiet } from './ssh-call.ts'
import { hearScript } from './ssh-hearing.ts'
import type { Login } from './ssh-ready.ts'
import { cutOf } from './ssh-said.ts'
import type { Begun } from './ssh-script.ts'
import { commandFor, wrapScript } from './ssh-script.ts'

/** How a script on a server ended. Of one that was not seen to end, `begun` tells how to find it. */
export type ScriptEnd =
  | { readonly is: 'ended'; readonly exitCode: number }
  | { readonly is: 'not begun'; readonly answer: SshAnswer }
  /** Without `said`, somebody has ended ssh. */
  | { readonly is: 'cut'; readonly begun: Begun; readonly said: string | undefined }
  | { readonly is: 'silent'; readonly begun: Begun | undefined }
  | { readonly is: 'aborted'; readonly begun: Begun | undefined }

export interface Script {
  /** Names all scripts for one server of one run. */
  readonly owner: string
  readonly text: string
  readonly silenceMs: number
  /** Ends the script, too. */
  readonly signal: AbortSignal
  /** How long the script may take to end when it is asked to, in milliseconds. */
  readonly endMs: number
  readonly onLine: (line: string, from: 'stdout' | 'stderr') => void
}

/** How long ssh may take to have a script begin, and to leave after its end. */
const beginMs = 60_000
const leaveMs = 5000
const killAfterMs = 500
/** So many signs of life are sent in the time after which a script on the server takes us for dead. */
const beatsBeforeDeath = 8

/** Runs a script on a server that has let us in before, over one connection. Never rejects. */
export async function runScript({ target, hostKeys, program: { clock, env } }: Login, deadSeconds: number, script: Script): Promise<ScriptEnd> {
  const nonce = randomBytes(12).toString('hex')
  const text = wrapScript(script.text, { nonce, owner: script.owner, deadSeconds })
  const hearing = hearScript(nonce, script.onLine)
  const client = new AbortController()
  const silence = timer(clock)
  const beats = timer(clock)
  const leaving = timer(clock)
  let input: ChildInput | undefined
  let because: 'silent' | 'aborted' | 'too long' | undefined

  /** The end of its input is what a script ends with; ssh, which then has nothing left to do, is ended if it takes too long over it. */
  function leaveWithin(ms: number): void {
    input?.end()
    silence.off()
    beats.off()
    leaving.set(ms, () => client.abort())
  }
  function stop(why: 'silent' | 'aborted' | 'too long'): void {
    if (because !== undefined || hearing.exitCode() !== undefined) return
    because = why
    leaveWithin(hearing.begun() ? script.endMs : 0)
  }
  function beat(): void {
    input?.write('.')
    beats.set((deadSeconds * 1000) / beatsBeforeDeath, beat)
  }
  function hear(line: string, from: 'stdout' | 'stderr'): void {
    hearing.add(line, from)
    if (because !== undefined) return
    if (hearing.exitCode() !== undefined) leaveWithin(leaveMs)
  }
  /** A row of dots is no silence. */
  function hearPiece(): void {
    if (because === undefined && hearing.begun() && hearing.exitCode() === undefined) silence.set(script.silenceMs, () => stop('silent'))
  }

  const abort = (): void => stop('aborted')
  silence.set(beginMs, () => stop('too long'))
  script.signal.addEventListener('abort', abort)
  if (script.signal.aborted) abort()
  const { end } = await runChild(
    { file: 'ssh', args: sshArguments(target, hostKeys.strict, [commandFor(text)]), directory: hostKeys.directory, env: quiet(env) },
    {
      signal: client.signal,
      killAfterMs,
      clock,
      onLine: hear,
      onOutput: hearPiece,
      onInput(given) {
        input = given
        given.write(text)
        beat()
      },
    },
  )
  script.signal.removeEventListener('abort', abort)
  for (const { off } of [silence, beats, leaving]) off()

  const [begun, exitCode] = [hearing.begun(), hearing.exitCode()]
  if (because === 'aborted' || because === 'silent') return { is: because, begun: exitCode === undefined ? begun : undefined }
  if (exitCode !== undefined) return { is: 'ended', exitCode }
  if (!begun) return { is: 'not begun', answer: { end, ...hearing.before, tooLong: because === 'too long' } }
  return { is: 'cut', begun, said: cutOf(hearing.lastError()) }
}

/** One call at a time that is put off again and again. */
function timer(clock: Clock): { readonly set: (ms: number, call: () => void) => void; readonly off: () => void } {
  let off = (): void => {}
  return {
    set(ms, call) {
      off()
      off = clock.after(ms, call)
    },
    off: () => off(),
  }
}
