import { AsyncResource } from 'node:async_hooks'
import type { Clock } from '../model/clock.ts'
import { ProvisionerUnavailableError } from '../model/fault.ts'
import type { IronicApi, NodeProgress } from './ironic-api.ts'
import type { Progress } from './ironic-progress.ts'

export interface IronicPoller {
  readonly settled: IronicApi['settled']
  /** Whoever still waits, waits in vain. */
  readonly close: () => void
}

export interface PollerOptions {
  /** Reads how far nodes are. Never rejects. */
  readonly read: (ids: readonly string[]) => Promise<Progress>
  readonly clock: Clock
}

interface Waiter {
  readonly id: string
  /** Takes what was read. Answers whether it is something new. */
  readonly hear: (node: NodeProgress) => boolean
  readonly fail: (error: Error) => void
  /** Why it could not be read when it was read last, and since when. */
  trouble?: { readonly since: number; readonly error: ProvisionerUnavailableError } | undefined
}

const shortestMs = 1000
const longestMs = 15_000

/** Trouble that is younger is waited out; then those who wait are told, so that no new server is started meanwhile. */
const toleratedMs = 20_000
/** A round that has gone unanswered for longer is trouble. */
const unansweredMs = 5000

/**
 * Reads all nodes that somebody waits for in rounds: a second apart while anything changes or is new, up to 15 while nothing does.
 * A node is read for the first time after it has begun to be waited for: what a round under way may have read before is not heard.
 */
export function createIronicPoller({ read, clock }: PollerOptions): IronicPoller {
  // Rounds are for many servers, and run in nobody's async context: not in that of the server which happened to start them.
  const nobody = new AsyncResource('IronicPoller')
  const waiters = new Set<Waiter>()
  let intervalMs = shortestMs
  let next: { readonly at: number; readonly cancel: () => void } | undefined
  let round: { readonly since: number; readonly asked: ReadonlySet<Waiter> } | undefined

  /** Sees to it that the next round begins within that time. */
  function plan(ms: number): void {
    const at = clock.elapsed() + ms
    if (round || (next && next.at <= at)) return
    next?.cancel()
    next = { at, cancel: nobody.runInAsyncScope(() => clock.after(ms, () => void goRound())) }
  }

  async function goRound(): Promise<void> {
    next = undefined
    const asked = new Set(waiters)
    round = { since: clock.elapsed(), asked }
    intervalMs = Math.min(longestMs, intervalMs * 2)
    const found = await read([...new Set([...asked].map(({ id }) => id))])
    for (const waiter of asked) {
      if (waiters.has(waiter) && tell(waiter, found.get(waiter.id), round.since)) intervalMs = shortestMs
    }
    round = undefined
    if (waiters.size > 0) plan(intervalMs)
  }

  /** Answers whether there is something new. */
  function tell(waiter: Waiter, told: NodeProgress | Error | undefined, since: number): boolean {
    if (told !== undefined && !(told instanceof Error)) {
      waiter.trouble = undefined
      return waiter.hear(told)
    }
    if (!(told instanceof ProvisionerUnavailableError)) {
      waiter.fail(told ?? new ProvisionerUnavailableError(`nothing was read of ${waiter.id}`))
      return false
    }
    waiter.trouble = { since: waiter.trouble?.since ?? since, error: told }
    if (clock.elapsed() - waiter.trouble.since >= toleratedMs) waiter.fail(told)
    return false
  }

  /** Why somebody leaves whose time is over: if Ironic did not answer by then, that was the cause. */
  function reasonOf(waiter: Waiter, signal: AbortSignal): Error {
    if (waiter.trouble) return waiter.trouble.error
    const waitedMs = round?.asked.has(waiter) ? clock.elapsed() - round.since : 0
    return waitedMs > unansweredMs ? new ProvisionerUnavailableError(`Ironic had not said for ${Math.round(waitedMs / 1000)} s how far ${waiter.id} is`) : (signal.reason as Error)
  }

  return {
    settled: (id, { isSettled, onChange = () => {}, signal }) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted()
        let seen: string | undefined
        const hear = (node: NodeProgress): boolean => {
          const now = JSON.stringify(node)
          const isNew = now !== seen
          seen = now
          try {
            if (isNew) onChange(node)
            if (node.reservation === null && isSettled(node)) leave(() => resolve(node))
          } catch (error) {
            leave(() => reject(error))
          }
          return isNew
        }
        // What is called back belongs to the one that waits, and so does what it logs.
        const waiter: Waiter = { id, hear: AsyncResource.bind(hear), fail: (error) => leave(() => reject(error)) }
        const stop = (): void => leave(() => reject(reasonOf(waiter, signal)))
        const leave = (end: () => void): void => {
          waiters.delete(waiter)
          signal.removeEventListener('abort', stop)
          end()
          if (waiters.size === 0) {
            next?.cancel()
            next = undefined
          }
        }
        signal.addEventListener('abort', stop, { once: true })
        waiters.add(waiter)
        intervalMs = shortestMs
        plan(shortestMs)
      }),
    close() {
      for (const waiter of waiters) waiter.fail(new ProvisionerUnavailableError(`Ironic is not asked any more how far ${waiter.id} is: the client was closed`))
    },
  }
}
