import { randomBytes } from 'node:crypto'
import type { ChildInput } from '../clients/child.ts'
import { runChild } from '../clients/child.ts'
import { sshArguments } from './ssh-arguments.ts'
import type { SshAnswer } from './ssh-call.ts'
import { quiet } from './ssh-call.ts'
import type { Login } from './ssh-ready.ts'
import type { Begun } from './ssh-script.ts'
import { commandFor, markOf, wrapScript } from './ssh-script.ts'

/** How a script on a server ended. Of one that was not seen to end, `begun` tells how to find it. */
export type ScriptEnd =
  | { readonly is: 'ended'; readonly exitCode: number }
  | { readonly is: 'not begun'; readonly answer: SshAnswer }
  | { readonly is: 'cut'; readonly begun: Begun; readonly said: string; readonly byKill: boolean }
  | { readonly is: 'silent'; readonly begun: Begun | undefined }
  | { readonly is: 'aborted'; readonly begun: Begun | undefined }

export interface Script {
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
const beats = 8
const mostNoise = 50

/** Runs a script on a server that has let us in before, over one connection. Never rejects. */
export async function runScript({ target, hostKeys, program: { clock, env } }: Login, deadSeconds: number, script: Script): Promise<ScriptEnd> {
  const nonce = randomBytes(12).toString('hex')
  const text = wrapScript(script.text, { nonce, deadSeconds })
  const noise = { stdout: [] as string[], stderr: [] as string[] }
  const isOpen = { stdout: false, stderr: false }
  const isBlankHeld = { stdout: false, stderr: false }
  const client = new AbortController()
  // What ssh itself says of a cut comes last.
  let lastError = ''
  let input: ChildInput | undefined
  let begun: Begun | undefined
  let exitCode: number | undefined
  let because: 'silent' | 'aborted' | 'too long' | undefined
  let cancelSilence = clock.after(beginMs, () => stop('too long'))
  let cancelLeave = (): void => {}
  let cancelBeat = (): void => {}

  function leaveWithin(ms: number): void {
    input?.end()
    cancelSilence()
    cancelBeat()
    cancelLeave()
    cancelLeave = clock.after(ms, () => client.abort())
  }
  function stop(why: 'silent' | 'aborted' | 'too long'): void {
    if (because !== undefined || exitCode !== undefined) return
    because = why
    leaveWithin(begun ? script.endMs : 0)
  }
  function beat(): void {
    cancelBeat = clock.after((deadSeconds * 1000) / beats, () => {
      input?.write('.')
      beat()
    })
  }
  function hear(line: string, from: 'stdout' | 'stderr'): void {
    const mark = markOf(line, nonce)
    if (from === 'stderr' && !mark && line.trim() !== '') lastError = line
    if (mark?.is === 'begun') {
      isOpen[from] = true
      begun = mark.begun
    } else if (mark?.is === 'ended') {
      isOpen[from] = false
      // The wrapper has put an empty line before it.
      isBlankHeld[from] = false
      exitCode ??= mark.exitCode
      leaveWithin(leaveMs)
    } else if (isOpen[from]) say(line, from)
    else if (noise[from].push(line) > mostNoise) noise[from].shift()
    if (because === undefined && exitCode === undefined && begun) {
      cancelSilence()
      cancelSilence = clock.after(script.silenceMs, () => stop('silent'))
    }
  }
  function say(line: string, from: 'stdout' | 'stderr'): void {
    if (isBlankHeld[from]) script.onLine('', from)
    isBlankHeld[from] = line === ''
    if (line !== '') script.onLine(line, from)
  }

  const abort = (): void => stop('aborted')
  script.signal.addEventListener('abort', abort)
  if (script.signal.aborted) abort()
  const { end } = await runChild(
    { file: 'ssh', args: sshArguments(target, hostKeys.strict, [commandFor(text)]), directory: hostKeys.directory, env: quiet(env) },
    {
      signal: client.signal,
      killAfterMs,
      clock,
      onLine: hear,
      onInput(given) {
        input = given
        given.write(text)
        beat()
      },
    },
  )
  script.signal.removeEventListener('abort', abort)
  for (const cancel of [cancelSilence, cancelBeat, cancelLeave]) cancel()

  if (because === 'aborted' || because === 'silent') return { is: because, begun: exitCode === undefined ? begun : undefined }
  if (exitCode !== undefined) return { is: 'ended', exitCode }
  if (!begun) return { is: 'not begun', answer: { end, ...noise, tooLong: because === 'too long' } }
  return { is: 'cut', begun, said: lastError.trim(), byKill: end.is === 'killed' || lastError.startsWith('Killed by signal') }
}
