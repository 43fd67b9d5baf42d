import { readPast } from '../history/past.ts'
import { openStore } from '../history/store.ts'
import type { Clock } from '../model/clock.ts'
import type { PastRun } from '../model/past-run.ts'
import { pastRunOf } from '../model/past-run.ts'
import type { RunState } from '../model/run-state.ts'
import { said } from '../model/said.ts'
import { resultsOf } from '../reporters/results.ts'

/** What a run has to do with the folder of past runs that its plan names; nothing, if it names none. */
export interface PastOfRun {
  /** The last runs that started before this one, for its reports; without them if the folder cannot be read. */
  readonly read: (run: RunState) => Promise<readonly PastRun[]>
  /** Adds the run as it ended, if it has: also one that was stopped, whose judged servers are worth keeping. Never rejects. */
  readonly add: (run: RunState) => Promise<void>
}

interface Options {
  readonly clock: Clock
  /** Hears what the run must be told of: it was not added. */
  readonly onProblem: (problem: string) => void
  /** Hears what the reports lack. */
  readonly onNote: (note: string) => void
}

/** Reports show no more of the past. */
const shownRuns = 30
/** A share that is away lets whoever asks it wait for ever. */
const longestMs = 60_000

export function pastOfRun({ clock, onProblem, onNote }: Options): PastOfRun {
  return {
    async read({ plan: { history }, startedAt }) {
      if (history === undefined) return []
      const store = openStore(history, { onProblem: onNote, clock })
      return within(readPast(store, { last: shownRuns, before: startedAt }), clock).catch((error: unknown) => {
        onNote(`${history}: the reports tell nothing of past runs: ${said(error)}`)
        return []
      })
    },
    async add(run) {
      const { history } = run.plan
      if (history === undefined || !run.finished) return
      await within(openStore(history, { clock }).add(pastRunOf(resultsOf(run))), clock).catch((error: unknown) => onProblem(`the run could not be added to the history ${history}: ${said(error)}`))
    },
  }
}

/** @throws what `work` does; Error if it takes too long. */
export async function within<T>(work: Promise<T>, clock: Clock, limitMs = longestMs): Promise<T> {
  let cancel = (): void => {}
  const tooLong = new Promise<never>((_, reject) => {
    cancel = clock.after(limitMs, () => reject(new Error(`no answer from the file system within ${limitMs / 1000} s`)))
  })
  try {
    return await Promise.race([work, tooLong])
  } finally {
    cancel()
  }
}
