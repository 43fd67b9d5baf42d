import { AsyncResource } from 'node:async_hooks'
import type { Clock } from '../model/clock.ts'
import { DefectError, ProvisionerUnavailableError } from '../model/fault.ts'
import type { IronicApi, NodeProgress } from './ironic-api.ts'
import type { Progress } from './ironic-progress.ts'
import { createRounds } from './ironic-rounds.ts'

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

type Waiting = Parameters<IronicApi['settled']>[1]

interface Waiter {
  readonly id: string
  /** Takes what was read. Answers whether it is something new. */
  readonly hear: (node: NodeProgress) => boolean
  readonly fail: (error: Error) => void
  /** Why it could not be read when it was read last, and since when. */
  trouble?: { readonly since: number; readonly error: ProvisionerUnavailableError } | undefined
}

/** Trouble that is younger is waited out; then those who wait are told, so that no new server is started meanwhile. */
const toleratedMs = 20_000
/** A round that has gone unanswered for longer is trouble. */
const unansweredMs = 5000

/**
 * Reads all nodes that somebody waits for together, in rounds. A node is read for the first time after it has begun to be waited for:
 * what a round under way may have read before is not heard.
 */
export function createIronicPoller({ read, clock }: PollerOptions): IronicPoller {
  const waiters = new Set<Waiter>()
  const rounds = createRounds(clock, goRound)

  async function goRound(): Promise<boolean> {
    const since = clock.elapsed()
    const asked = [...waiters]
    const found = await read([...new Set(asked.map(({ id }) => id))])
    const news = asked.filter((waiter) => waiters.has(waiter) && tell(waiter, found.get(waiter.id), since))
    return news.length > 0
  }

  /** Answers whether there is something new. */
  function tell(waiter: Waiter, told: NodeProgress | Error | undefined, since: number): boolean {
    if (told !== undefined && !(told instanceof Error)) {
      waiter.trouble = undefined
      return waiter.hear(told)
    }
    const error = told ?? new DefectError(`nothing was read of ${waiter.id}`)
    if (error instanceof ProvisionerUnavailableError) {
      waiter.trouble = { since: waiter.trouble?.since ?? since, error }
      if (clock.elapsed() - waiter.trouble.since < toleratedMs) return false
    }
    waiter.fail(error)
    return false
  }

  /** Why somebody leaves whose time is over: if Ironic did not answer by then, that was the cause. */
  function reasonOf({ id, trouble }: Waiter, signal: AbortSignal): Error {
    if (trouble) return trouble.error
    const waitedMs = rounds.underWayMs()
    return waitedMs > unansweredMs ? new ProvisionerUnavailableError(`Ironic had not said for ${Math.round(waitedMs / 1000)} s how far ${id} is`) : (signal.reason as Error)
  }

  function wait(id: string, { isSettled, onChange = () => {}, signal }: Waiting, resolve: (node: NodeProgress) => void, reject: (error: unknown) => void): void {
    let seen: string | undefined
    function hear(node: NodeProgress): boolean {
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
    function leave(end: () => void): void {
      waiters.delete(waiter)
      signal.removeEventListener('abort', stop)
      end()
      if (waiters.size === 0) rounds.rest()
    }
    const stop = (): void => leave(() => reject(reasonOf(waiter, signal)))
    // What is called back belongs to the one that waits, and so does what it logs.
    const waiter: Waiter = { id, hear: AsyncResource.bind(hear), fail: (error) => leave(() => reject(error)) }
    signal.addEventListener('abort', stop, { once: true })
    waiters.add(waiter)
    rounds.soon()
  }

  return {
    settled: (id, waiting) =>
      new Promise((resolve, reject) => {
        waiting.signal.throwIfAborted()
        wait(id, waiting, resolve, reject)
      }),
    close() {
      for (const waiter of waiters) waiter.fail(new ProvisionerUnavailableError(`Ironic is not asked any more how far ${waiter.id} is: the client was closed`))
    },
  }
}
