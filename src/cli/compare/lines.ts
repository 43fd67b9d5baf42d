import { counted, oneLine } from '../../config/wording.ts'
import type { Comparison, MetricComparison } from '../../model/comparison.ts'
import type { Moved } from '../../model/moved.ts'
import type { Side } from '../../model/side.ts'
import type { NamedSide, Sides } from './sides.ts'
import { aboutWords, changeWords, countWords, groupWords, shownNumber, shownP } from './words.ts'

/** A comparison for a person: the sides, a row for each metric and group, the servers that moved most, and what is on one side only. */
export function comparisonLines({ before, after }: Sides, { metrics, oneSided }: Comparison): string[] {
  const named = Math.max(before.named.length, after.named.length)
  return [
    `before  ${sideWords(before, named)}`,
    `after   ${sideWords(after, named)}`,
    '',
    ...tableOf(metrics),
    ...metrics.flatMap(movedLines),
    ...(oneSided.length > 0 ? [''] : []),
    ...oneSided.map((one) => `only ${one.side}: ${aboutWords(one)} (${counted(one.servers, 'server')})`),
  ].map((line) => oneLine(line).trimEnd())
}

function sideWords({ named, runs, servers }: NamedSide, width: number): string {
  const [first, last] = [runs[0], runs.at(-1)]
  const which = runs.length === 1 ? `run ${first!.id} of ${minuteOf(first!)}` : `${runs.length} runs from ${minuteOf(first!)} to ${minuteOf(last!)}, of each server the median`
  return `${named.padEnd(width)}  ${which}, ${counted(servers.size, 'server')} measured`
}

function minuteOf({ startedAt }: Side['runs'][number]): string {
  return startedAt.slice(0, 16).replace('T', ' ')
}

function tableOf(metrics: readonly MetricComparison[]): string[] {
  const labels = Object.keys(metrics[0]?.group ?? {}).join(', ').toUpperCase()
  const heads = ['METRIC', ...(labels === '' ? [] : [labels]), 'SERVERS', 'BEFORE', 'AFTER', 'UNIT', 'CHANGE', 'P']
  const rows = metrics.map((row) => [row.metric, ...(labels === '' ? [] : [groupWords(row.group)]), countWords(row), shownNumber(row.before.median), shownNumber(row.after.median), row.unit ?? '', changeWords(row.change), shownP(row.test.p)])
  const shown = heads.flatMap((_, column) => (rows.some((row) => row[column] !== '') ? [column] : []))
  // What is to be written out is written out before it is measured.
  const all = [heads, ...rows.map((row) => row.map(oneLine))]
  const widths = heads.map((_, column) => all.reduce((widest, row) => Math.max(widest, row[column]!.length), 0))
  return all.map((row) => shown.map((column) => row[column]!.padEnd(widths[column]!)).join('  '))
}

function movedLines({ moved: { up, down }, better, ...row }: MetricComparison): string[] {
  if (up.length + down.length === 0) return []
  const line = (head: string, those: readonly Moved[]): string[] => (those.length === 0 ? [] : [`  ${head.padEnd(6)}  ${those.map(movedWords).join('; ')}`])
  const isLowerBetter = better === 'lower'
  const [rose, fell] = [line(better === null ? 'higher' : isLowerBetter ? 'worse' : 'better', up), line(better === null ? 'lower' : isLowerBetter ? 'better' : 'worse', down)]
  return ['', `moved most: ${aboutWords(row)}`, ...(isLowerBetter ? [...rose, ...fell] : [...fell, ...rose])]
}

function movedWords({ server, before, after, change: { percent, is } }: Moved): string {
  const by = percent === null ? '' : `${changeWords({ percent, is: is === 'same' ? is : 'higher' })}, `
  return `${server} (${by}${shownNumber(before)} -> ${shownNumber(after)})`
}
