import { stopSignals } from '../model/event.ts'
import type { Stop } from '../run/stop.ts'

export interface SignalsOptions {
  readonly process: Pick<NodeJS.Process, 'on' | 'off'>
  readonly stop: Stop
  /** A signal came again: what is being wiped goes on. */
  readonly onAgain: (signal: string) => void
  /** A second SIGINT: somebody at a terminal wants to leave at once. */
  readonly onLeave: () => void
}

/**
 * Lets the first SIGTERM, SIGHUP or SIGINT stop the run. Jenkins sends SIGTERM several times, so further ones are only told of;
 * the second SIGINT leaves.
 *
 * @returns Stops listening.
 */
export function listenToSignals({ process, stop, onAgain, onLeave }: SignalsOptions): () => void {
  let interrupts = 0
  const listeners = stopSignals.map((signal) => {
    const heard = (): void => {
      if (signal === 'SIGINT' && ++interrupts > 1) onLeave()
      else if (stop.reason?.because === 'signal') onAgain(signal)
      else stop.request({ because: 'signal', signal, text: `the run was stopped by ${signal}` })
    }
    process.on(signal, heard)
    return () => process.off(signal, heard)
  })
  return () => {
    for (const stopListening of listeners) stopListening()
  }
}
