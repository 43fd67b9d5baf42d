import type { AsyncLocalStorage } from 'node:async_hooks'
import type { StepContext } from '../model/provisioner.ts'

type CurrentLog = AsyncLocalStorage<StepContext['log']>

/** One for all copies of this package in the process: a module may bring its own. */
const place = Symbol.for('rackbench.current-log')
const shared = globalThis as { [place]?: CurrentLog }

/** The one that is there, or else the one that is made. To be called by whoever reads it: as long as nobody does, it costs nothing. */
export function shareCurrentLog(make: () => CurrentLog): CurrentLog {
  return (shared[place] ??= make())
}

/** Runs a call of an adapter, so that `log()` in it speaks to the right server's log. */
export function withCurrentLog<T>(log: StepContext['log'], call: () => T): T {
  const current = shared[place]
  return current ? current.run(log, call) : call()
}
