import { connect } from 'node:net'
import type { Clock } from '../model/clock.ts'

export interface TcpOptions {
  /** How long the answer may take, in milliseconds. */
  readonly limitMs: number
  readonly signal: AbortSignal
  readonly clock: Clock
}

/**
 * Opens a connection and closes it again.
 *
 * @returns Why there is none, as a code of the system; nothing if somebody listens. An abort is told as one.
 */
export function whyNoTcp(host: string, port: number, { limitMs, signal, clock }: TcpOptions): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const over = (why?: string): void => {
      cancel()
      signal.removeEventListener('abort', abort)
      socket.destroy()
      resolve(why)
    }
    const abort = (): void => over('ABORT_ERR')
    const cancel = clock.after(limitMs, () => over('ETIMEDOUT'))
    signal.addEventListener('abort', abort)
    socket.once('connect', () => over())
    socket.on('error', (error) => over(codeOf(error)))
    if (signal.aborted) abort()
  })
}

/** A name with several addresses fails with one error for each. */
function codeOf(error: NodeJS.ErrnoException): string {
  if (error instanceof AggregateError) return codeOf((error.errors as NodeJS.ErrnoException[])[0] ?? new Error('no address'))
  return error.code ?? error.message
}
