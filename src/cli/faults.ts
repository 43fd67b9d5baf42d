/**
 * Hears of what was thrown outside of any step: by a timer or a forgotten promise of a module, say. It would end the process, and
 * leave its machines unwiped; so it is told, as a problem of the run, and the run goes on.
 *
 * @returns Stops listening.
 */
export function listenToFaults(process: Pick<NodeJS.Process, 'on' | 'off'>, onFault: (fault: string) => void): () => void {
  const heard = (error: unknown): void => {
    onFault(`a fault outside of any step: ${shown(error)}`)
  }
  process.on('uncaughtException', heard)
  process.on('unhandledRejection', heard)
  return () => {
    process.off('uncaughtException', heard)
    process.off('unhandledRejection', heard)
  }
}

const framesShown = 2

/** The message, and where in the code it came from. Never throws, whatever was thrown: a fault of its own would end the process. */
function shown(thrown: unknown): string {
  try {
    return thrown instanceof Error && thrown.stack !== undefined ? thrown.stack.split('\n').slice(0, 1 + framesShown).join('\n') : String(thrown)
  } catch {
    return 'something that cannot be shown'
  }
}
