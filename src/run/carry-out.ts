import type { Clock } from '../model/clock.ts'
import type { Build, Fact, FactOf, Subscriber } from '../model/event.ts'
import type { Logs } from '../model/log.ts'
import { exitCodeOf, finalStatus, isClosed, problemsOf } from '../model/outcome.ts'
import type { Overrides, Plan } from '../model/plan.ts'
import { reserveFor } from '../model/plan.ts'
import type { Benchmark, Provisioner } from '../model/provisioner.ts'
import type { RunFold, RunState } from '../model/run-state.ts'
import type { ServerId } from '../model/server.ts'
import type { ServerState } from '../model/server-state.ts'
import { brokenOf, ownFaultOf } from '../model/verdict.ts'
import { said } from '../model/said.ts'
import type { Brakes } from './brakes.ts'
import { createBrakes } from './brakes.ts'
import { checkBenchmark, checkProvisioner } from './check.ts'
import type { Cleaner } from './clean.ts'
import type { FleetContext } from './fleet.ts'
import { runFleet, settle, unsettled } from './fleet.ts'
import type { Look } from './gate.ts'
import { createOutage } from './outage.ts'
import type { JournalSink, Recorder } from './recorder.ts'
import { openRecorder } from './recorder.ts'
import type { Stop } from './stop.ts'
import { createStop } from './stop.ts'

/** What a run is carried out with; everything that touches the world comes from outside. */
export interface Equipment {
  readonly provisioner: Provisioner
  readonly benchmark: Benchmark
  readonly sink: JournalSink
  readonly logs: Logs
  readonly subscribers: readonly Subscriber<RunState>[]
  readonly clock: Clock
  /** From 0 to 1, for the jitter of waits. */
  readonly random: () => number
  readonly clean: Cleaner
  readonly look: Look
  /** Requested by signals from outside, and by the run itself. */
  readonly stop: Stop
}

/** A run whose servers are through, or given up. */
export interface CarriedOut {
  readonly state: RunState
  /**
   * Writes `run.finished`, unless machines are still held; answers with the exit code and all problems.
   * To be called again if writing the reports of the end brings up more of them.
   */
  readonly close: (problems: readonly string[]) => Promise<{ readonly exitCode: number; readonly problems: readonly string[] }>
}

/** Begins a run, and carries its plan out. */
export async function carryOutNew(start: Omit<FactOf<'run.started'>, 'type'>, equipment: Equipment): Promise<CarriedOut> {
  const process = open(equipment, undefined)
  await process.recorder.record({ type: 'run.started', ...start })
  return runAll(process, equipment)
}

/** Takes a run up from where its journal ends. */
export async function carryOutRest(past: RunFold, again: { readonly build: Build; readonly overrides: Overrides }, equipment: Equipment): Promise<CarriedOut> {
  const process = open(equipment, past)
  await process.recorder.record({ type: 'run.resumed', ...again })
  return runAll(process, equipment)
}

/** `destroy DIR`: makes the marks due, and wipes what is held; with `all` also what the policy kept. */
export async function carryOutDestroy(past: RunFold, { all }: { readonly all: boolean }, equipment: Equipment): Promise<CarriedOut> {
  const process = open(equipment, past)
  goOnWhenStopped(equipment)
  const { servers } = past.state
  const ids = all ? [...servers.values()].filter(isTouched).map(({ server }) => server.id) : unsettled(servers.values())
  await settle(process.context, { servers: ids, wipeAll: all, makeWithheld: false })
  return closing(process)
}

/** `mark DIR`: makes the marks that were withheld or failed, after a person has looked: the budget is not asked. */
export async function carryOutMarks(past: RunFold, equipment: Equipment): Promise<CarriedOut> {
  const process = open(equipment, past)
  goOnWhenStopped(equipment)
  const { plan, servers } = past.state
  const due = [...servers.values()].filter((server) => server.phase === 'finished' && isMarkOpen(server, plan)).map(({ server }) => server.id)
  await settle({ ...process.context, brakes: approving }, { servers: due, wipeAll: false, makeWithheld: true })
  return closing(process)
}

/** What is due at the provisioner is not given up for a signal. */
function goOnWhenStopped({ stop, logs }: Equipment): void {
  stop.onRequest(({ signal = 'a stop' }) => logs.run('warn', `${signal}: what is under way goes on to its end`))
}

/** The brakes where a person has decided. */
const approving: Brakes = { tripped: undefined, decideMark: () => ({ is: 'allowed' }), provisionerGone: () => {}, benchmarkUnusable: () => {}, on: () => {} }

