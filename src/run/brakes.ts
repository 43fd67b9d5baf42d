import type { EventOf, RunEvent, StopCause } from '../model/event.ts'
import type { FaultType } from '../model/fault.ts'
import { blames } from '../model/fault.ts'
import type { RunState } from '../model/run-state.ts'
import type { ServerId } from '../model/server.ts'
import type { Step } from '../model/step.ts'
import { enoughAsked, metricsAskedOf } from '../model/unreported.ts'
import { fallOf } from '../model/verdict.ts'

/** Whether a mark that is due may be made. */
export type MarkDecision = { readonly is: 'allowed' } | { readonly is: 'withheld'; readonly because: string }

/** What keeps a run from condemning many servers for one cause that is not theirs. */
export interface Brakes {
  /** Why no more servers are started; nothing while they are. */
  readonly tripped: string | undefined
  /** Asks for a mark, and sets it aside in the budget. To be asked before the server is wiped: one that will not be marked is left as it is. */
  readonly decideMark: (server: ServerId) => MarkDecision
  /** The provisioner cannot be used: told by its own check. */
  readonly provisionerGone: (message: string) => void
  /** Nothing can be measured: told by the benchmark's check, before any server is started. */
  readonly benchmarkUnusable: (message: string) => void
  /** Hears of every event. */
  readonly on: (event: RunEvent, run: RunState) => void
}

export type Brake = Extract<StopCause, 'budget' | 'alike' | 'unavailable'>

/** So many servers in a row that end without the provisioner's help mean that it is gone; refusals are clearer. */
const goneAfter = 5
const refusedAfter = 3

/** So many metrics are named that no server reported. */
const mostNamed = 5

/**
 * @param promised Servers that an earlier process began to wipe on the promise that they would be marked.
 */
export function createBrakes(state: () => RunState, promised: Iterable<ServerId>, onTrip: (because: Brake, message: string) => void): Brakes {
  let tripped: string | undefined
  let withheld: string | undefined
  const setAside = new Set(promised)
  const alike = new Map<Step, number>()
  let goneInRow: FaultType[] = []

  function trip(because: Brake, message: string): void {
    if (because === 'budget' || because === 'alike') withheld ??= `withheld: ${message}`
    if (tripped !== undefined) return
    tripped = message
    onTrip(because, message)
  }

  function countAlike(event: EventOf<'step.finished'>, { plan }: RunState): void {
    if (event.step === 'mark') return
    if (event.status === 'passed') alike.delete(event.step)
    if (event.status !== 'failed' || event.retest || !blames[event.failure.type].marked || plan.maxAlike === 0) return
    const inRow = (alike.get(event.step) ?? 0) + 1
    alike.set(event.step, inRow)
    if (inRow >= plan.maxAlike) trip('alike', `${inRow} ${inRow === 1 ? 'server' : 'servers in a row'} failed at ${event.step}: ${event.failure.message}`)
  }

  function lookForUnreported({ server, step, status }: EventOf<'step.finished'>, { unreported, servers, plan }: RunState): void {
    if (step !== 'benchmark' || status !== 'passed' || plan.maxAlike === 0) return
    const missed = [...unreported].filter(([, asked]) => asked.length >= enoughAsked).map(([metric]) => metric)
    if (missed.length === 0) return
    // After a resume it may have been found missing long ago: a server that is not asked for it says nothing about it.
    const ofServer = metricsAskedOf(servers.get(server)!, plan)
    const absent = missed.filter((metric) => ofServer.includes(metric))
    if (absent.length > 0) trip('alike', `no server reported ${absent.slice(0, mostNamed).join(', ')}, which a threshold asks for: not one of the first ${enoughAsked}`)
  }

  function countGone({ server }: EventOf<'server.finished'>, run: RunState): void {
    const state = run.servers.get(server)!
    const failure = fallOf(state)?.failure
    // Of a server that the gate kept out nobody has asked the provisioner.
    const isKeptOut = failure?.type === 'ServerNotOursError' && state.operations.counts.install === 0
    if (failure?.type === 'RunStopped' || isKeptOut) return
    const isGone = failure && ['ProvisionerUnavailableError', 'RequestRefusedError', 'DefectError'].includes(failure.type)
    goneInRow = isGone ? [...goneInRow.slice(1 - goneAfter), failure.type] : []
    const refused = goneInRow.slice(-refusedAfter)
    const isRefused = refused.length === refusedAfter && refused.every((type) => type === 'RequestRefusedError')
    if (isGone && (goneInRow.length >= goneAfter || isRefused)) {
      trip('unavailable', `the provisioner is gone: ${isRefused ? refusedAfter : goneAfter} servers in a row ended by ${failure.type}: ${failure.message}`)
    }
  }

  return {
    get tripped() {
      return tripped
    },
    decideMark(id) {
      const { servers, totals, budget } = state()
      if (servers.get(id)?.markSpent || setAside.has(id)) return { is: 'allowed' }
      if (withheld === undefined && totals.marksSpent + setAside.size >= budget) {
        trip('budget', `${budget} of ${budget} marks are made or under way`)
      }
      if (withheld !== undefined) return { is: 'withheld', because: withheld }
      setAside.add(id)
      return { is: 'allowed' }
    },
    provisionerGone: (message) => trip('unavailable', `the provisioner is gone: ${message}`),
    benchmarkUnusable: (message) => trip('unavailable', `the benchmark cannot be used: ${message}`),
    on(event, run) {
      if (event.type === 'step.finished') {
        countAlike(event, run)
        lookForUnreported(event, run)
      } else if (event.type === 'server.finished') countGone(event, run)
      else if (event.type === 'step.started' && event.step === 'mark') setAside.delete(event.server)
    },
  }
}
