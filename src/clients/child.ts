import type { ChildProcessByStdio } from 'node:child_process'
import { spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { setImmediate as othersTurn } from 'node:timers/promises'
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
  /** Is called for each piece of output, whether it has a whole line in it or not. */
  readonly onOutput?: () => void
  /** Is given the child's input, as soon as it has one; without it, the child has none. */
  readonly onInput?: (input: ChildInput) => void
  readonly clock: Clock
}

/** What a child reads. What is written to one that reads no more is lost. */
export interface ChildInput {
  readonly write: (text: string) => void
  readonly end: () => void
}

type Child = ChildProcessByStdio<Writable | null, Readable, Readable>

/** How long output is waited for that others still hold open when the child has ended: those behind a pipe have a last line to write. */
const quietMs = 1000
/** As long as more of it comes, but no longer than this. */
const drainMs = 5000
/** How long those have to end whom a child has left behind. */
const leftBehindMs = 2000

/**
 * Runs a child to its end, in a process group of its own and without a terminal. What it has started ends with it, and output that
 * somebody outside of its group holds open is not waited for. Never rejects.
 */
export async function runChild(command: Command, { signal, killAfterMs, onLine, onOutput, onInput, clock }: ChildOptions): Promise<Ran> {
  const child = start(command, onInput ? 'pipe' : 'ignore')
  if (child instanceof Error) return { end: { is: 'not started', error: child }, leftBehind: false }
  const ended = endOf(child)
  const output = listen(child, { onLine, ...(onOutput && { onOutput }) }, clock)
  if (child.pid === undefined) return { end: await ended, leftBehind: false }
  const group = processGroup(child.pid, clock)
  const abort = (): void => group.end(killAfterMs)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort)
  if (child.stdin) onInput?.(inputOf(child.stdin))
  const end = await ended

  await output.drain()
  const leftBehind = await group.clear(Math.min(leftBehindMs, killAfterMs))
  signal.removeEventListener('abort', abort)
  if (leftBehind) await output.drain()
  output.stop()
  child.stdin?.destroy()
  return { end, leftBehind }
}

/** Some of what keeps a program from being started is thrown, the rest is an event. */
function start({ file, args, directory, env }: Command, input: 'pipe' | 'ignore'): Child | NodeJS.ErrnoException {
  try {
    return spawn(file, args, { cwd: directory, env: { ...env }, stdio: [input, 'pipe', 'pipe'], detached: true, shell: false }) as Child
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

function inputOf(stdin: Writable): ChildInput {
  stdin.on('error', () => {})
  return {
    write(text) {
      if (stdin.writable) stdin.write(text)
    },
    end() {
      // Each further end would make an error.
      if (!stdin.writableEnded) stdin.end()
    },
  }
}

/** What a child and those it has started print, until it is read no more. */
interface Output {
  /** Resolves when all of it is read, or nothing has come for a while. */
  readonly drain: () => Promise<void>
  /** Reads no more, and tells what has come of a last line. */
  readonly stop: () => void
}

function listen(child: Child, { onLine, onOutput = () => {} }: Pick<ChildOptions, 'onLine' | 'onOutput'>, clock: Clock): Output {
  const heard = { pieces: 0, isClosed: false }
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => {
      heard.isClosed = true
      resolve()
    })
  })
  const stops = (['stdout', 'stderr'] as const).map((from) => {
    const lines = splitLines((line) => onLine(line, from))
    const stream = child[from].setEncoding('utf8').on('error', () => {})
    const read = (text: string): void => {
      heard.pieces++
      lines.add(text)
      onOutput()
      // One piece at a time: others have their turn in between, and a child that prints faster than its lines are dealt with waits.
      stream.pause()
      setImmediate(() => stream.resume())
    }
    stream.on('data', read)
    return () => {
      stream.off('data', read).destroy()
      lines.end()
    }
  })
  return {
    async drain() {
      const until = clock.elapsed() + drainMs
      for (let before = -1; !heard.isClosed && heard.pieces !== before && clock.elapsed() < until; ) {
        before = heard.pieces
        await within(quietMs, closed, clock)
        // A process that was busy hears of the time before it hears of what has come meanwhile.
        await othersTurn()
      }
    },
    stop() {
      for (const stop of stops) stop()
    },
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
