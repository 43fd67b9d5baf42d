import { formatDuration } from '../model/duration.ts'
import type { Failure } from '../model/fault.ts'
import type { Classified } from './classify.ts'
import { classify } from './classify.ts'
import type { Outage } from './outage.ts'
import type { Limits, Settled } from './time-limit.ts'
import { startTimeLimit } from './time-limit.ts'

/** One call of an adapter. */
export interface Try {
  readonly signal: AbortSignal
  /** 1 for the first; a busy provisioner's answers do not count. */
  readonly attempt: number
  /** No new server is started until it is known what follows from this call. */
  readonly holdStarts: () => void
}

/** How a step ended, after all its tries. `stopped` says nothing of the server: what it answered later is not heard. */
export type Ended<T> =
  | { readonly is: 'done'; readonly value: T; readonly attempts: number }
  | { readonly is: 'failed'; readonly classified: Classified; readonly attempts: number }
  | { readonly is: 'stopped'; readonly attempts: number }

export interface TriesOptions extends Limits {
  /** New tries after a retryable error of the server. */
  readonly retries: number
  /** How long the provisioner may be away without interruption. */
  readonly maxOutageMs: number
  readonly outage: Outage
  /** From 0 to 1, for the jitter. */
  readonly random: () => number
  /** Is told of each failure that is tried again, before the wait. */
  readonly onRetry: (retry: { readonly failure: Failure; readonly attempt: number; readonly delayMs: number }) => Promise<void>
}

const longestBackoffMs = 30_000

/** A try that is under way for so long is being answered: longer than an exchange takes to fail. It ends an outage, though the step is not through. */
const answeredAfterMs = 60_000

/** Carries a step out: tries again what may pass, within one time limit. Never rejects. */
export async function carryOutTries<T>(options: TriesOptions, work: (attempt: Try) => Promise<T>): Promise<Ended<T>> {
  const limit = startTimeLimit(options)
  const patience = createPatience(options)
  const hold = createHold(options.outage)
  const { clock } = options
  let attempt = 1
  try {
    for (;;) {
      if (limit.aborted() === 'stop') return { is: 'stopped', attempts: attempt - 1 }
      const cancel = clock.after(answeredAfterMs, patience.interrupt)
      const settled = await limit.settle(call(work, { signal: limit.signal, attempt, holdStarts: hold.take }))
      cancel()
      if (settled.aborted) return cutShort(settled, options, patience.lastTrouble(), attempt)
      if (settled.is === 'done') return { is: 'done', value: settled.value, attempts: attempt }
      const classified = classify(settled.error)
      const delayMs = patience.delayAfter(classified)
      // Not before the patience has begun to wait for the provisioner: no start may slip in between.
      hold.release()
      if (delayMs === undefined) return { is: 'failed', classified, attempts: attempt }
      await options.onRetry({ failure: classified.failure, attempt, delayMs })
      await limit.pause(delayMs)
      const aborted = limit.aborted()
      if (aborted) return cutShort({ is: 'left behind', aborted }, options, patience.lastTrouble(), attempt)
      if (!classified.busy) attempt++
    }
  } finally {
    hold.end()
    patience.end()
    limit.end()
  }
}

/** Keeps new servers from being started while a try is under way that asks for it. One that was left behind asks in vain. */
function createHold(outage: Outage) {
  let leave: (() => void) | undefined
  let isOver = false
  function release(): void {
    leave?.()
    leave = undefined
  }
  const take = (): void => {
    if (!isOver) leave ??= outage.enter()
  }
  return {
    take,
    release,
    end() {
      isOver = true
      release()
    },
  }
}

/** An adapter that throws before it answers with a promise has failed like any other. */
async function call<T>(work: (attempt: Try) => Promise<T>, attempt: Try): Promise<T> {
  return work(attempt)
}

/** Time ran out, or the run was stopped. If the provisioner was away by then, that was the cause. */
function cutShort<T>(settled: Settled<T> & { readonly aborted: 'limit' | 'stop' | undefined }, { limitMs }: Limits, trouble: Classified | undefined, attempts: number): Ended<T> {
  if (settled.aborted === 'stop') return { is: 'stopped', attempts }
  const last = settled.is === 'thrown' ? classify(settled.error) : undefined
  const unavailable = last?.failure.type === 'ProvisionerUnavailableError' && !last.isAbort ? last : trouble
  if (unavailable) return { is: 'failed', classified: unavailable, attempts }
  const failure: Failure = { type: 'StepTimeoutError', message: `timed out after ${formatDuration(limitMs)}` }
  return { is: 'failed', classified: { failure, retryable: false, busy: false, isAbort: false }, attempts }
}

/** How long to wait before the next try, and when to give up. */
function createPatience({ retries, maxOutageMs, outage, random, clock }: TriesOptions) {
  let retried = 0
  let trouble: { readonly since: number; readonly times: number; readonly leave: () => void } | undefined
  let last: Classified | undefined
  const backoff = (times: number): number => Math.round(Math.min(longestBackoffMs, 1000 * 2 ** Math.min(times, 10) * (0.75 + random() / 2)))

  function whileAway(classified: Classified): number | undefined {
    const { since = clock.elapsed(), times = 0, leave = outage.enter() } = trouble ?? {}
    trouble = { since, times: times + 1, leave }
    last = classified
    const leftMs = since + maxOutageMs - clock.elapsed()
    return leftMs <= 0 ? undefined : Math.ceil(Math.min(leftMs, Math.max(classified.retryAfterMs ?? 0, backoff(times))))
  }
  function interrupt(): void {
    trouble?.leave()
    trouble = undefined
  }
  function end(): void {
    interrupt()
    last = undefined
  }
  return {
    end,
    interrupt,
    /** Why the provisioner did not answer, unless it has told something else since. */
    lastTrouble: () => last,
    delayAfter(classified: Classified): number | undefined {
      if (classified.failure.type === 'ProvisionerUnavailableError') return whileAway(classified)
      end()
      return classified.retryable && retried < retries ? backoff(retried++) : undefined
    },
  }
}
