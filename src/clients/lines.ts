/** The longest line that is kept, in characters. Longer than any log shows, so that secrets are redacted before a line is cut to what is shown. */
export const longestLine = 256 * 1024

const cutNote = `... (cut after ${longestLine / 1024} KiB)`

/** Puts a text that comes in pieces together to lines. */
export interface LineSplitter {
  readonly add: (text: string) => void
  /** Tells the last line, if it has no line break. */
  readonly end: () => void
}

/**
 * Tells each line as soon as it is whole, without its line break: `\n`, `\r\n`, or the `\r` of a progress bar. A line that gets
 * too long is told at once, cut and with a note; what it has besides is dropped, so that a line without end takes no memory.
 */
export function splitLines(onLine: (line: string) => void): LineSplitter {
  let kept = ''
  let isCut = false
  let isAfterReturn = false

  function append(piece: string): void {
    if (isCut) return
    const isTooLong = kept.length + piece.length > longestLine
    kept += isTooLong ? piece.slice(0, longestLine - kept.length) : piece
    if (!isTooLong) return
    isCut = true
    onLine(`${kept.toWellFormed()}${cutNote}`)
    kept = ''
  }
  function finish(): void {
    if (!isCut) onLine(kept)
    kept = ''
    isCut = false
  }
  return {
    add(text) {
      if (text === '') return
      const rest = isAfterReturn && text.startsWith('\n') ? text.slice(1) : text
      isAfterReturn = text.endsWith('\r')
      const pieces = rest.split(/\r\n?|\n/)
      for (const [index, piece] of pieces.entries()) {
        append(piece)
        if (index < pieces.length - 1) finish()
      }
    },
    end() {
      if (kept !== '') finish()
    },
  }
}
