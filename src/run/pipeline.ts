import type { Clock } from '../model/clock.ts'
import type { Fact } from '../model/event.ts'
import type { Logs, ServerLog } from '../model/log.ts'
import type { Metrics } from '../model/metrics.ts'
import { readMetrics } from '../model/metrics.ts'
import type { Plan } from '../model/plan.ts'
import type { Benchmark, Provisioner, StepContext } from '../model/provisioner.ts'
import type { RunState } from '../model/run-state.ts'
import type { Server, ServerId } from '../model/server.ts'
import type { ServerState } from '../model/server-state.ts'
import { mayHaveBegunInstall } from '../model/server-state.ts'
import type { Step } from '../model/step.ts'
import type { Fall } from '../model/verdict.ts'
import { brokenOf, fallOf, isRetestDue, ownFaultOf } from '../model/verdict.ts'
import type { Brakes, MarkDecision } from './brakes.ts'
import type { Cleaner } from './clean.ts'
import { describeGate } from '../model/gate.ts'
import type { Look } from './gate.ts'
import { passGate } from './gate.ts'
import { readInstalled } from './installed.ts'
import { judge } from './judge.ts'
import type { Outage } from './outage.ts'
import { releaseServer } from './release.ts'
import { createStepper } from './stepper.ts'
import type { Stop } from './stop.ts'
import type { WipePolicy } from './wiping.ts'
import { decideWipe } from './wiping.ts'

/** All that a pipeline works with: what to do, by whom, whom to tell, and when to stop. */
export interface RunContext {
  readonly run: () => RunState
  readonly provisioner: Provisioner
  readonly benchmark: Benchmark
  readonly record: (fact: Fact) => Promise<void>
  readonly logs: Logs
  readonly stop: Stop
  /** Requested when the journal could not be written: a mark can no longer be accounted for. */
  readonly journalLost: Stop
  readonly brakes: Pick<Brakes, 'decideMark'>
  readonly outage: Outage
  readonly clock: Clock
  readonly random: () => number
  readonly clean: Cleaner
  /** Looks at a port of a server, for the gate. */
  readonly look: Look
}

/** How one server is taken up. */
export interface TakeUp {
  readonly server: ServerId
  readonly worker: string
  /** The steps whose results still hold. */
  readonly kept: readonly Step[]
  readonly policy: WipePolicy
}

/**
 * Takes one server through the steps that are not kept. Never rejects: whatever goes wrong is the result of a step.
 * When the run is stopped, the first three steps are given up; what is left is wiping, and a mark that is due.
 */
export async function runServer(context: RunContext, { server, worker, kept, policy }: TakeUp): Promise<void> {
  const { record, logs, run } = context
  const { retest = 0 } = run().plan
  const log = logs.open(server, worker)
  const markFirst = policy === 'all' || isMarkMissing(stateOf(run(), server))
  await record({ type: 'server.started', server, worker, turn: stateOf(run(), server).turn + 1, kept: [...kept] })

  const steps = pipelineOf(context, server, { policy, log })
  await steps.install()
  for (let again = 0; again <= retest; again++) {
    await steps.benchmark()
    await steps.check()
    if (!isRetestDue(stateOf(run(), server))) break
  }
  // As a rule a server is marked when it is wiped; one whose mark is missing is not wiped before it is marked.
  if (markFirst) await steps.mark()
  await steps.destroy()
  await steps.mark()

  await record({ type: 'server.finished', server, ...(fallOf(stateOf(run(), server)) && { tail: [...log.tail()] }) })
  await releaseServer(context, server, log)
  await log.close()
}

function stateOf(run: RunState, server: ServerId): ServerState {
  return run.servers.get(server)!
}

