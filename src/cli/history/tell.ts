import { counted, quote } from '../../config/wording.ts'
import { askHistory } from '../../history/questions.ts'
import { openStore } from '../../history/store.ts'
import { systemClock } from '../../model/clock.ts'
import { inOneLine } from '../../model/escape.ts'
import { exitCodes } from '../../model/exit-code.ts'
import { IncompleteError, UsageError } from '../../model/problem.ts'
import { said } from '../../model/said.ts'
import { whereText } from '../../model/where.ts'
import { guardStream } from '../../reporters/console-stream.ts'
import type { Arguments } from '../command-line.ts'
import { writeLines } from '../write-lines.ts'
import type { Asked } from './asked.ts'
import { readAsked } from './asked.ts'
import { cachePlace } from './cache-place.ts'
import { leftOutLines } from './left-out.ts'
import { overviewLines } from './overview-lines.ts'
import type { Past } from './past.ts'
import { pastAsked, unmeasured } from './past.ts'
import { serverLines } from './server-lines.ts'
import { charactersFor } from './sparkline.ts'
import { whichStore } from './which-store.ts'

/** `rackbench history [ID]` */
export async function tell(args: Arguments): Promise<number> {
  const asked = readAsked(args, systemClock.now())
  const folder = await whichStore(args.flags)
  const stderr = guardStream(process.stderr)
  const say = (line: string): void => stderr.write(`rackbench: ${line}\n`)
  const leftOut: string[] = []
  const store = openStore(folder, { onProblem: (problem) => leftOut.push(problem) })
  const past = await askHistory(store, cachePlace(say), (questions) => pastAsked(questions, asked)).catch((error: unknown) => {
    throw error instanceof UsageError ? error : new IncompleteError([`${folder}: ${inOneLine(said(error))}`])
  })
  for (const line of leftOutLines(leftOut)) say(line)
  if (past.parts.length === 0) throw new IncompleteError([whyNothing(folder, asked, past)])
  const without = await unmeasuredLines(asked, past)
  if (without.length > 0 && without.length === asked.metrics.length) throw new IncompleteError(without)
  for (const line of without) say(line)
  await writeLines(await linesOf(asked, past, leftOut), process.stdout)
  const shown = past.parts.length
  if (asked.format === 'table' && past.total > shown && asked.span.last <= shown) say(`these are the last ${shown} of ${counted(past.total, 'run')}: --last N and --since tell of more, or fewer`)
  return exitCodes.passed
}

function whyNothing(folder: string, { id, span, conditions }: Asked, { runs, total }: Past): string {
  if (runs === 0) return `${folder}: there are no runs there yet: \`rackbench run --history\` adds one, \`rackbench history import\` those of archived builds`
  const narrower = [...(span.since > 0 ? [`since ${new Date(span.since).toISOString()}`] : []), ...conditions.map((where) => `with ${whereText(where)}`)].join(' ')
  if (id !== undefined && total === 0) return `${JSON.stringify(id.slice(0, 128))}: no run of ${counted(runs, 'run')} in ${folder} had such a server`
  return inOneLine(`${id === undefined ? folder : `${id}: ${folder}`}: there is nothing ${narrower}`)
}

async function unmeasuredLines(asked: Asked, past: Past): Promise<string[]> {
  const without = unmeasured(asked, past)
  if (without.length === 0) return []
  const { suggestion } = await import('../../config/nearest.ts')
  return without.map((name) => inOneLine(`--metric ${quote(name)}: none of these runs measured it${suggestion(name, past.measured)}`))
}

const widthOfNoTerminal = 160

async function linesOf({ id, format }: Asked, past: Past, leftOut: readonly string[]): Promise<Iterable<string>> {
  if (format !== 'table') {
    const { csvOf, jsonOf } = await import('./written.ts')
    return format === 'csv' ? csvOf(past) : jsonOf(past, leftOut)
  }
  const { stdout, env } = process
  const columns = stdout.columns ?? widthOfNoTerminal
  const characters = charactersFor(stdout, env)
  return id === undefined ? overviewLines(past, characters, columns) : serverLines(id, past, characters, columns)
}
