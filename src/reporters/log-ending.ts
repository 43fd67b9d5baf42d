import type { Clock } from '../model/clock.ts'
import { openLogFile } from './log-file.ts'
import type { LogFormat } from './log-line.ts'
import { fileLine } from './log-line.ts'
import type { FileEnd } from './log-tail.ts'
import { createTail, readEnd } from './log-tail.ts'

/** A log file that knows its last lines. */
export interface EndingFile {
  readonly write: (line: string) => void
  readonly tail: () => readonly string[]
  readonly close: () => void
}

interface EndingFileOptions {
  readonly path: string
  /** Whether nobody has written the file before. */
  readonly isNew: boolean
  readonly format: LogFormat
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

/** Goes on where an earlier process may have stopped writing. Never throws. */
export function openEndingFile({ path, isNew, format, clock, onError }: EndingFileOptions): EndingFile {
  const { lines, isTorn } = readEndOr({ lines: [], isTorn: false })
  const tail = createTail(lines)
  const file = openLogFile({
    path,
    clock,
    isTorn,
    onError,
    missing: (left) => fileLine({ at: clock.now(), level: 'warn', message: `${left} lines are missing near here: they could not be written` }, format),
  })

  function readEndOr(none: FileEnd): FileEnd {
    try {
      return isNew ? none : readEnd(path)
    } catch (error) {
      onError(error)
      return none
    }
  }
  return {
    write(line) {
      tail.add(line)
      file.write(line)
    },
    tail: tail.lines,
    close: file.close,
  }
}
