import type { Clock } from '../model/clock.ts'
import type { Fact, RunEvent, Subscriber } from '../model/event.ts'
import type { RunFold, RunState } from '../model/run-state.ts'
import { foldRun } from '../model/run-state.ts'

/** Where the journal's lines go. */
export interface JournalSink {
  /** Returns when the system has taken the lines: from then on they survive the end of this process. @throws what the file system throws. */
  readonly write: (lines: string) => void
  /** Resolves when all that was written before is on disk. */
  readonly sync: () => Promise<void>
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
  /**
   * Writes the fact, tells the state and the listeners of it, and resolves when it is written; on disk, where a power failure must not
   * undo it. Never rejects: a lost journal stops the run instead.
   */
  readonly record: (fact: Fact) => Promise<void>
  readonly state: RunState
}

export function openRecorder({ past, sink, clock, subscribers, onLost, onProblem }: RecorderOptions): Recorder {
  let fold = past
  const untold: RunEvent[] = []
  let isTelling = false
  let isLost = false
  const onDisk = sharedSync(() => (isLost ? Promise.resolve() : sink.sync().catch(lose)))

  function lose(error: unknown): void {
    if (isLost) return
    isLost = true
    onLost(error)
  }

  function write(event: RunEvent): void {
    if (isLost) return
    try {
      sink.write(`${JSON.stringify(event)}\n`)
    } catch (error) {
      lose(error)
    }
  }

  /** What a listener records while it is told of an event is told when all have heard that one. */
  function tellAll(): void {
    if (isTelling) return
    isTelling = true
    for (let event = untold.shift(); event; event = untold.shift()) tell(event)
    isTelling = false
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
    async record(fact) {
      const event = { at: new Date(clock.now()).toISOString(), ...fact }
      untold.push(event)
      write(event)
      tellAll()
      if (mustBeOnDisk(event)) await onDisk()
    },
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

/** Whoever asks while one sync is under way shares the next: what they wrote may have come too late for the first. */
function sharedSync(sync: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> | undefined
  let next: Promise<void> | undefined
  const begin = (): Promise<void> => {
    next = undefined
    current = sync().finally(() => (current = undefined))
    return current
  }
  return () => (current ? (next ??= current.then(begin)) : begin())
}
