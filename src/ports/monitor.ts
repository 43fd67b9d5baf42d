import type { Clock } from '../model/clock.ts'
import type { Check, Endpoint } from '../model/endpoint.ts'
import { DefectError } from '../model/fault.ts'
import type { PortRound } from '../model/port-round.ts'
import { UsageError } from '../model/problem.ts'
import { startsOnGrid } from './grid.ts'
import type { PortsState } from './watch.ts'
import { addRound, takeUp } from './watch.ts'

/**
 * Looks at each endpoint once and tells what it found, in any order.
 *
 * @throws whatever it likes once the signal has aborted; before that, only what should end the monitor.
 */
export type CheckAll = (endpoints: readonly Endpoint[], signal: AbortSignal, onCheck: (check: Check, endpoint: Endpoint, index: number) => void) => Promise<void>

export interface MonitorOptions {
  /** Each once. */
  readonly endpoints: readonly Endpoint[]
  /** How many are checked at once is its own affair. */
  readonly checkAll: CheckAll
  /** How many checks of each endpoint are kept; at least 1. */
  readonly history: number
  /** From the start of a round to that of the next, in milliseconds; more than 0. */
  readonly everyMs: number
  /** How many rounds; without end if it is not said. */
  readonly count?: number
  readonly clock: Clock
  /** Ends the rounds. One that is going on then is dropped: it is not told, and nothing of it is kept. */
  readonly signal: AbortSignal
  /** What an earlier process kept. */
  readonly past?: PortsState
}

export interface Monitor {
  /**
   * The rounds, one after the other: the next begins when it is its time and whoever reads them has asked for it. Read once.
   *
   * @throws what `checkAll` throws; DefectError if that leaves out an endpoint.
   */
  readonly rounds: () => AsyncIterable<PortRound>
  /** What is to be kept for a later process, as of the last round that was told. */
  readonly state: () => PortsState
}

/** Checks that are kept, of all endpoints together: they are held in memory, and in one file. */
const mostChecks = 1_000_000

/**
 * Makes a monitor; nothing is checked before its rounds are read.
 *
 * @throws UsageError if there would be too much to keep.
 */
export function createMonitor({ endpoints, checkAll, history, everyMs, count = Infinity, clock, signal, past }: MonitorOptions): Monitor {
  if (endpoints.length * history > mostChecks) {
    throw new UsageError([`--history: ${history} checks of each of ${endpoints.length} endpoints are too much to keep: at most ${Math.floor(mostChecks / endpoints.length)} are possible`])
  }
  let state = takeUp(endpoints, past, history)

  async function look(): Promise<readonly Check[]> {
    const found: (Check | undefined)[] = Array.from({ length: endpoints.length })
    await checkAll(endpoints, signal, (check, _endpoint, index) => {
      found[index] = check
    })
    const forgotten = found.indexOf(undefined)
    if (forgotten >= 0 && !signal.aborted) throw new DefectError(`endpoint ${forgotten + 1} of ${endpoints.length} was not checked`)
    return found as Check[]
  }

  async function* rounds(): AsyncGenerator<PortRound, void, void> {
    let number = 0
    for await (const { missed } of startsOnGrid({ everyMs, clock, signal })) {
      const startedAt = new Date(clock.now()).toISOString()
      const from = clock.elapsed()
      const checks = await look().catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
      if (!checks || signal.aborted) return
      const { cutOff, changes, state: after } = addRound(state, checks, history)
      state = after
      number++
      yield { number, startedAt, durationMs: clock.elapsed() - from, checks, states: state.endpoints, ...(cutOff !== undefined && { cutOff }), changes, missed }
      if (number >= count) return
    }
  }
  return { rounds, state: () => state }
}