/** The five steps; each does nothing where its result is there already. */
function pipelineOf(context: RunContext, id: ServerId, { policy, log }: { policy: WipePolicy; log: ServerLog }): Record<Step, () => Promise<void>> {
  const { provisioner, benchmark, brakes, clean, journalLost } = context
  const { plan } = context.run()
  const server = frozen(stateOf(context.run(), id).server)
  const state = (): ServerState => stateOf(context.run(), id)
  const { carryOut, before, check, skip } = createStepper(context, server, log)
  let mark: MarkDecision | undefined

  /** Asked for once, as soon as the server has failed by a fault of its own. */
  function decideMark(): MarkDecision | undefined {
    if (!plan.markBroken || state().mark || !ownFaultOf(state())) return mark
    if (journalLost.reason) mark = { is: 'withheld', because: 'withheld: the journal cannot be written' }
    mark ??= brakes.decideMark(id)
    return mark
  }

  /** A mark that is due, allowed and not made: the wipe is told of it. */
  function markAfterWipe(): Pick<StepContext, 'markFollows'> {
    const fault = ownFaultOf(state())
    return fault && !state().mark && mark?.is === 'allowed' ? { markFollows: reasonFor(context.run(), fault) } : {}
  }

  /** Whether the install may begin. A server whose install had begun is this run's, and not asked any more. */
  async function isAdmitted(): Promise<boolean> {
    const { gate } = plan
    if (!gate || mayHaveBegunInstall(state())) return true
    log.write('info', 'install', clean.line(`the gate: looking whether ${describeGate(gate)} at ${server.address ?? 'no address'}`))
    return before('install', gate.limitMs, (signal) => passGate(gate, server, { look: context.look, signal }))
  }

  return {
    async install() {
      if (state().install || !(await isAdmitted())) return
      await carryOut('install', async (step) => readInstalled(await provisioner.install(server, plan.os, step), clean))
    },
    async benchmark() {
      const { install, rounds } = state()
      if (rounds.at(-1)?.benchmark && !isRetestDue(state())) return
      if (install?.status !== 'passed') await skip('benchmark', `install ${install?.status}`)
      else await carryOut('benchmark', async (step) => ({ metrics: readMetrics(withCleanNames(readMetrics(await benchmark.run(server, step)), clean)) }))
    },
    async check() {
      const { benchmark: measured, check: checked } = state().rounds.at(-1) ?? {}
      if (checked) return
      if (measured?.status !== 'passed') await skip('check', `benchmark ${measured?.status}`)
      else await check(() => judge(state(), plan))
    },
    async destroy() {
      if (state().destroy) return
      const decision = decideWipe(state(), policy, missingMark(state(), plan) ?? decideMark())
      if (decision.is === 'leave') await skip('destroy', decision.because)
      else await carryOut('destroy', async (step) => nothing(await provisioner.destroy(server, { ...step, ...markAfterWipe() })))
    },
    async mark() {
      const fault = ownFaultOf(state())
      if (state().mark || !fault) return
      if (!plan.markBroken) return skip('mark', 'marking is off (--no-mark-broken)')
      const decision = decideMark()
      if (decision?.is === 'withheld') return skip('mark', decision.because)
      await carryOut('mark', async (step) => nothing(await provisioner.markAsBroken(server, reasonFor(context.run(), fault), step)))
    },
  }
}

/** Whether an earlier process could not mark the server, or withheld its mark. */
function isMarkMissing({ mark }: ServerState): boolean {
  return mark !== undefined && mark.status !== 'passed'
}

/** A mark that is due and was tried or decided on, but not made. */
function missingMark(server: ServerState, plan: Plan): MarkDecision | undefined {
  const { due, marked, withheld, error } = brokenOf(server, plan)
  if (!due || marked || !server.mark) return undefined
  return { is: 'withheld', because: withheld ?? `missing: ${error}` }
}

/** A metric's name is text of somebody else's, too: read again, since not every name can be used once it is clean. */
function withCleanNames(metrics: Metrics, clean: Cleaner): Metrics {
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [clean.line(name), value]))
}

/** A copy that no adapter can change: the plan, the journal and the reports go by the one that we have. */
function frozen(server: Server): Server {
  return Object.freeze({ ...server, labels: Object.freeze({ ...server.labels }) })
}

/** Some steps hand nothing on, whatever their adapter answers. */
function nothing(_answer: unknown): object {
  return {}
}

/** Says why, and where to look, to whoever finds the mark at the provisioner. */
function reasonFor({ run, build }: RunState, { step, failure }: Fall): string {
  return `${step}: ${failure.message.slice(0, 400)} (rackbench run ${run}${build.url === undefined ? '' : `, ${build.url}`})`
}
