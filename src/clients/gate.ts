/**
 * Lets so many pieces of work go on at once; the others wait for their turn, in order, but for urgent ones, which go before all others.
 * One whose signal aborts while it waits never begins.
 */
export type Gate = <T>(work: () => Promise<T>, signal: AbortSignal, urgency?: 'urgent') => Promise<T>

/** @param most How many may go on at once. */
export function createGate(most: number): Gate {
  const urgent = new Set<() => void>()
  const ordinary = new Set<() => void>()
  let inside = 0

  function turn(signal: AbortSignal, waiting: Set<() => void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = (): void => {
        waiting.delete(enter)
        reject(signal.reason as Error)
      }
      waiting.add(enter)
      signal.addEventListener('abort', leave, { once: true })
    })
  }
  function handOn(): void {
    const waiting = urgent.size > 0 ? urgent : ordinary
    const [next] = waiting
    if (!next) {
      inside--
      return
    }
    waiting.delete(next)
    next()
  }
  return async (work, signal, urgency) => {
    signal.throwIfAborted()
    if (inside < most) inside++
    else await turn(signal, urgency === 'urgent' ? urgent : ordinary)
    try {
      return await work()
    } finally {
      handOn()
    }
  }
}
