import { extent } from 'd3-array'
import { scaleLinear } from 'd3-scale'
import { line } from 'd3-shape'
import type { MetricKind } from '../../model/metric-kind.ts'
import { axisFigures, drawable, figure } from './figures.ts'
import { dashes } from './key.ts'
import { marks } from './marks.ts'
import { metricTitle } from './metric-title.ts'
import { paint } from './palette.ts'
import type { DrawnBounds } from './samples.ts'
import type { Point } from './server-past.ts'
import { shortened } from './shortened.ts'
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
/** Broken where a run has no value. */
const valuePath = line<number | undefined>().defined((height) => height !== undefined).y((height) => height!)
const gridLine = paint({ stroke: 'grid' })
const valueLine = { ...paint({ fill: 'none', stroke: 'passed' }), 'stroke-width': 1.5 }
const inner = { left: 76, right: 392, top: 34, bottom: 118 }
/** Of a bound beside its line. */
const boundDigits = 6
const longestTitle = 62
const longestBesideFar = 40

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
  const grid = ticks.map((tick, index) => straightLine([left + inner.left, y(tick)], [left + inner.right, y(tick)], gridLine) + faintWords(left + inner.left - 6, y(tick) + 4, figures[index]!, { 'text-anchor': 'end', 'font-size': 11 }))
  const heights = values.map((value) => (value === undefined ? undefined : toTenths(y(drawable(value)))))
  const path = valuePath.x((_, index) => toTenths(x(index)))(heights)
  const of = (failed: boolean) => heights.flatMap((height, index) => (points[index]!.failed === failed && (failed || height !== undefined) ? [[x(index), height ?? top + inner.bottom - 6] as const] : []))
  const newest = values.at(-1)
  const far = farBounds(shown, bounds, left, top)
  return [
    words(left + 16, top + 20, shortened(metricTitle(metric, kind), far === '' ? longestTitle : longestBesideFar), { 'font-weight': 'bold' }),
    ...grid,
    path === null ? '' : element('path', { d: path, ...valueLine }),
    boundLines(shown, y, left),
    marks(of(false), 'dot'),
    marks(of(true), 'cross'),
    far,
    faintWords(x(0), top + inner.bottom + 16, dayOf(points[0]!.startedAt), { 'font-size': 11 }),
    faintWords(x(points.length - 1) + 8, top + inner.bottom + 16, `${dayOf(points.at(-1)!.startedAt)}: ${newest === undefined ? 'no value' : figure(newest)}`, { 'text-anchor': 'end', 'font-size': 11 }),
  ].join('')
}

/** As precise as anything is drawn. */
function toTenths(coordinate: number): number {
  return Math.round(coordinate * 10) / 10
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

/** Each bound as a line, and what it asks for beside it: two that lie close together are told a little apart. */
function boundLines(shown: readonly Side[], y: (value: number) => number, left: number): string {
  const areClose = shown.length > 1 && Math.abs(y(shown[0]!.bound) - y(shown[1]!.bound)) < 12
  return shown
    .map(({ side, bound, warns }) => {
      const at = y(bound)
      const shift = areClose ? (side === 'max' ? -6 : 6) : 0
      const stroke = { ...paint({ stroke: 'ink' }), 'stroke-width': 1.2, 'stroke-dasharray': dashes[warns ? 'dotted' : 'dashed'] }
      return straightLine([left + inner.left, at], [left + inner.right, at], stroke) + words(left + inner.right + 5, at + 4 + shift, `${side} ${figure(bound, boundDigits)}`, { 'font-size': 11 })
    })
    .join('')
}

function farBounds(shown: readonly Side[], bounds: DrawnBounds | undefined, left: number, top: number): string {
  const far = bounds ? sidesOf(bounds).filter(({ side }) => !shown.some((other) => other.side === side)) : []
  if (far.length === 0) return ''
  return faintWords(left + panelWidth - 16, top + 20, `off the scale: ${far.map(({ side, bound }) => `${side} ${figure(bound, boundDigits)}`).join(', ')}`, { 'text-anchor': 'end', 'font-size': 11 })
}
