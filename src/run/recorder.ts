import type { Clock } from '../model/clock.ts'
import type { Fact, RunEvent, Subscriber } from '../model/event.ts'
import type { RunFold, RunState } from '../model/run-state.ts'
import { foldRun } from '../model/run-state.ts'
import { said } from '../model/said.ts'

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

interface Pending {
  readonly event: RunEvent
  readonly resolve: (written: void | Promise<void>) => void
}

export function openRecorder({ past, sink, clock, subscribers, onLost, onProblem }: RecorderOptions): Recorder {
  let fold = past
  let queue: Pending[] = []
  let isLost = false
  const at = createMoments()
  const onDisk = sharedSync(() => (isLost ? Promise.resolve() : sink.sync().catch(lose)))

  function lose(error: unknown): void {
    if (isLost) return
    isLost = true
    onLost(error)
  }

  /** What lanes record in the same moment goes out in one write. */
  function flush(): void {
    const batch = queue
    queue = []
    write(batch)
    for (const { event, resolve } of batch) {
      tell(event)
      resolve(mustBeOnDisk(event) ? onDisk() : undefined)
    }
  }

  function write(batch: readonly Pending[]): void {
    if (isLost) return
    try {
      sink.write(batch.map(({ event }) => `${JSON.stringify(event)}\n`).join(''))
    } catch (error) {
      lose(error)
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
      onProblem(`${what} failed: ${said(error)}`)
    }
  }

  return {
    record: (fact) =>
      new Promise((resolve) => {
        if (queue.length === 0) void moment.then(flush)
        queue.push({ event: { at: at(clock.now()), ...fact }, resolve })
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

/** What is put behind it runs when those who run now have had their turn; `queueMicrotask` would make an object for each. */
const moment = Promise.resolve()

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

/** Writes moments (ISO 8601): one text for all that happens in the same millisecond, since many are kept. */
function createMoments(): (ms: number) => string {
  let last = { ms: Number.NaN, text: '' }
  return (ms) => {
    if (ms !== last.ms) last = { ms, text: new Date(ms).toISOString() }
    return last.text
  }
}
