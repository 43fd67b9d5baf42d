import { stopSignals } from '../../model/event.ts'
import type { StopSignal } from '../../model/event.ts'
import { signalCodes } from '../../model/exit-code.ts'
import type { OutputStream } from '../../reporters/console-stream.ts'

/** Whether the rounds are to end. */
export interface Signalled {
  /** Aborts at the first signal, and when nobody reads any more. */
  readonly signal: AbortSignal
  /** Which signal came first; nothing if none did. */
  readonly by: () => StopSignal | undefined
  readonly stopListening: () => void
}

/** Lets the first SIGTERM, SIGHUP or SIGINT end the rounds, and a reader who has gone (`| head`); a second SIGINT leaves at once. */
export function listenForStop(process: Pick<NodeJS.Process, 'on' | 'off' | 'exit'>, stdout: Pick<OutputStream, 'on'>): Signalled {
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
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') controller.abort()
  })
  return {
    signal: controller.signal,
    by: () => by,
    stopListening() {
      for (const stop of listening) stop()
    },
  }
}
