import { formatDuration } from '../model/duration.ts'
import type { Failure } from '../model/fault.ts'
import { blames, DefectError } from '../model/fault.ts'
import { nextNumber, operationKey } from '../model/operation.ts'
import type { ServerLog } from '../model/log.ts'
import type { LogLevel, StepContext } from '../model/provisioner.ts'
import { logLevels } from '../model/provisioner.ts'
import type { Installed, Server } from '../model/server.ts'
import { installInDoubt } from '../model/server-state.ts'
import type { Step, StepResult } from '../model/step.ts'
import type { Violation } from '../model/violation.ts'
import type { Classified } from './classify.ts'
import { classify } from './classify.ts'
import type { Cleaner } from './clean.ts'
import { withCurrentLog } from './current-log.ts'
import type { Judged } from './judge.ts'
import type { RunContext } from './pipeline.ts'
import type { Stop } from './stop.ts'
import { startTimeLimit } from './time-limit.ts'
import type { Ended } from './tries.ts'
import { carryOutTries } from './tries.ts'

/** What a step hands on when it passes. */
interface Handed {
  readonly installed?: Installed
  readonly metrics?: Readonly<Record<string, number>>
}

/** Carries out the steps of one server, and records how each began and ended. */
export interface Stepper {
  readonly carryOut: (step: AskingStep, work: (context: StepContext) => Promise<Handed>) => Promise<void>
  /**
   * Does what must be in order before a step begins; nothing is recorded of it then. What it throws ends the step, which has not begun.
   *
   * @param limitMs How long it is to take; it keeps to that by itself.
   */
  readonly before: (step: AskingStep, limitMs: number, work: (signal: AbortSignal) => Promise<void>) => Promise<boolean>
  /** A comparison of what is known: it asks nobody, and takes no time. */
  readonly check: (compare: () => Judged) => Promise<void>
  readonly skip: (step: Step, because: string) => Promise<void>
}

/** A step that asks somebody else, and has a time limit. */
type AskingStep = Exclude<Step, 'check'>

/** How much longer than it is to take is waited for what keeps to its time by itself. */
const overtimeMs = 2000

const once = { durationMs: 0, attempts: 1 }
const never = { durationMs: 0, attempts: 0 }

export function createStepper(context: RunContext, server: Server, log: ServerLog): Stepper {
  const { record, clock, clean, random, outage } = context
  const { graceMs, retries, maxOutageMs, limitsMs } = context.run().plan
  const state = () => context.run().servers.get(server.id)!

  async function check(compare: () => Judged): Promise<void> {
    const round = roundOf('check')
    if (context.stop.reason) return finish('check', round, stopped(context.stop), never)
    await record({ type: 'step.started', server: server.id, step: 'check', round, key: operationKey(context.run().run, server.id, 'check', nextNumber(state().operations, 'check')) })
    await finish('check', round, comparedBy(compare, clean), once)
  }

  async function carryOut(step: AskingStep, work: (context: StepContext) => Promise<Handed>): Promise<void> {
    const round = roundOf(step)
    const stop = stopFor(step, context)
    if (stop?.reason) return finish(step, round, stopped(stop), never)

    const { run } = context.run()
    let number = nextNumber(state().operations, step)
    const key = (): string => operationKey(run, server.id, step, number)
    await record({ type: 'step.started', server: server.id, step, round, key: key() })
    const begin = clock.elapsed()
    const speech = speechOf(context, log, server, step)
    const ended = await carryOutTries<Handed>(
      {
        limitMs: limitsMs[step],
        graceMs,
        retries,
        maxOutageMs,
        clock,
        random,
        outage,
        stop,
        async onRetry({ failure, attempt, delayMs }) {
          if (blames[failure.type].outcomeKnown) number++
          await record({ type: 'step.retried', server: server.id, step, round, attempt, key: key(), failure: cleanFailure(failure, clean), delayMs })
        },
      },
      ({ signal, attempt, holdStarts }) => {
        const installed = state().install?.status === 'passed' ? state().install : undefined
        const given = installed?.status === 'passed' ? { installNumber: state().operations.counts.install, ...(installed.installed && { installed: copyOf(installed.installed) }) } : {}
        const call = (): Promise<Handed> => work({ signal, attempt, idempotencyKey: key(), log: speech.log, graceMs, holdStarts, ...given, ...doubtOf(step) })
        return speech.listenTo(withCurrentLog(speech.log, call))
      },
    )
    speech.end()
    await finish(step, round, resultOf(ended, stop, clean), { durationMs: Math.round(Math.max(0, clock.elapsed() - begin)), attempts: ended.attempts })
  }

  async function before(step: AskingStep, limitMs: number, work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    const { stop } = context
    // The step itself says so.
    if (stop.reason) return true
    const limit = startTimeLimit({ limitMs: limitMs + overtimeMs, graceMs: 0, clock, stop })
    const settled = await limit.settle(work(limit.signal))
    limit.end()
    if (settled.is === 'done') return true
    const error = settled.is === 'thrown' ? settled.error : new DefectError(`what comes before ${step} has not ended within ${formatDuration(limitMs)}`)
    const result = settled.aborted === 'stop' ? stopped(stop) : failed(classify(error), clean)
    await finish(step, roundOf(step), result, never)
    return false
  }

  function doubtOf(step: Step): Pick<StepContext, 'inDoubt'> {
    const { run, plan } = context.run()
    const number = step === 'destroy' ? installInDoubt(state()) : undefined
    return number === undefined ? {} : { inDoubt: { os: plan.os, idempotencyKey: operationKey(run, server.id, 'install', number) } }
  }

  function roundOf(step: Step): number {
    if (step === 'benchmark') return state().rounds.length + 1
    return step === 'check' ? Math.max(1, state().rounds.length) : 1
  }

  async function finish(step: Step, round: number, result: StepResult, took: { durationMs: number; attempts: number }): Promise<void> {
    await record({ type: 'step.finished', server: server.id, step, round, ...result, ...took })
  }

  return { carryOut, before, check, skip: (step, because) => finish(step, roundOf(step), { status: 'skipped', because }, never) }
}

