import type { EventOf, RunEvent } from '../model/event.ts'
import type { Metrics } from '../model/metrics.ts'
import { describeStop, unfinishedReason } from '../model/outcome.ts'
import type { LogLevel } from '../model/provisioner.ts'
import type { RunState } from '../model/run-state.ts'
import { isStop } from '../model/run-state.ts'
import type { ServerId } from '../model/server.ts'
import type { Step } from '../model/step.ts'
import { brokenOf, fallOf, statusOf } from '../model/verdict.ts'
import { describeFinding } from '../model/violation.ts'
import { count, countsInWords, few, inWords } from './log-words.ts'

/** What is logged of an event. */
export interface EventLine {
  readonly level: LogLevel
  readonly server?: ServerId
  readonly step?: Step
  readonly message: string
}

/** Tells an event in lines, to be logged in this order. `run` is its state after the event. */
export function eventLines(event: RunEvent, run: RunState, { directory }: { readonly directory?: string }): readonly EventLine[] {
  switch (event.type) {
    case 'run.started':
      return [{ level: 'info', message: `started: ${aboutRun(run, directory)}` }]
    case 'run.resumed':
      return [{ level: 'info', message: `resumed: ${countsInWords(run.totals)}; ${aboutRun(run, directory)}` }]
    case 'run.stopping':
      return [{ level: 'warn', message: `${describeStop(event)}; ${whatNow(event, run)}` }]
    case 'run.finished':
      return [
        ...event.problems.map((problem): EventLine => ({ level: 'warn', message: `problem: ${problem}` })),
        { level: event.exitCode === 0 ? 'info' : 'warn', message: `${event.status}: ${countsInWords(run.totals)}; exit code ${event.exitCode}` },
      ]
    case 'server.started':
      return [{ level: 'info', server: event.server, message: takenUp(event) }]
    case 'server.finished':
      return [serverLine(event, run)]
    case 'step.started':
      return [{ level: event.step === 'check' ? 'debug' : 'info', ...of(event), message: `started${detail(event, run)}` }]
    case 'step.retried':
      return [{ level: 'warn', ...of(event), message: `try ${event.attempt} failed: ${event.failure.type}: ${event.failure.message}; next try in ${inWords(event.delayMs)}` }]
    default:
      return [...warningLines(event, run), { ...of(event), ...stepLine(event, run) }]
  }
}

function of({ server, step }: { readonly server: ServerId; readonly step: Step }): Pick<EventLine, 'server' | 'step'> {
  return { server, step }
}

function aboutRun({ run, plan, budget }: RunState, directory: string | undefined): string {
  const marks = plan.markBroken ? `at most ${budget} marked as broken` : 'none marked as broken'
  return `run ${run} of ${count(plan.servers.length, 'server')}, ${plan.os} by provisioner ${plan.provisioner.type}, ${plan.concurrency} at a time, destroy ${plan.destroy}, ${marks}${directory === undefined ? '' : `, in ${directory}`}`
}

function whatNow(stopping: EventOf<'run.stopping'>, { plan, totals }: RunState): string {
  const underWay = `${count(totals.underWay, 'server')} under way`
  if (!isStop(stopping)) return `the ${underWay} will be finished`
  return plan.destroy === 'never' ? `the ${underWay} will be left as they are` : `of the ${underWay}, those without a verdict will be wiped`
}

function takenUp({ turn, kept }: EventOf<'server.started'>): string {
  const keeping = kept.length > 0 ? `, keeping ${kept.join(', ')}` : ''
  return turn === 1 ? `server started${keeping}` : `server started again (turn ${turn})${keeping}`
}

function serverLine({ server: id }: EventOf<'server.finished'>, run: RunState): EventLine {
  const server = run.servers.get(id)!
  const status = statusOf(server)
  const fall = fallOf(server)
  const took = inWords(server.durationMs)
  if (status === 'passed') return { level: 'info', server: id, message: `server passed in ${took}${server.rounds.length > 1 ? ` (round ${server.rounds.length})` : ''}` }
  if (status === 'failed' && fall) return { level: 'error', server: id, message: `server failed after ${took}: ${fall.step}: ${fall.failure.type}: ${fall.failure.message}` }
  return { level: 'info', server: id, message: `server skipped: ${fall?.failure.message ?? unfinishedReason(run, server)}` }
}

function detail({ step, round }: EventOf<'step.started'>, { plan }: RunState): string {
  if (step === 'install') return ` (${plan.os})`
  return round > 1 ? ` (round ${round})` : ''
}

function stepLine(event: EventOf<'step.finished'>, run: RunState): Pick<EventLine, 'level' | 'message'> {
  const took = event.step === 'check' ? '' : ` ${event.status === 'passed' ? 'in' : 'after'} ${inWords(event.durationMs)}`
  const tries = event.attempts > 1 ? ` and ${event.attempts} tries` : ''
  if (event.status === 'passed') return { level: 'info', message: `passed${took}${tries}${event.metrics ? `: ${measured(event.metrics)}` : ''}` }
  if (event.status === 'failed' && event.retest) return { level: 'warn', message: `missed: ${event.failure.message}; measured once more` }
  if (event.status === 'failed') return { level: 'error', message: `failed${took}${tries}: ${event.failure.type}: ${event.failure.message}` }
  return { level: skippedLevel(event, run), message: `skipped: ${event.because}` }
}

/** What only warns, before how the check ended. */
function warningLines(event: EventOf<'step.finished'>, { plan }: RunState): EventLine[] {
  const warnings = event.status === 'skipped' ? [] : (event.warnings ?? [])
  return warnings.map((warning) => ({ ...of(event), level: 'warn', message: `warning: ${describeFinding(warning, plan.thresholds)}` }))
}

function measured(metrics: Metrics): string {
  return few(Object.entries(metrics).map(([name, value]) => `${name} ${value}`), 8)
}

/** That nothing is left to do is no news; that a server is left as it is, is; that a mark was withheld, more so. */
function skippedLevel({ server: id, step, failure }: EventOf<'step.finished'> & { readonly status: 'skipped' }, run: RunState): LogLevel {
  const server = run.servers.get(id)!
  if (step === 'mark' && brokenOf(server, run.plan).withheld !== undefined) return 'warn'
  return failure !== undefined || (step === 'destroy' && server.left !== 'clean') ? 'info' : 'debug'
}
