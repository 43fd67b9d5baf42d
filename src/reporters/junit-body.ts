import type { Plan } from '../model/plan.ts'
import { isOfProgram } from '../model/plan.ts'
import type { ServerState } from '../model/server-state.ts'
import type { StepRecord } from '../model/step.ts'
import type { Fall } from '../model/verdict.ts'
import { cut, clean, seconds } from './report-text.ts'
import { shellQuote } from '../model/shell-quote.ts'

/** What a person reads first about a server that failed: its steps, the end of its log, and how to run it again. */
export function failureBody(server: ServerState, { failure }: Fall, plan: Pick<Plan, 'flags' | 'provisioner'>): string {
  const sections = [
    stepLines(server),
    ...(server.tail && server.tail.length > 0 ? [['Last lines of the log:', ...server.tail.map((line) => `  ${cut(line)}`)]] : []),
    ...(failure.type === 'DefectError' && failure.stack !== undefined ? [['Stack:', cut(failure.stack)]] : []),
    ...(isOfProgram(plan) ? [] : [['Run this server again:', `  ${shellQuote(['rackbench', 'run', ...plan.flags, '--', server.server.id])}`]]),
  ]
  return clean(`\n${sections.map((lines) => `${lines.join('\n')}\n`).join('\n')}`)
}

function stepLines({ install, rounds, destroy, mark }: ServerState): string[] {
  const measured = rounds.flatMap(({ benchmark, check }, index) => {
    const of = rounds.length > 1 ? ` (round ${index + 1})` : ''
    return [[`benchmark${of}`, benchmark], [`check${of}`, check]] as const
  })
  const records = [['install', install], ...measured, ['destroy', destroy], ['mark', mark]] as const
  const width = Math.max(...records.map(([name]) => name.length))
  return records.flatMap(([name, record]) => (record ? [stepLine(name.padEnd(width), record)] : []))
}

function stepLine(name: string, record: StepRecord): string {
  const tries = record.attempts > 1 ? ` in ${record.attempts} attempts` : ''
  const took = record.status === 'skipped' && !record.failure ? '' : ` ${seconds(record.durationMs)} s${tries}`
  const why = reasonOf(record)
  return `${name}  ${record.status.padEnd('skipped'.length)}${took}${why === '' ? '' : `: ${cut(why)}`}`.trimEnd()
}

function reasonOf(record: StepRecord): string {
  if (record.status === 'passed') return ''
  return record.status === 'failed' ? record.failure.message : record.because
}
