import type { ChildProcessByStdio } from 'node:child_process'
import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { Clock } from '../model/clock.ts'
import { splitLines } from './lines.ts'
import { processGroup } from './process-group.ts'

/** What to start: a program and its arguments, without a shell. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly directory: string
  /** All of the child's environment. */
  readonly env: Readonly<NodeJS.ProcessEnv>
}

/** How a child ended, or that it could not be started. */
export type ChildEnd =
  | { readonly is: 'exited'; readonly code: number }
  | { readonly is: 'killed'; readonly signal: NodeJS.Signals }
  | { readonly is: 'not started'; readonly error: NodeJS.ErrnoException }

export interface Ran {
  readonly end: ChildEnd
  /** Whether it left processes of its group behind, which then were ended. */
  readonly leftBehind: boolean
}

export interface ChildOptions {
  /** Ends the child, and all it has started. */
  readonly signal: AbortSignal
  /** How long the child may take to end when it is asked to, in milliseconds. */
  readonly killAfterMs: number
  /** Hears each line of output as it comes; long ones are cut. */
  readonly onLine: (line: string, from: 'stdout' | 'stderr') => void
  readonly clock: Clock
}

type Child = ChildProcessByStdio<null, Readable, Readable>

/** How long output is waited for that others still hold open when the child has ended: those behind a pipe have a last line to write. */
const drainMs = 1000
/** How long those have to end whom a child has left behind. */
const leftBehindMs = 2000

/**
 * Runs a child to its end, in a process group of its own and without input. What it has started ends with it, and output that
 * somebody outside of its group holds open is not waited for. Never rejects.
 */
export async function runChild(command: Command, { signal, killAfterMs, onLine, clock }: ChildOptions): Promise<Ran> {
  const child = start(command)
  if (child instanceof Error) return { end: { is: 'not started', error: child }, leftBehind: false }
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const ended = endOf(child)
  const stopListening = listen(child, onLine)
  if (child.pid === undefined) return { end: await ended, leftBehind: false }
  const group = processGroup(child.pid, clock)
  const abort = (): void => group.end(killAfterMs)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort)
  const end = await ended

  await within(drainMs, closed, clock)
  const leftBehind = await group.clear(Math.min(leftBehindMs, killAfterMs))
  signal.removeEventListener('abort', abort)
  if (leftBehind) await within(drainMs, closed, clock)
  stopListening()
  return { end, leftBehind }
}

/** Some of what keeps a program from being started is thrown, the rest is an event. */
function start({ file, args, directory, env }: Command): Child | NodeJS.ErrnoException {
  try {
    return spawn(file, args, { cwd: directory, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true, shell: false })
  } catch (error) {
    return error as NodeJS.ErrnoException
  }
}

function endOf(child: Child): Promise<ChildEnd> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ is: 'not started', error }))
    child.once('exit', (code, signal) => resolve(signal === null ? { is: 'exited', code: code ?? 0 } : { is: 'killed', signal }))
  })
}

/** The answer reads no more, and tells what has come of a last line. */
function listen(child: Child, onLine: ChildOptions['onLine']): () => void {
  const stops = (['stdout', 'stderr'] as const).map((from) => {
    const lines = splitLines((line) => onLine(line, from))
    const stream = child[from].setEncoding('utf8').on('data', lines.add).on('error', () => {})
    return () => {
      stream.off('data', lines.add).destroy()
      lines.end()
    }
  })
  return () => {
    for (const stop of stops) stop()
  }
}

/** Waits for something, but no longer than so many milliseconds. */
async function within(ms: number, event: Promise<void>, clock: Clock): Promise<void> {
  let cancel = (): void => {}
  const tooLong = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve)
  })
  await Promise.race([event, tooLong])
  cancel()
}
