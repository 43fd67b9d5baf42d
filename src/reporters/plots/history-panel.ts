import { extent } from 'd3-array'
import { scaleLinear } from 'd3-scale'
import { line } from 'd3-shape'
import type { MetricKind } from '../../model/metric-kind.ts'
import { singleLine } from '../report-text.ts'
import { axisFigures, drawable, exactFigure, figure } from './figures.ts'
import { dashes } from './key.ts'
import { marks } from './marks.ts'
import { metricTitle } from './metric-title.ts'
import { paint } from './palette.ts'
import type { DrawnBounds } from './samples.ts'
import type { Point } from './server-past.ts'
import { element, faintWords, straightLine, words } from './svg.ts'
import { dayOf } from './verdicts.ts'

/** A metric of a server: a value for each run, where it has one, and the bounds that hold for it now. */
export interface Panel {
  readonly metric: string
  readonly kind: MetricKind
  readonly values: readonly (number | undefined)[]
  readonly bounds?: DrawnBounds
}

export const panelWidth = 480
export const panelHeight = 150
const inner = { left: 76, right: 464, top: 34, bottom: 118 }
const longestTitle = 44

/** A bound so many times as far off as the values lie apart would press them into a line: it is told at the edge. */
const farthestBound = 4

export function historyPanel({ metric, kind, values, bounds }: Panel, points: readonly Point[], { left, top }: { readonly left: number; readonly top: number }): string {
  const known = values.flatMap((value) => (value === undefined ? [] : [drawable(value)]))
  const shown = shownBounds(known, bounds)
  const [low = 0, high = 0] = extent([...known, ...shown.map(({ bound }) => bound)])
  const pad = low === high ? Math.abs(low) * 0.05 || 1 : (high - low) * 0.08
  const y = scaleLinear([low - pad, high + pad], [top + inner.bottom, top + inner.top])
  const step = (inner.right - inner.left - 16) / Math.max(1, points.length - 1)
  const x = (index: number): number => left + inner.left + 8 + index * step
  const ticks = y.ticks(3)
  const figures = axisFigures(ticks)
  const grid = ticks.map((tick, index) => straightLine([left + inner.left, y(tick)], [left + inner.right, y(tick)], paint({ stroke: 'grid' })) + faintWords(left + inner.left - 6, y(tick) + 4, figures[index]!, { 'text-anchor': 'end', 'font-size': 11 }))
  const path = line<number | undefined>().defined((value) => value !== undefined).x((_, index) => x(index)).y((value) => y(drawable(value!))).digits(1)([...values])
  const places = values.map((value, index) => [x(index), value === undefined ? top + inner.bottom - 6 : y(drawable(value))] as const)
  const of = (failed: boolean) => places.filter((_, index) => points[index]!.failed === failed && (failed || values[index] !== undefined))
  return [
    words(left + 16, top + 20, singleLine(metricTitle(metric, kind), longestTitle), { 'font-weight': 'bold' }),
    ...grid,
    path === null ? '' : element('path', { d: path, ...paint({ fill: 'none', stroke: 'passed' }), 'stroke-width': 1.5 }),
    ...shown.map(({ side, bound, warns }) => boundLine(y(bound), `${side} ${exactFigure(bound)}`, warns, left)),
    marks(of(false), 'dot'),
    marks(of(true), 'cross'),
    farBounds(shown.length, bounds, left, top),
    faintWords(x(0), top + inner.bottom + 16, dayOf(points[0]!.startedAt), { 'font-size': 11 }),
    faintWords(x(points.length - 1) + 8, top + inner.bottom + 16, `${dayOf(points.at(-1)!.startedAt)}: ${figure(known.at(-1)!)}`, { 'text-anchor': 'end', 'font-size': 11 }),
  ].join('')
}

interface Side {
  readonly side: 'min' | 'max'
  readonly bound: number
  readonly warns: boolean
}

function sidesOf({ min, max, warns }: DrawnBounds): Side[] {
  return [...(min === undefined ? [] : [{ side: 'min', bound: drawable(min), warns } as const]), ...(max === undefined ? [] : [{ side: 'max', bound: drawable(max), warns } as const])]
}

function shownBounds(known: readonly number[], bounds: DrawnBounds | undefined): Side[] {
  const [low = 0, high = 0] = extent(known)
  const reach = farthestBound * Math.max(high - low, Math.abs(high) * 0.15)
  return bounds ? sidesOf(bounds).filter(({ bound }) => bound >= low - reach && bound <= high + reach) : []
}

function boundLine(y: number, said: string, warns: boolean, left: number): string {
  const stroke = { ...paint({ stroke: 'ink' }), 'stroke-width': 1.2, 'stroke-dasharray': dashes[warns ? 'dotted' : 'dashed'] }
  return straightLine([left + inner.left, y], [left + inner.right, y], stroke) + words(left + inner.right, y - 4, said, { 'text-anchor': 'end', 'font-size': 10 })
}

function farBounds(shown: number, bounds: DrawnBounds | undefined, left: number, top: number): string {
  const all = bounds ? sidesOf(bounds) : []
  if (all.length === shown) return ''
  return faintWords(left + inner.right, top + 20, `off the scale: ${all.map(({ side, bound }) => `${side} ${exactFigure(bound)}`).join(', ')}`, { 'text-anchor': 'end', 'font-size': 11 })
}
