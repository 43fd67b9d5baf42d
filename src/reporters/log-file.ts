import { closeSync, constants, openSync, writeSync } from 'node:fs'
import type { Clock } from '../model/clock.ts'

/** A file that lines are appended to. */
export interface LogFile {
  /** Takes one line, without its line break. Never throws; after `close` it does nothing. */
  readonly write: (line: string) => void
  /** When it returns, every line is in the file and its descriptor closed. Never throws. */
  readonly close: () => void
}

/**
 * How long lines are collected before they are written, in milliseconds: handing a write to the system costs more than a line
 * does. A process that is killed loses at most these lines; what must survive is in the journal.
 */
const collectMs = 10
/** How much is collected at most, in UTF-16 units. */
const mostCollected = 64 * 1024

/** Something else in the place of a log, a pipe that nobody reads say, must not stop the run: it is an error. */
const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK

interface LogFileOptions {
  readonly path: string
  readonly clock: Pick<Clock, 'after'>
  /** Whether the file ends in the middle of a line. */
  readonly isTorn: boolean
  readonly onError: (error: unknown) => void
  /** The line that stands in the file near where lines are missing. */
  readonly missing: (lines: number) => string
}

/**
 * Opens the file with the first lines that are written. Lines are handed to the system at once (decision 0013).
 */
export function openLogFile({ path, clock, isTorn, onError, missing }: LogFileOptions): LogFile {
  let waiting: string[] = []
  let waitingLength = 0
  /** How many lines could not be written. */
  let left = 0
  let descriptor: number | undefined
  let cancelCollecting: (() => void) | undefined
  let isOpen = true

  function flush(): void {
    cancelCollecting?.()
    cancelCollecting = undefined
    if (waiting.length === 0) return
    const lines = waiting
    waiting = []
    waitingLength = 0
    try {
      descriptor ??= openSync(path, flags, 0o644)
      append(descriptor, left > 0 ? [missing(left), ...lines] : lines)
      left = 0
    } catch (error) {
      onError(error)
      left += lines.length
      shut()
    }
  }

  function append(file: number, lines: readonly string[]): void {
    const bytes = Buffer.from(`${isTorn ? '\n' : ''}${lines.join('\n')}\n`)
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(file, bytes, done)
      isTorn = bytes[done - 1] !== 0x0a
    }
  }

  function shut(): void {
    const held = descriptor
    descriptor = undefined
    try {
      if (held !== undefined) closeSync(held)
    } catch (error) {
      onError(error)
    }
  }

  return {
    write(line) {
      if (!isOpen) return
      waiting.push(line)
      waitingLength += line.length
      if (waitingLength > mostCollected) flush()
      else cancelCollecting ??= clock.after(collectMs, flush)
    },
    close() {
      if (!isOpen) return
      isOpen = false
      flush()
      shut()
    },
  }
}
