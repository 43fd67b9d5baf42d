import type { EventOf, RunStatus } from './event.ts'
import { exitCodes, signalCodes } from './exit-code.ts'
import type { RunState } from './run-state.ts'
import { isStop } from './run-state.ts'
import type { ServerState } from './server-state.ts'

/** 0 all passed, 1 some failed, 3 not complete or not to be trusted, 129, 130, 143 stopped by a signal. A signal stands over 3, and 3 over 1. */
export function exitCodeOf(run: RunState, problems: readonly string[]): number {
  if (run.stopping?.signal) return signalCodes[run.stopping.signal]
  if (problems.length > 0) return exitCodes.incomplete
  return run.totals.failed > 0 ? exitCodes.failed : exitCodes.passed
}

/** How a run that has ended, ended. */
export function finalStatus(run: RunState): Exclude<RunStatus, 'running'> {
  if (run.stopping) return isStop(run.stopping) ? 'stopped' : 'braked'
  return run.totals.unfinished > 0 || run.totals.givenUp > 0 ? 'stopped' : 'finished'
}

/** Whether `run.finished` may be written: no server is held, and no wipe that was due is still missing. */
export function isClosed({ totals }: RunState): boolean {
  return totals.underWay === 0 && totals.wipesMissing === 0
}

/** What keeps a run from being complete and trusted, in words: each is a reason for exit code 3. */
export function problemsOf(run: RunState): string[] {
  const { totals } = run
  const problems: string[] = []
  const { unreadable } = run.plan
  if (run.stopping) problems.push(describeStop(run.stopping))
  if (unreadable) problems.push(`${servers(unreadable.count)} not benchmarked, since the inventory could not tell of ${unreadable.count === 1 ? 'it' : 'them'}: ${unreadable.first.join('; ')}${unreadable.count > unreadable.first.length ? ` and ${unreadable.count - unreadable.first.length} more` : ''}`)
  if (totals.unfinished > 0) problems.push(`${servers(totals.unfinished)} not finished`)
  // A run that was stopped has said so already.
  if (totals.givenUp > 0 && !run.stopping) problems.push(`${servers(totals.givenUp)} given up before the verdict was known`)
  if (totals.notJudged > 0) problems.push(`${servers(totals.notJudged)} not judged`)
  if (totals.marksWithheld > 0) problems.push(`${servers(totals.marksWithheld)} not marked as broken though due: the mark was withheld`)
  if (totals.marksFailed > 0) problems.push(`${servers(totals.marksFailed)} not marked as broken: the mark failed`)
  if (totals.wipesMissing > 0) problems.push(`${servers(totals.wipesMissing)} not wiped: the provisioner was unavailable`)
  if (totals.wipesRefused > 0) problems.push(`${servers(totals.wipesRefused)} not wiped: the wipe was refused`)
  if (totals.ran === 0 && totals.waiting === 0 && !run.stopping) problems.push('no server ran at all')
  return problems
}

function servers(count: number): string {
  return count === 1 ? '1 server was' : `${count} servers were`
}

/** Why a run was stopped, or no more servers were started, in words. */
export function describeStop({ because, signal, message }: Pick<EventOf<'run.stopping'>, 'because' | 'signal' | 'message'>): string {
  const reasons = {
    signal: `the run was stopped by ${signal ?? 'a signal'}`,
    deadline: 'the run was stopped by its deadline',
    journal: 'the run was stopped: its journal could not be written',
    budget: 'no more servers were started: the budget of marks is used up',
    alike: 'no more servers were started: this looks like one cause',
    unavailable: 'no more servers were started: the provisioner is gone',
  }
  if (message === undefined) return reasons[because]
  // What is not there is named by its message: the provisioner, or the benchmark.
  return because === 'unavailable' ? `no more servers were started: ${message}` : `${reasons[because]}: ${message}`
}

/** Why a server that has not finished is skipped in a report. */
export function unfinishedReason(run: RunState, { phase }: Pick<ServerState, 'phase'>): string {
  if (run.stopping && phase === 'waiting') return `not started: ${describeStop(run.stopping)}`
  return run.stopping && isStop(run.stopping) ? `not finished: ${describeStop(run.stopping)}` : 'not finished'
}