/** For an adapter that changes what it is given. */
function copyOf({ facts, ...installed }: Installed): Installed {
  return { ...installed, ...(facts && { facts: { ...facts } }) }
}

/** Which stop gives a step up. A wipe hears none; a mark only that the journal is lost. */
function stopFor(step: Step, { stop, journalLost }: RunContext): Stop | undefined {
  if (step === 'destroy') return undefined
  return step === 'mark' ? journalLost : stop
}

/** Binds what a step says to its server's log; what it says after its end goes elsewhere. */
function speechOf({ logs, clean }: RunContext, serverLog: ServerLog, server: Server, step: Step) {
  let isOver = false
  const say = (message: unknown, level: LogLevel = 'info'): void => {
    const known = logLevels.includes(level) ? level : 'info'
    for (const line of clean.lines(shown(message))) {
      if (isOver) logs.late(server.id, step, line)
      else serverLog.write(known, step, line)
    }
  }
  return {
    log: say,
    listenTo<T>(work: Promise<T>): Promise<T> {
      work.then(
        () => isOver && logs.late(server.id, step, 'it has settled after all; its result is ignored'),
        (error: unknown) => isOver && logs.late(server.id, step, `it has failed after all: ${clean.line(shown(error))}`),
      )
      return work
    },
    end() {
      isOver = true
    },
  }
}

/** Any value as text; adapters may say anything. */
function shown(value: unknown): string {
  try {
    return String(value)
  } catch {
    return 'something that cannot be shown'
  }
}

function comparedBy(compare: () => Judged, clean: Cleaner): StepResult {
  try {
    const { error, warnings, retest } = compare()
    const warned = warnings.length > 0 ? { warnings: cleanFindings(warnings, clean) } : {}
    return error ? { ...failed(classify(error), clean), ...warned, ...(retest && { retest }) } : { status: 'passed', ...warned }
  } catch (error) {
    return failed(classify(error), clean)
  }
}

function resultOf(ended: Ended<Handed>, stop: Stop | undefined, clean: Cleaner): StepResult {
  if (ended.is === 'done') return { status: 'passed', ...ended.value }
  if (ended.is === 'stopped') return stopped(stop)
  return failed(ended.classified, clean)
}

function failed(classified: Classified, clean: Cleaner): StepResult {
  const failure = cleanFailure(classified.failure, clean)
  if (blames[failure.type].server === 'skipped') return { status: 'skipped', because: failure.message, failure }
  return { status: 'failed', failure, ...violationsOf(classified, clean) }
}

function stopped(stop: Stop | undefined): StepResult {
  const message = stop?.reason?.text ?? 'the run was stopped'
  return { status: 'skipped', because: message, failure: { type: 'RunStopped', message } }
}

const longestStack = 8192

function cleanFailure({ type, message, stack }: Failure, clean: Cleaner): Failure {
  return { type, message: clean.line(message) || `${type} without a message`, ...(stack !== undefined && { stack: clean.lines(stack).join('\n').slice(0, longestStack) }) }
}

const mostViolations = 100

function violationsOf({ violations }: Classified, clean: Cleaner): Pick<Extract<StepResult, { status: 'failed' }>, 'violations'> {
  if (!violations || violations.length === 0) return {}
  return { violations: cleanFindings(violations, clean) }
}

function cleanFindings<Finding extends Pick<Violation, 'metric' | 'unit'>>(findings: readonly Finding[], clean: Cleaner): Finding[] {
  return findings.slice(0, mostViolations).map((finding) => ({ ...finding, metric: clean.line(finding.metric, 128), unit: clean.line(finding.unit, 32) }))
}
