import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { cutToBytes } from './log-text.ts'

const mostLines = 20
const mostBytes = 4096
const readAtMost = 8192

/** The last lines of a log: at most 20, at most 4 KiB with their line ends. */
export interface Tail {
  readonly add: (line: string) => void
  readonly lines: () => readonly string[]
}

/** @param earlier Lines that are in the file already. */
export function createTail(earlier: readonly string[]): Tail {
  const last = earlier.slice(-mostLines)
  return {
    add(line) {
      last.push(line)
      if (last.length > mostLines) last.shift()
    },
    lines() {
      const kept: string[] = []
      let total = 0
      // Asked for once, of a server that did not pass; added to with every line of every server.
      for (const line of last.toReversed()) {
        const whole = cutToBytes(line, mostBytes - 1)
        total += Buffer.byteLength(whole) + 1
        if (total > mostBytes) break
        kept.unshift(whole)
      }
      return kept
    },
  }
}

/** How a file ends that an earlier process may have written. */
export interface FileEnd {
  readonly lines: readonly string[]
  /** The last line was cut short: the process was killed while it wrote. */
  readonly isTorn: boolean
}

/**
 * Reads the last 8 KiB of a file; one that is not there is an empty one. Synchronous, so that a tail is right from the first moment.
 *
 * @throws what the file system throws.
 */
export function readEnd(path: string): FileEnd {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size === 0) return { lines: [], isTorn: false }
  const text = readFrom(path, Math.max(0, size - readAtMost))
  const isTorn = !text.endsWith('\n')
  const lines = (isTorn ? text : text.slice(0, -1)).split('\n')
  // What was read from the middle begins in the middle of a line.
  return { lines: size > readAtMost && lines.length > 1 ? lines.slice(1) : lines, isTorn }
}

function readFrom(path: string, start: number): string {
  const descriptor = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(readAtMost)
    return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, readAtMost, start))
  } finally {
    closeSync(descriptor)
  }
}
