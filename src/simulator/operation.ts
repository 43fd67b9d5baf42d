import type { Clock } from '../model/clock.ts'
import { ServerOperationError } from '../model/fault.ts'
import type { StepContext } from '../model/provisioner.ts'
import type { Behaviour, RackStep } from './simulation.ts'

/** How an operation ended that nobody cancelled: plain data, which holds on to nothing of those who waited for it. */
export type Outcome = { readonly is: 'succeeded'; readonly answer: unknown } | { readonly is: 'failed'; readonly error: ServerOperationError }

/** One operation on one machine. It goes on by itself, whoever waits for it, until it ends or is cancelled. */
export interface Operation {
  /** Whether nobody waits for it. */
  readonly isOrphan: () => boolean
  /** Settles as the operation does. Rejects with the signal's reason once that aborts; the last one to leave cancels the operation. */
  readonly wait: (context: Pick<StepContext, 'signal' | 'log'>) => Promise<unknown>
  /** Ends it at once; those who wait hear a failure that says so. */
  readonly cancel: () => void
}

interface Course {
  readonly step: RackStep
  readonly behaviour: Behaviour
  /** What is logged while it goes on, evenly over its time. */
  readonly lines: readonly string[]
  /** Called when it succeeds; answers what the operation answers. */
  readonly succeed: () => unknown
  /** Called when it has ended in whatever way, before anybody hears of it. */
  readonly end: (how: Outcome | 'cancelled') => void
  readonly log?: ((line: string) => void) | undefined
}

/** Begins an operation. Besides those who wait, `log` hears its lines. */
export function begin({ step, behaviour, lines, succeed, end, log }: Course, clock: Clock): Operation {
  const listeners = new Set<(line: string) => void>(log && [log])
  const ending = deferred<unknown>()
  let callOff: (() => void) | undefined
  let isOver = false
  let waiting = 0

  function over(how: Outcome | 'cancelled'): void {
    if (isOver) return
    isOver = true
    callOff?.()
    end(how)
    if (how === 'cancelled') ending.reject(new ServerOperationError(`${step} was cancelled`))
    else if (how.is === 'failed') ending.reject(how.error)
    else ending.resolve(how.answer)
  }
  function finish(): void {
    const { fails, retryable = false } = behaviour
    over(fails === undefined ? { is: 'succeeded', answer: succeed() } : { is: 'failed', error: new ServerOperationError(fails, { retryable }) })
  }
  function say(line: string): void {
    for (const listener of listeners) listener(`simulated: ${line}`)
  }
  function go(line: number): void {
    const text = lines[line]
    if (isOver || (text === undefined && behaviour.hangs)) return
    if (text === undefined) return finish()
    say(text)
    // A timer of no length still takes a millisecond.
    if (behaviour.takesMs === 0) go(line + 1)
    else callOff = clock.after(behaviour.takesMs / lines.length, () => go(line + 1))
  }
  const cancel = (): void => over('cancelled')

  // One that fails with nobody waiting is no rejection that was overlooked.
  ending.promise.catch(() => {})
  queueMicrotask(() => go(0))
  return {
    isOrphan: () => waiting === 0,
    cancel,
    async wait({ signal, log: hears }) {
      signal.throwIfAborted()
      const hear = (line: string): void => hears(line)
      const abort = deferred<never>()
      const leave = (): void => abort.reject(signal.reason)
      listeners.add(hear)
      signal.addEventListener('abort', leave, { once: true })
      waiting++
      try {
        return await Promise.race([ending.promise, abort.promise])
      } finally {
        signal.removeEventListener('abort', leave)
        listeners.delete(hear)
        if (--waiting === 0) cancel()
      }
    },
  }
}

/** An operation that is over. */
export function ended(outcome: Outcome): Operation {
  return {
    isOrphan: () => true,
    cancel: () => {},
    async wait({ signal }) {
      signal.throwIfAborted()
      if (outcome.is === 'failed') throw outcome.error
      return outcome.answer
    },
  }
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void; readonly reject: (reason: unknown) => void } {
  let settle: [(value: T) => void, (reason: unknown) => void]
  const promise = new Promise<T>((resolve, reject) => {
    settle = [resolve, reject]
  })
  return { promise, resolve: (value) => settle[0](value), reject: (reason) => settle[1](reason) }
}
