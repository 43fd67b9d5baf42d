import { isIP } from 'node:net'
import type { Check, Endpoint } from '../model/endpoint.ts'
import { DefectError } from '../model/fault.ts'
import type { Running } from './check.ts'
import { beginCheck } from './check.ts'
import type { CheckOptions } from './endpoint.ts'
import type { Looked } from './lookups.ts'
import { createLookups } from './lookups.ts'

export interface CheckAllOptions extends CheckOptions {
  /** How many are checked at once, at most; see `connectionsAtOnce`. */
  readonly concurrency: number
}

/** An endpoint that can be checked. */
interface Ready {
  readonly index: number
  readonly looked: Looked
}

/** So many are begun before answers are listened for: the time of a check runs from its beginning. */
const mostAtATime = 256
/** How long a machine that has no descriptor even for one check is left alone. */
const shortPauseMs = 50

/**
 * Checks each endpoint once; `onCheck` hears of each as it is known, in no order. Each name is looked up once. If this machine has no
 * descriptor left, fewer are checked at once, and those that met it are checked again.
 *
 * @throws what `onCheck` throws; DefectError if this machine has no descriptor for a single check, for longer than the limit; the
 * signal's reason if that aborts.
 */
export function checkAll(endpoints: readonly Endpoint[], options: CheckAllOptions, onCheck: (check: Check, endpoint: Endpoint, index: number) => void): Promise<void> {
  const { signal, clock, limitMs } = options
  return new Promise((resolve, reject) => {
    const lookups = createLookups(options)
    const running = new Map<number, Running>()
    const ready: Ready[] = []
    let most = options.concurrency
    let isOver = false
    let seen = 0
    let left = endpoints.length
    let shortSince: number | undefined
    let cancelPause: (() => void) | undefined

    const end = (settle: () => void): void => {
      signal.removeEventListener('abort', abort)
      isOver = true
      lookups.end()
      cancelPause?.()
      for (const check of running.values()) check.end()
      settle()
    }
    const abort = (): void => end(() => reject(signal.reason as Error))

    const take = (found: Ready): void => {
      ready.push(found)
      fill()
    }
    const upcoming = (): Ready | undefined => {
      while (seen < endpoints.length) {
        const index = seen++
        const { host } = endpoints[index]!
        if (isIP(host) !== 0) return { index, looked: { addresses: [host], ms: 0 } }
        void lookups.find(host).then((looked) => take({ index, looked }))
      }
      return undefined
    }
    const fill = (): void => {
      if (isOver) return
      for (let begun = 0; running.size < most; begun++) {
        if (begun === mostAtATime) {
          setImmediate(fill)
          return
        }
        const next = ready.pop() ?? upcoming()
        if (!next) return
        running.set(next.index, beginCheck(endpoints[next.index]!, next.looked, options, (outcome) => {
          running.delete(next.index)
          if ('short' in outcome) tryAgain(next, outcome.short)
          else conclude(next.index, outcome)
        }))
      }
    }
    const conclude = (index: number, check: Check): void => {
      shortSince = undefined
      try {
        onCheck(check, endpoints[index]!, index)
      } catch (error) {
        end(() => reject(error))
        return
      }
      if (--left === 0) end(resolve)
      else fill()
    }
    const tryAgain = (which: Ready, code: string): void => {
      ready.push(which)
      most = Math.max(1, running.size)
      if (running.size > 0) return
      shortSince ??= clock.elapsed()
      if (clock.elapsed() - shortSince < limitMs) cancelPause = clock.after(shortPauseMs, fill)
      else end(() => reject(new DefectError(`this machine cannot open a single connection: ${code}`)))
    }
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort)
    if (left === 0) end(resolve)
    else fill()
  })
}
