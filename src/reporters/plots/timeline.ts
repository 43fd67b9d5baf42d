import { scaleLinear } from 'd3-scale'
import type { ReportResults } from '../servers.ts'
import { count } from '../log-words.ts'
import type { Plot } from '../report-input.ts'
import { elapsed, elapsedTicks } from './elapsed.ts'
import type { Stretch } from './drawn-bars.ts'
import type { Sign } from './key.ts'
import { keyOf } from './key.ts'
import { barPaths, drawnLanes, failedOutlines } from './lane-paths.ts'
import type { Lane } from './lanes.ts'
import { lanesOf } from './lanes.ts'
import { marks } from './marks.ts'
import { paint } from './palette.ts'
import { shortened } from './shortened.ts'
import { element, faintWords, straightLine, svgDocument, widthOf, words } from './svg.ts'
import { timelineInWords } from './timeline-words.ts'
import { turnNames } from './turn-names.ts'

const width = 960
const right = 940
const head = 64
/** More workers than these are not drawn, but told. */
const mostRows = 400
const longestWorker = 24

/** How rows are laid out: where there are few, each has the servers' names above its bars. */
export interface Rows {
  readonly height: number
  readonly bar: number
  readonly isNamed: boolean
}

/** What each worker did when. Nothing where no server was begun. */
export function timelinePlot(results: ReportResults): Plot | undefined {
  const all = lanesOf(results)
  if (all.length === 0) return undefined
  const lanes = chosen(all)
  const rows = rowsFor(lanes.length)
  const names = lanes.map(({ worker }) => shortened(worker, longestWorker))
  const left = 24 + Math.max(...names.map((name) => widthOf(name, 11)))
  const endMs = Math.max(1, ...all.map((lane) => lane.endMs), endOf(results) ?? 0)
  const x = scaleLinear([0, endMs], [left, right])
  const bottom = head + rows.height * lanes.length
  const drawnBars = drawnLanes(lanes, x)
  const ticks = elapsedTicks(endMs, 8)
  const every = Math.ceil(12 / rows.height)
  const background = lanes.map((_, index) => head + rows.height * index).flatMap((top, index) => (rows.height >= 6 || index % 2 === 0 ? [element('rect', { x: left, y: top + rows.height - rows.bar - 1, width: right - left, height: rows.bar, ...paint({ fill: 'lane' }) })] : []))
  const labels = names.flatMap((name, index) => (index % every === 0 ? [faintWords(left - 8, head + rows.height * (index + 1) - rows.bar / 2 + 3, name, { 'text-anchor': 'end', 'font-size': 11 })] : []))
  const grid = ticks.map((tick) => straightLine([x(tick), head], [x(tick), bottom + 4], paint({ stroke: 'grid' })) + faintWords(x(tick), bottom + 18, tick === 0 ? '0' : elapsed(tick), { 'text-anchor': 'middle' }))
  const failed = lanes.flatMap(({ turns }, index) => turns.flatMap(({ failedMs }) => (failedMs === undefined ? [] : [[x(failedMs), head + rows.height * (index + 1) - 1 - rows.bar / 2] as const])))
  const note = notDrawn(results, all.length - lanes.length, all.length)
  const alt = timelineInWords(results, all, endMs)
  const drawn = [
    words(16, 24, `Timeline of the run: ${count(all.length, 'worker')} over ${elapsed(endMs)}`, { 'font-size': 14, 'font-weight': 'bold' }),
    keyOf(keyFor(drawnBars, failed.length > 0), 16, 46), ...background, ...grid, ...labels,
    barPaths(drawnBars, rows, x, head), failedOutlines(lanes, rows, x, head), marks(apart(failed), 'cross'), turnNames(lanes, rows, x, head), endLine(results, x, bottom),
    faintWords((left + right) / 2, bottom + 36, `time since the run began, ${results.run.startedAt.slice(0, 16).replace('T', ' ')} UTC`, { 'text-anchor': 'middle' }),
    note === '' ? '' : words(16, bottom + 56, note),
  ]
  return { alt, svg: svgDocument({ width, height: bottom + (note === '' ? 48 : 68), title: 'Timeline of the run', description: alt }, ...drawn) }
}

/** Which workers have no row. */
function notDrawn({ run }: ReportResults, hidden: number, known: number): string {
  const idle = Math.max(0, run.concurrency - known)
  const parts = [
    ...(hidden > 0 ? [`${count(hidden, 'more worker')} not drawn: these are the ${mostRows / 2} that were busy longest, and the ${mostRows / 2} that were least`] : []),
    ...(idle > 0 ? [`${count(idle, 'more worker')} had nothing to do`] : []),
  ]
  return parts.join('; ')
}

/** Of too many workers, those that were busy least, and longest: idle ones and stragglers are among them. */
function chosen(lanes: readonly Lane[]): readonly Lane[] {
  if (lanes.length <= mostRows) return lanes
  const byTime = lanes.toSorted((a, b) => a.busyMs - b.busyMs)
  const shown = new Set([...byTime.slice(0, mostRows / 2), ...byTime.slice(-mostRows / 2)])
  return lanes.filter((lane) => shown.has(lane))
}

function rowsFor(lanes: number): Rows {
  if (lanes <= 40) return { height: 26, bar: 11, isNamed: true }
  const height = Math.max(3, Math.min(14, Math.floor(1000 / lanes)))
  return { height, bar: height > 4 ? height - 2 : height - 1, isNamed: false }
}

/** Crosses that would cover each other are one. */
function apart(places: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const seen = new Set<string>()
  return places.filter(([x, y]) => {
    const cell = `${Math.round(x / 6)} ${y}`
    return !seen.has(cell) && seen.add(cell)
  })
}

function endOf({ run }: ReportResults): number | undefined {
  const ms = run.finishedAt === null ? Number.NaN : Date.parse(run.finishedAt) - Date.parse(run.startedAt)
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined
}

const stopped: Readonly<Record<string, string>> = { signal: 'stopped by a signal', deadline: 'stopped by the deadline', journal: 'stopped, the journal was lost', budget: 'braked: marks used up', alike: 'braked: alike failures', unavailable: 'braked: provisioner gone' }

/** Where the run ended, and what by, if something ended it early. */
function endLine(results: ReportResults, x: (ms: number) => number, bottom: number): string {
  const ms = endOf(results)
  const { because } = results.run
  if (ms === undefined) return ''
  const said = because === undefined ? `ended, ${elapsed(ms)}` : `${stopped[because]}; ended, ${elapsed(ms)}`
  return straightLine([x(ms), head - 6], [x(ms), bottom], { ...paint({ stroke: 'ink' }), 'stroke-width': 1.5, 'stroke-dasharray': '5 3' }) + words(Math.min(x(ms), width - 8), head - 8, said, { 'text-anchor': 'end', 'font-size': 11 })
}

/** Of the steps those that are to be seen: a check takes no time. */
function keyFor(drawn: readonly (readonly Stretch[])[], hasFailed: boolean): (readonly [string, Sign])[] {
  const kinds = new Set(drawn.flatMap((stretches) => stretches.map(({ kind }) => kind)))
  const inOrder = (['install', 'benchmark', 'check', 'destroy', 'mark', 'other'] as const).filter((kind) => kinds.has(kind))
  const named = inOrder.map((kind) => [kind === 'other' ? 'steps not known' : kind, { square: kind }] as const)
  return hasFailed ? [...named, ['failed', { mark: 'cross' }]] : named
}
