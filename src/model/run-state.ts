import type { Build, EventOf, RunEvent, RunStatus } from './event.ts'
import { marksAllowed } from './budget.ts'
import type { Plan } from './plan.ts'
import type { ServerId } from './server.ts'
import type { FoldedServer, ServerState } from './server-state.ts'
import { applyToServer, untouched } from './server-state.ts'
import type { Totals } from './totals.ts'
import { addTally, nothing, tallyOf } from './totals.ts'
import type { Unreported } from './unreported.ts'
import { noteReport, nothingReported } from './unreported.ts'

/** All that can be known of a run from its events. Reports, exit code and resume are functions of this and nothing else. */
export interface RunState {
  readonly run: string
  /** What to do, with what `resume` was given anew. */
  readonly plan: Plan
  readonly build: Build
  /** How many servers the run may mark as broken, all its processes together. */
  readonly budget: number
  readonly startedAt: string
  readonly finishedAt?: string | undefined
  /** The first reason why no more servers were started, or a later and graver one: a stop stands over a brake. */
  readonly stopping?: EventOf<'run.stopping'> | undefined
  /** Present while the last event is `run.finished`. */
  readonly finished?: { readonly status: RunStatus; readonly exitCode: number; readonly problems: readonly string[] } | undefined
  /** In selection order. */
  readonly servers: ReadonlyMap<ServerId, ServerState>
  readonly totals: Totals
  /** What no server has reported yet that was asked for it. */
  readonly unreported: Unreported
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type FoldedRun = Mutable<Omit<RunState, 'servers' | 'unreported'>> & { servers: Map<ServerId, FoldedServer>; totals: Totals; unreported: ReturnType<typeof nothingReported> }

/** The fold over a run's events: each one costs the same, however many servers there are. */
export interface RunFold {
  /** Changes with each event that is applied. */
  readonly state: RunState
  /** @throws Error on an event that cannot follow the ones before. */
  readonly apply: (event: RunEvent) => void
}

/** Begins the fold with the first event of every journal. */
export function foldRun({ run, plan, build, budget, at }: EventOf<'run.started'>): RunFold {
  const servers = new Map(plan.servers.map((server, index) => [server.id, untouched(server, index)]))
  const state: FoldedRun = { run, plan, build, budget, startedAt: at, servers, totals: nothing(), unreported: nothingReported(plan) }
  for (const server of servers.values()) addTally(state.totals, tallyOf(server, plan), 1)
  return { state, apply: (event) => apply(state, event) }
}

/** @throws Error that names the first event that does not fit. */
export function replay(events: Iterable<RunEvent>): RunFold {
  let fold: RunFold | undefined
  for (const event of events) {
    if (!fold) {
      if (event.type !== 'run.started') throw new Error('a run begins with run.started')
      fold = foldRun(event)
    } else fold.apply(event)
  }
  if (!fold) throw new Error('a run has at least one event')
  return fold
}

function apply(state: FoldedRun, event: RunEvent): void {
  switch (event.type) {
    case 'run.started':
      throw new Error('a run begins once')
    case 'run.resumed':
      resume(state, event)
      return
    case 'run.stopping':
      if (!state.stopping || gravity(event) > gravity(state.stopping)) state.stopping = event
      return
    case 'run.finished':
      state.finished = { status: event.status, exitCode: event.exitCode, problems: event.problems }
      state.finishedAt = event.at
      return
    default: {
      const server = state.servers.get(event.server)
      if (!server) throw new Error(`server ${event.server} is not in the plan`)
      addTally(state.totals, tallyOf(server, state.plan), -1)
      applyToServer(server, event)
      addTally(state.totals, tallyOf(server, state.plan), 1)
      noteReport(state.unreported, event, server, state.plan)
      state.finished = undefined
      state.finishedAt = undefined
    }
  }
}

function resume(state: FoldedRun, { build, overrides }: EventOf<'run.resumed'>): void {
  state.plan = { ...state.plan, ...overrides }
  if (overrides.maxBroken !== undefined) state.budget = marksAllowed(overrides.maxBroken, state.plan.servers.length)
  Object.assign(state, { build, stopping: undefined, finished: undefined, finishedAt: undefined })
}

/** A stop stands over a brake, and a signal over every other stop. */
function gravity(stopping: EventOf<'run.stopping'>): number {
  return Number(isStop(stopping)) + Number(stopping.because === 'signal')
}

/** Whether it stops what is under way, and does not only start no more. */
export function isStop(stopping: Pick<EventOf<'run.stopping'>, 'because'> | undefined): boolean {
  return stopping !== undefined && ['signal', 'deadline', 'journal'].includes(stopping.because)
}
