import { said } from '../model/said.ts'
import type { Cleaner } from '../run/clean.ts'
import type { Stop } from '../run/stop.ts'

/**
 * Requests the stop when a signal aborts, now if it has already.
 *
 * @returns Stops listening.
 */
export function stopAtAbort(signal: AbortSignal, stop: Stop, clean: Pick<Cleaner, 'line'>): () => void {
  const aborted = (): void => {
    const message = clean.line(said(signal.reason))
    stop.request({ because: 'signal', text: `the run was stopped by a signal: ${message}`, message })
  }
  if (signal.aborted) aborted()
  else signal.addEventListener('abort', aborted, { once: true })
  return () => signal.removeEventListener('abort', aborted)
}
