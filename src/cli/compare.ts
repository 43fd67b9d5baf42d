import { counted, oneLine, someOf } from '../config/wording.ts'
import { isBeyond, isWorseBy } from '../model/change.ts'
import type { Comparison } from '../model/comparison.ts'
import { compareSides } from '../model/comparison.ts'
import { exitCodes } from '../model/exit-code.ts'
import { IncompleteError } from '../model/problem.ts'
import type { Server } from '../model/server.ts'
import type { Side } from '../model/side.ts'
import { serversOf } from '../model/side.ts'
import { whereText } from '../model/where.ts'
import { guardStream } from '../reporters/console-stream.ts'
import type { Arguments } from './command-line.ts'
import type { Asked } from './compare/asked.ts'
import { readAsked } from './compare/asked.ts'
import { comparisonLines } from './compare/lines.ts'
import { notesOn } from './compare/notes.ts'
import type { Sides } from './compare/sides.ts'
import { readSides } from './compare/sides.ts'
import { aboutWords, rowWords } from './compare/words.ts'
import type { Told } from './compare/written.ts'
import { selectServers } from './select-servers.ts'

/** `rackbench compare A B`. Touches nothing. */
export async function compare(args: Arguments): Promise<number> {
  const asked = readAsked(args)
  const stderr = guardStream(process.stderr)
  const say = (line: string): void => stderr.write(`rackbench: ${oneLine(line)}\n`)
  const sides = await readSides(asked.sides, { flags: args.flags, say })
  const { comparison, servers } = compared(sides, asked)
  const notes = await notesOn(sides, comparison, asked, servers)
  for (const note of notes) say(note)
  const { failOver, format } = asked
  const failing = failOver === undefined ? undefined : { percent: failOver, failed: comparison.metrics.filter(({ change }) => isWorseBy(change, failOver)) }
  guardStream(process.stdout).write(await textOf(format, { sides, comparison, failing, notes }))
  if (!failing) return exitCodes.passed
  for (const row of failing.failed) say(`worse by more than ${failing.percent}%: ${rowWords(row)}`)
  tellUnjudged(comparison, failing.percent, say)
  return failing.failed.length > 0 ? exitCodes.failed : exitCodes.passed
}

async function textOf(format: Asked['format'], told: Told): Promise<string> {
  const { sides, comparison } = told
  if (format === 'table') return comparisonLines(sides, comparison).map((line) => `${line}\n`).join('')
  const { comparisonCsv, comparisonJson } = await import('./compare/written.ts')
  return format === 'json' ? comparisonJson(told) : comparisonCsv(comparison)
}

/** @throws IncompleteError if nothing was measured on both sides. */
function compared({ before, after }: Sides, asked: Asked): { readonly comparison: Comparison; readonly servers: readonly Server[] } {
  const all = serversOf(before, after)
  const servers = selectServers(all, asked.conditions)
  const comparison = compareSides(before, after, { ...asked, servers })
  if (comparison.metrics.length > 0) return { comparison, servers }
  const empty = [before, after].filter((side) => side.servers.size === 0).map(({ named }) => `${named}: no server was measured`)
  if (empty.length > 0) throw new IncompleteError(empty)
  const where = asked.conditions.map(whereText).join(', ')
  if (servers.length === 0) throw new IncompleteError([oneLine(`none of ${counted(all.length, 'server')} meets --where ${where}`)])
  throw new IncompleteError([oneLine(`there is nothing to compare: no metric${asked.metrics.length > 0 ? ` of ${asked.metrics.join(', ')}` : ''} was measured on both sides in a group alike; ${metricWords('before', before)}, ${metricWords('after', after)}`)])
}

function metricWords(name: string, { servers }: Side): string {
  const metrics = new Set([...servers.values()].flatMap((server) => [...server.metrics.keys()]))
  return `${name}: ${someOf([...metrics].sort())}`
}

/** What fails nothing, and must not go unseen: whether it is better or worse nobody knows, or it is measured no more. */
function tellUnjudged({ metrics, oneSided }: Comparison, percent: number, say: (line: string) => void): void {
  for (const one of oneSided) if (one.side === 'before') say(`measured before, and not after: ${aboutWords(one)} (${counted(one.servers, 'server')})`)
  for (const row of metrics) {
    if (row.better !== null || row.change.is === 'same' || !isBeyond(row.change.percent, percent)) continue
    say(`moved by more than ${percent}%, and fails nothing, since nobody says which direction is better (--better ${row.metric}=lower, say): ${rowWords(row)}`)
  }
}
