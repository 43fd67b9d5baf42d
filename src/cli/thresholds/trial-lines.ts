import { counted, someOf } from '../../config/wording.ts'
import type { Threshold } from '../../model/threshold.ts'
import type { Trial, TriedRun } from '../../model/trial.ts'
import { totalsOf } from '../../model/trial.ts'
import { describeFinding } from '../../model/violation.ts'

const heads = ['RUN', 'SERVER', 'WOULD', 'WAS', 'WHY']
const mostRows = 100
const mostFindings = 3

/** What rules would have made of past runs: a row for each server that they would have condemned, or that was condemned, and the totals. */
export function trialLines(runs: readonly TriedRun[], rules: readonly Threshold[]): string[] {
  const failing = runs.flatMap(({ run, trials }) => trials.filter(({ would, was }) => would === 'fail' || was === 'fail').map((trial) => ({ run, trial })))
  const rows = failing.slice(0, mostRows).map(({ run, trial }) => [run, trial.server, trial.would, trial.was, reasonOf(trial, rules)])
  const more = failing.length - rows.length
  return [
    ...(rows.length > 0 ? [...tableOf(rows), ...(more > 0 ? [`and ${more} more: --format json has all`] : []), ''] : []),
    ...totalLines(runs, rules),
  ]
}

function reasonOf({ violations }: Trial, rules: readonly Threshold[]): string {
  return violations.length === 0 ? 'no rule is violated' : someOf(violations.map((violation) => describeFinding(violation, rules)), mostFindings)
}

/** The last column is as long as it is. */
function tableOf(rows: readonly (readonly string[])[]): string[] {
  const widths = heads.map((head, column) => rows.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), head.length))
  return [heads, ...rows].map((row) => row.map((cell, column) => (column === heads.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  '))
}

function totalLines(runs: readonly TriedRun[], rules: readonly Threshold[]): string[] {
  const { measured, notMeasured, wouldFail, failedThen, warned } = totalsOf(runs)
  const trials = runs.flatMap((run) => run.trials)
  const told = (label: string, those: readonly Trial[], of: (trial: Trial) => string = ({ server }) => server): string[] =>
    those.length === 0 ? [] : [`  ${label} (${those.length}): ${someOf(those.map(of))}`]
  const warnings = ({ server, warnings: found }: Trial): string => `${server}: ${someOf(found.map((warning) => describeFinding(warning, rules)), mostFindings)}`
  return [
    `would have failed ${wouldFail} of ${counted(measured, 'server')}${runs.length > 1 ? ` in ${runs.length} runs` : ''}; ${runs.length > 1 ? 'the runs themselves' : 'the run itself'} failed ${failedThen}`,
    ...told('newly failed', trials.filter(({ would, was }) => would === 'fail' && was === 'pass')),
    ...told('newly passed', trials.filter(({ would, was }) => would === 'pass' && was === 'fail')),
    ...(warned === 0 ? [] : [`  only warned of (${warned}):`, ...someLines(trials.filter(({ warnings: found }) => found.length > 0).map(warnings))]),
    ...told('without a value that a rule asks for, which fails unmarked', trials.filter(({ missing }) => missing.length > 0), ({ server, missing }) => `${server} (${missing.join(', ')})`),
    ...told('without the past that a rule requires, which fails unmarked', trials.filter(({ withoutPast = [] }) => withoutPast.length > 0), ({ server, withoutPast = [] }) => `${server} (${withoutPast.join(', ')})`),
    ...told('without any rule, which fails unmarked unless unmatched: pass', trials.filter(({ isUnmatched }) => isUnmatched)),
    ...(notMeasured === 0 ? [] : [`  not measured, and not tried: ${counted(notMeasured, 'server')}`]),
  ]
}

const mostWarned = 20

function someLines(lines: readonly string[]): string[] {
  const more = lines.length - mostWarned
  return [...lines.slice(0, mostWarned).map((line) => `    ${line}`), ...(more > 0 ? [`    and ${more} more`] : [])]
}
