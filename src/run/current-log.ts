import { AsyncLocalStorage } from 'node:async_hooks'
import type { StepContext } from '../model/provisioner.ts'

const current = new AsyncLocalStorage<StepContext['log']>()

/** Runs a call of an adapter, so that `log()` in it speaks to the right server's log. */
export function withCurrentLog<T>(log: StepContext['log'], call: () => T): T {
  return current.run(log, call)
}

/**
 * One line to the log of the server whose step is calling, for code that has no `context` at hand.
 * Says nothing outside a step; work that servers share must not use it.
 */
export const log: StepContext['log'] = (message, level) => current.getStore()?.(message, level)
