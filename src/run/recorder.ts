import type { Clock } from '../model/clock.ts'
import type { Fact, RunEvent, Subscriber } from '../model/event.ts'
import type { RunFold, RunState } from '../model/run-state.ts'
import { foldRun } from '../model/run-state.ts'

/** Where the journal's lines go. */
export interface JournalSink {
  /** Resolves when the lines are written; when they are on disk, if `durable`. */
  readonly append: (lines: string, durable: boolean) => Promise<void>
  readonly close: () => Promise<void>
}

export interface RecorderOptions {
  /** What an earlier process journalled; without it the first fact is `run.started`. */
  readonly past?: RunFold | undefined
  readonly sink: JournalSink
  readonly clock: Clock
  readonly subscribers: readonly Subscriber<RunState>[]
  /** The journal could not be written; nothing is from now on. Called once. */
  readonly onLost: (error: unknown) => void
  /** A subscriber threw: a problem of the run, which goes on. */
  readonly onProblem: (problem: string) => void
}

/** The one stream of a run's facts: journal first, then the state, then whoever listens. */
export interface Recorder {
  /** Resolves when the fact is written, and the state knows of it. Never rejects: a lost journal stops the run instead. */
  readonly record: (fact: Fact) => Promise<void>
  readonly state: RunState
}

interface Pending {
  readonly event: RunEvent
  readonly resolve: () => void
}

export function openRecorder({ past, sink, clock, subscribers, onLost, onProblem }: RecorderOptions): Recorder {
  let fold = past
  let queue: Pending[] = []
  let isWriting = false
  let isLost = false

  async function write(): Promise<void> {
    isWriting = true
    while (queue.length > 0) {
      const batch = queue
      queue = []
      if (!isLost) await append(batch)
      for (const { event, resolve } of batch) {
        tell(event)
        resolve()
      }
    }
    isWriting = false
  }

  async function append(batch: readonly Pending[]): Promise<void> {
    try {
      await sink.append(batch.map(({ event }) => `${JSON.stringify(event)}\n`).join(''), batch.some(({ event }) => mustBeOnDisk(event)))
    } catch (error) {
      isLost = true
      onLost(error)
    }
  }

  function tell(event: RunEvent): void {
    guard('the state of the run', () => {
      if (fold) fold.apply(event)
      else if (event.type === 'run.started') fold = foldRun(event)
    })
    if (!fold) return
    const { state } = fold
    for (const subscriber of subscribers) guard('a listener', () => subscriber(event, state))
  }

  function guard(what: string, listen: () => void): void {
    try {
      listen()
    } catch (error) {
      onProblem(`${what} failed: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  return {
    record: (fact) =>
      new Promise((resolve) => {
        queue.push({ event: { at: new Date(clock.now()).toISOString(), ...fact }, resolve })
        if (!isWriting) void write()
      }),
    get state() {
      if (!fold) throw new Error('the run has not started')
      return fold.state
    },
  }
}

/** What must survive a power failure: that a machine is about to be changed, and how the run as a whole began and ended. */
function mustBeOnDisk(event: RunEvent): boolean {
  if (event.type === 'step.started' || event.type === 'step.retried') return ['install', 'destroy', 'mark'].includes(event.step)
  return event.type === 'run.started' || event.type === 'run.resumed' || event.type === 'run.finished'
}
