import { max } from 'd3-array'
import { scaleBand, scaleLinear } from 'd3-scale'
import { stack } from 'd3-shape'
import type { PastRun } from '../../model/past-run.ts'
import type { ReportResults } from '../servers.ts'
import { serversWith } from '../servers.ts'
import { count } from '../log-words.ts'
import type { Plot } from '../report-input.ts'
import { axisFigures } from './figures.ts'
import { keyOf } from './key.ts'
import { paint } from './palette.ts'
import { element, faintWords, straightLine, svgDocument, words } from './svg.ts'

/** How the servers ended that a run had begun. */
interface RunVerdicts {
  readonly startedAt: string
  readonly failed: number
  readonly skipped: number
  readonly passed: number
}

const verdicts = ['failed', 'skipped', 'passed'] as const
const mostRuns = 30
const widestRun = 80
const width = 960
const height = 300
const area = { left: 64, right: 944, top: 64, bottom: 240 }

/** How servers ended in the last runs, this one the last: nothing if it is the only one. Servers that a run never began do not count, in this run neither. */
export function verdictsPlot({ run, servers }: ReportResults, past: readonly PastRun[]): Plot | undefined {
  const earlier = past.filter((other) => other.run.id !== run.id).map((other) => verdictsOf(other.run.startedAt, other.servers))
  if (earlier.length === 0) return undefined
  const runs = [...earlier, verdictsOf(run.startedAt, serversWith(servers, ({ startedAt }) => startedAt !== null))].slice(-mostRuns)
  const alt = inWords(runs)
  return { alt, svg: svgDocument({ width, height, title: `Passed and failed over the last ${count(runs.length, 'run')}`, description: alt }, ...drawn(runs)) }
}

function verdictsOf(startedAt: string, servers: Iterable<{ readonly status: (typeof verdicts)[number] }>): RunVerdicts {
  const tally = { failed: 0, skipped: 0, passed: 0 }
  for (const { status } of servers) tally[status]++
  return { startedAt, ...tally }
}

function drawn(runs: readonly RunVerdicts[]): string[] {
  const x = scaleBand<number>(runs.keys(), [area.left, Math.min(area.right, area.left + widestRun * runs.length)]).padding(0.25)
  const most = max(runs, ({ failed, skipped, passed }) => failed + skipped + passed) ?? 0
  const y = scaleLinear([0, Math.max(1, most)], [area.bottom, area.top])
  const ticks = y.ticks(4).filter(Number.isInteger)
  const figures = axisFigures(ticks)
  const grid = ticks.map((tick) => straightLine([area.left, y(tick)], [area.right, y(tick)], paint({ stroke: 'grid' })))
  const scale = ticks.map((tick, index) => faintWords(area.left - 8, y(tick) + 4, figures[index]!, { 'text-anchor': 'end' }))
  const bars = stack<unknown, RunVerdicts, (typeof verdicts)[number]>().keys(verdicts)([...runs]).flatMap((series) =>
    series.flatMap(([from, to], index) => (to > from ? [element('rect', { x: x(index)!, y: y(to), width: x.bandwidth(), height: y(from) - y(to), ...paint({ fill: series.key, stroke: 'page' }) })] : [])),
  )
  const middle = (index: number): number => x(index)! + x.bandwidth() / 2
  const every = Math.ceil(48 / x.step())
  const dates = runs.flatMap(({ startedAt }, index) => ((runs.length - 1 - index) % every === 0 ? [faintWords(middle(index), area.bottom + 16, dayOf(startedAt), { 'text-anchor': 'middle' })] : []))
  const failed = runs.map((run, index) => words(middle(index), area.bottom + 36, String(run.failed), { 'text-anchor': 'middle', ...(run.failed > 0 && { 'font-weight': 'bold' }) }))
  const key = keyOf([['passed', { square: 'passed' }], ['skipped', { square: 'skipped' }], ['failed', { square: 'failed' }]], area.left, 44)
  return [
    words(16, 24, 'Servers by verdict, over the last runs (this one is the last)', { 'font-size': 14, 'font-weight': 'bold' }),
    key, ...grid, ...scale, ...bars, ...dates, faintWords(area.left - 8, area.bottom + 36, 'failed', { 'text-anchor': 'end' }), ...failed,
  ]
}

/** Month and day of an ISO date, UTC. */
export function dayOf(at: string): string {
  return /^\d{4}-(\d{2}-\d{2})/.exec(at)?.[1] ?? '?'
}

const mostTold = 10

function inWords(runs: readonly RunVerdicts[]): string {
  const newest = runs.toReversed()
  const those = newest.slice(0, mostTold).map(({ startedAt, failed, skipped, passed }) => `${dayOf(startedAt)}: ${passed} passed, ${failed} failed, ${skipped} skipped`)
  const before = newest.slice(mostTold).map(({ failed }) => failed)
  const rest = before.length === 0 ? '' : ` In the ${count(before.length, 'run')} before these from ${Math.min(...before)} to ${Math.max(...before)} failed.`
  return `Servers that passed, failed and were skipped in the last ${count(runs.length, 'run')}, the newest first. ${those.join('; ')}.${rest}`
}
