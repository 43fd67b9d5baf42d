import type { Begun } from './ssh-script.ts'
import { markOf } from './ssh-script.ts'

type From = 'stdout' | 'stderr'

/** What ssh prints while it runs a wrapped script: that of the script told apart from that of the wrapper, of a login shell, and of ssh. */
export interface Hearing {
  readonly add: (line: string, from: From) => void
  /** Of a script that has begun. */
  readonly begun: () => Begun | undefined
  /** Of a script that has ended. */
  readonly exitCode: () => number | undefined
  /** What was printed before the script began. */
  readonly before: Readonly<Record<From, readonly string[]>>
  /** The last that came over stderr: where a connection is cut, ssh's own words. */
  readonly lastError: () => string
}

const mostBefore = 50

/** @param onLine Hears each line of the script. */
export function hearScript(nonce: string, onLine: (line: string, from: From) => void): Hearing {
  const before = { stdout: [] as string[], stderr: [] as string[] }
  const isOpen = { stdout: false, stderr: false }
  const isBlankHeld = { stdout: false, stderr: false }
  let lastError = ''
  let begun: Begun | undefined
  let exitCode: number | undefined

  /** The wrapper puts a line break before its last mark: an empty line is told when another one follows. */
  function say(line: string, from: From): void {
    if (isBlankHeld[from]) onLine('', from)
    isBlankHeld[from] = line === ''
    if (line !== '') onLine(line, from)
  }
  return {
    before,
    begun: () => begun,
    exitCode: () => exitCode,
    lastError: () => lastError,
    add(line, from) {
      const mark = markOf(line, nonce)
      if (mark?.is === 'begun') {
        isOpen[from] = true
        begun = mark.begun
      } else if (mark?.is === 'ended') {
        isOpen[from] = false
        exitCode ??= mark.exitCode
      } else {
        if (from === 'stderr' && line.trim() !== '') lastError = line
        if (isOpen[from]) say(line, from)
        else if (before[from].push(line) > mostBefore) before[from].shift()
      }
    },
  }
}
