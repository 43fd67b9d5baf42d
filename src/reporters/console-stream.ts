/** As much of `process.stdout` as is written to. */
export interface OutputStream {
  readonly write: (text: string) => unknown
  readonly on: (event: 'error', listener: (error: Error) => void) => unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  readonly rows?: number | undefined
}

/** A stream whose reader may go away. */
export interface Output {
  /** Never throws; writes nothing once the reader is gone. */
  readonly write: (text: string) => void
  /** In characters; what a terminal does not tell is taken for 80 by 24. */
  readonly size: () => { readonly columns: number; readonly rows: number }
}

/** Lets a closed pipe (`| head`), or a terminal that has gone, silence this stream and nothing else. */
export function guardStream(stream: OutputStream): Output {
  let isGone = false
  const silence = (): void => {
    isGone = true
  }
  // Kept for as long as the stream is: its error comes after the write that causes it.
  stream.on('error', silence)
  return {
    write(text) {
      if (isGone) return
      try {
        stream.write(text)
      } catch {
        silence()
      }
    },
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
  }
}