/** The servers that are being wiped, or were, on the promise that they are marked then. */
function marksPromised({ servers, plan }: RunState): ServerId[] {
  const isPromised = (server: ServerState): boolean =>
    isMarkOpen(server, plan) && !server.mark && ownFaultOf(server)?.step !== 'destroy' && (server.running?.step === 'destroy' || ['passed', 'failed'].includes(server.destroy?.status ?? ''))
  return [...servers.values()].filter(isPromised).map(({ server }) => server.id)
}

function isTouched(server: ServerState): boolean {
  return server.phase === 'under way' || server.left !== 'clean'
}

function isMarkOpen(server: ServerState, plan: Plan): boolean {
  const { due, marked } = brokenOf(server, plan)
  return due && !marked
}

/** One process of a run. */
interface Process {
  readonly recorder: Recorder
  readonly context: FleetContext
  /** What went wrong in this process, and the events do not tell. */
  readonly problems: string[]
  /** Records what no step waits for. */
  readonly note: (fact: Fact) => void
  /** Resolves when all that was noted is written, and the state knows of it. */
  readonly noted: () => Promise<void>
}

function open(equipment: Equipment, past: RunFold | undefined): Process {
  const { stop, clean, logs } = equipment
  const problems: string[] = []
  const journalLost = createStop()
  const outage = createOutage()
  const onProblem = (problem: string): void => {
    const line = clean.line(problem)
    problems.push(line)
    logs.run('error', line)
  }
  const brakes = createBrakes(
    () => recorder.state,
    past ? marksPromised(past.state) : [],
    (because, message) => {
      outage.giveUp()
      note({ type: 'run.stopping', because, message: clean.line(message) })
    },
  )
  let lastNote = Promise.resolve()
  const note = (fact: Fact): void => {
    lastNote = recorder.record(fact)
  }
  const recorder = openRecorder({
    ...equipment,
    past,
    subscribers: [brakes.on, ...equipment.subscribers],
    onProblem,
    onLost(error) {
      const message = clean.line(said(error))
      const reason = { because: 'journal', text: `the journal cannot be written: ${message}`, message } as const
      journalLost.request(reason)
      stop.request(reason)
      logs.run('error', reason.text)
    },
  })
  const onDefect: FleetContext['onDefect'] = (server, error) =>
    onProblem(`server ${server}: a defect of rackbench: ${said(error)}`)
  const context = { ...equipment, run: () => recorder.state, record: recorder.record, journalLost, brakes, outage, onDefect }
  return { recorder, context, problems, note, noted: () => lastNote }
}

async function runAll(process: Process, { stop, clock }: Equipment): Promise<CarriedOut> {
  const { recorder, context, note } = process
  const { plan } = recorder.state
  const stopListening = stop.onRequest(({ because, signal, message }) => {
    context.outage.giveUp()
    if (because) note({ type: 'run.stopping', because, ...(signal && { signal }), ...(message !== undefined && { message }) })
  })
  const cancelDeadline =
    plan.deadlineMs === undefined
      ? undefined
      : clock.after(Math.max(0, plan.deadlineMs - reserveFor(plan)), () => stop.request({ because: 'deadline', text: 'the run was stopped by its deadline' }))
  const gone = await checkProvisioner(context)
  if (gone !== undefined) context.brakes.provisionerGone(gone)
  const unusable = gone === undefined ? await checkBenchmark(context) : undefined
  if (unusable !== undefined) context.brakes.benchmarkUnusable(unusable)
  await runFleet(context)
  cancelDeadline?.()
  // From here on there is nothing to stop: a run that is told to be stopping behind its end would look died.
  stopListening()
  return closing(process)
}

function closing({ recorder, context: { journalLost }, problems: own, noted }: Process): CarriedOut {
  const end = (more: readonly string[]): { readonly exitCode: number; readonly problems: string[] } => {
    // A run that is stopped for it says so; one that is only settled, or was stopped before, does not.
    const lost = journalLost.reason && recorder.state.stopping?.because !== 'journal' ? [journalLost.reason.text] : []
    const problems = [...problemsOf(recorder.state), ...lost, ...own, ...more]
    return { exitCode: exitCodeOf(recorder.state, problems), problems }
  }
  return {
    state: recorder.state,
    async close(more) {
      await noted()
      if (isClosed(recorder.state)) await recorder.record({ type: 'run.finished', status: finalStatus(recorder.state), ...end(more) })
      // Asked anew: the last event may have been the one that could not be written.
      return end(more)
    },
  }
}
