import type { EventOf, Fact } from './event.ts'
import { blames } from './fault.ts'
import type { Operations } from './operation.ts'
import { noOperations, numberOf, sharedOperations } from './operation.ts'
import type { Server } from './server.ts'
import type { Step, StepRecord } from './step.ts'

/** What the run knows of a machine: a server that it never touched counts as clean, for it left nothing there. */
export const leftStates = ['clean', 'installed', 'unknown'] as const
export type Left = (typeof leftStates)[number]

/** One measurement of an install, and its comparison with the thresholds. */
export interface Round {
  readonly benchmark?: StepRecord | undefined
  readonly check?: StepRecord | undefined
}

/** All that the journal tells of one server. */
export interface ServerState {
  readonly server: Server
  /** Its place in the selection, from 0. */
  readonly index: number
  readonly phase: 'waiting' | 'under way' | 'finished'
  /** How often a process has taken the server up. */
  readonly turn: number
  readonly worker?: string | undefined
  /** When the first step that is kept began. */
  readonly startedAt?: string | undefined
  /** Time that processes have spent on the steps that are kept. */
  readonly durationMs: number
  readonly install?: StepRecord | undefined
  readonly rounds: readonly Round[]
  readonly destroy?: StepRecord | undefined
  readonly mark?: StepRecord | undefined
  /** The step that has begun and not ended. */
  readonly running?: { readonly step: Step; readonly round: number; readonly at: string } | undefined
  readonly operations: Operations
  readonly left: Left
  /** Whether the server has been paid for from the budget of marks. */
  readonly markSpent: boolean
  /** The last lines of the log of a server that did not pass. */
  readonly tail?: readonly string[] | undefined
}

/** An event about one server. */
export type ServerEvent = Extract<Fact, { server: unknown }> & { readonly at: string }

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type Turn = { turnStartedAt?: string | undefined; lastAt?: string | undefined }

/** A server's state as the fold holds it. Only `applyToServer` changes it. */
export type FoldedServer = Mutable<Omit<ServerState, 'rounds'>> & { rounds: Mutable<Round>[] } & Turn

/** All properties are there from the start, so that all servers are of one shape to the engine: half the memory, and quicker to read. */
export function untouched(server: Server, index: number): FoldedServer {
  return {
    server, index, phase: 'waiting', turn: 0, worker: undefined, startedAt: undefined, durationMs: 0,
    install: undefined, rounds: [], destroy: undefined, mark: undefined, running: undefined,
    operations: noOperations, left: 'clean', markSpent: false, tail: undefined, turnStartedAt: undefined, lastAt: undefined,
  }
}

/** @throws Error on an event that cannot follow what is known: the journal is not one of ours. */
export function applyToServer(state: FoldedServer, event: ServerEvent): void {
  switch (event.type) {
    case 'server.started':
      startTurn(state, event)
      break
    case 'step.started':
      startStep(state, event)
      break
    case 'step.retried':
      begin(state, event.step, event.key)
      break
    case 'step.finished':
      finishStep(state, event)
      break
    case 'server.finished':
      state.durationMs += between(state.turnStartedAt, event.at)
      state.phase = 'finished'
      state.tail = event.tail
      state.running = undefined
      break
  }
  state.lastAt = event.at
}

/** The number of the last install if it is not known how it ended: it may still be on its way to the provisioner. */
export function installInDoubt({ install, operations: { counts } }: ServerState): number | undefined {
  const isKnown = install !== undefined && (install.status === 'passed' || (install.failure !== undefined && blames[install.failure.type].outcomeKnown))
  return isKnown || counts.install === 0 ? undefined : counts.install
}

/**
 * Whether this run may have begun an install: from then on the machine is the run's, whatever its ports say. One that the provisioner
 * is known to have refused never began.
 */
export function mayHaveBegunInstall({ left, operations: { last, counts } }: ServerState): boolean {
  const isRefused = last?.step === 'install' && last.outcomeKnown && left === 'unknown'
  return counts.install > 0 && !isRefused
}

function startTurn(state: FoldedServer, { at, worker, turn, kept }: EventOf<'server.started'>): void {
  if (turn <= state.turn) throw new Error(`turn ${turn} of server ${state.server.id} comes after turn ${state.turn}`)
  const keeps = (step: Step): boolean => kept.includes(step)
  if (kept.length === 0) Object.assign(state, { startedAt: at, durationMs: 0 })
  else if (state.phase === 'under way') state.durationMs += between(state.turnStartedAt, state.lastAt)
  if (!keeps('install')) state.install = undefined
  if (!keeps('benchmark')) state.rounds = []
  const last = state.rounds.at(-1)
  if (last && !keeps('check')) last.check = undefined
  if (!keeps('destroy')) state.destroy = undefined
  if (!keeps('mark')) state.mark = undefined
  Object.assign(state, { turn, worker, phase: 'under way', turnStartedAt: at, running: undefined, tail: undefined })
}

function startStep(state: FoldedServer, { at, step, round, key }: EventOf<'step.started'>): void {
  begin(state, step, key)
  state.running = { step, round, at }
  if (step === 'install' || step === 'destroy') state.left = 'unknown'
  if (step === 'mark') state.markSpent = true
}

function begin(state: FoldedServer, step: Step, key: string): void {
  const number = numberOf(key)
  const { counts } = state.operations
  state.operations = sharedOperations({ last: { step, number, outcomeKnown: false }, counts: { ...counts, [step]: Math.max(number, counts[step]) } })
}

function finishStep(state: FoldedServer, event: EventOf<'step.finished'>): void {
  const { at: _at, type: _type, server: _server, step, round, ...ended } = event
  const { last } = state.operations
  const begun = state.running?.step === step ? state.running : undefined
  // What is spread last keeps the record small: the other way round it takes three times as much.
  const record: StepRecord = begun ? { startedAt: begun.at, ...ended } : ended
  if (begun && last) {
    const outcomeKnown = record.status === 'passed' || (record.failure !== undefined && blames[record.failure.type].outcomeKnown)
    state.operations = sharedOperations({ ...state.operations, last: { ...last, outcomeKnown } })
  }
  state.running = undefined
  if (step === 'benchmark' || step === 'check') {
    if (round > state.rounds.length + 1) throw new Error(`round ${round} of server ${state.server.id} comes after round ${state.rounds.length}`)
    const measured = state.rounds[round - 1]
    if (measured) measured[step] = record
    // An array that grows, or is spread, has room for 17.
    else state.rounds = state.rounds.concat([{ benchmark: undefined, check: undefined, [step]: record }])
  } else state[step] = record
  if (record.status === 'passed' && step === 'install') state.left = 'installed'
  if (record.status === 'passed' && step === 'destroy') state.left = 'clean'
}

function between(from: string | undefined, to: string | undefined): number {
  return from === undefined || to === undefined ? 0 : Math.max(0, Date.parse(to) - Date.parse(from))
}
