import { stopSignals } from '../../model/event.ts'
import type { StopSignal } from '../../model/event.ts'
import { signalCodes } from '../../model/exit-code.ts'

/** What signals have said so far. */
export interface Signalled {
  /** Aborts at the first one. */
  readonly signal: AbortSignal
  readonly by: () => StopSignal | undefined
  readonly stopListening: () => void
}

/** Lets the first SIGTERM, SIGHUP or SIGINT end the rounds; a second SIGINT leaves at once. */
export function listenForStop(process: Pick<NodeJS.Process, 'on' | 'off' | 'exit'>): Signalled {
  const controller = new AbortController()
  let by: StopSignal | undefined
  let interrupts = 0
  const listening = stopSignals.map((name) => {
    const heard = (): void => {
      if (name === 'SIGINT' && ++interrupts > 1) process.exit(signalCodes.SIGINT)
      by ??= name
      controller.abort()
    }
    process.on(name, heard)
    return () => process.off(name, heard)
  })
  return {
    signal: controller.signal,
    by: () => by,
    stopListening() {
      for (const stop of listening) stop()
    },
  }
}
