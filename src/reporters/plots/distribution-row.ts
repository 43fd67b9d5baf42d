import { bin } from 'd3-array'
import { scaleLinear } from 'd3-scale'
import { median } from '../../model/statistics.ts'
import { boundLines } from './bound-lines.ts'
import { dodge } from './dodge.ts'
import { drawable, figure } from './figures.ts'
import type { Mark } from './marks.ts'
import { marks } from './marks.ts'
import { paint } from './palette.ts'
import type { Sample, SampleGroup } from './samples.ts'
import { shortened, shortenedId } from './shortened.ts'
import { element, faintWords, straightLine, widthOf, words } from './svg.ts'
import type { ValueScale } from './value-scale.ts'

interface Row {
  readonly drawn: string
  readonly height: number
}

interface Place {
  readonly top: number
  readonly isOnly: boolean
}

const labelled = 18
const markWidth = 8
const mostLevels = 3
const mostDots = 150
const mostBars = 60
const mostLabels = 8
const longestModel = 22

/** Readable across the lines behind it. */
const rim = { ...paint({ fill: 'ink', stroke: 'page' }), 'stroke-width': 3, 'paint-order': 'stroke' }

const medianRim = { ...paint({ stroke: 'page' }), 'stroke-width': 4 }

/** One model: bars or dots of the servers that did not fail above a line, marks of the failed ones below it. */
export function groupRow({ name, samples, bounds }: SampleGroup, x: ValueScale, { top, isOnly }: Place): Row {
  const tall = isOnly ? 150 : 72
  const base = top + labelled + tall
  const [left, right] = x.range() as [number, number]
  const values = samples.map(({ value }) => drawable(value))
  const fine = samples.flatMap(({ value, verdict }) => (verdict === 'fine' ? [drawable(value)] : []))
  const failed = samples.filter(({ verdict }) => verdict !== 'fine').toSorted((a, b) => a.value - b.value)
  const below = failedMarks(failed, x, base)
  const middle = x(median(values))
  const [low, high] = x.domain() as [number, number]
  const off = values.filter((value) => value < low || value > high).length
  const dots = heaped(fine, x, base, tall)
  const medianLine = straightLine([middle, base - tall], [middle, base], { ...paint({ stroke: 'ink' }), 'stroke-width': 1.5 })
  const drawn = [
    ...(dots === undefined ? [bars(fine, x, median(values), base, tall), straightLine([middle, base - tall], [middle, base], medianRim), medianLine] : [medianLine, dots]),
    straightLine([left, base], [right, base], paint({ stroke: 'faint' })),
    boundLines(bounds, x, { top: top + 12, bottom: base + below.height }),
    words(16, base - tall + 12, shortened(name, longestModel), { 'font-weight': 'bold' }),
    faintWords(16, base - tall + 28, `${figure(samples.length, 15)} measured`),
    faintWords(16, base - tall + 43, `median ${figure(median(values))}`),
    ...(failed.length > 0 ? [words(16, base - tall + 58, `${figure(failed.length, 15)} failed`)] : []),
    ...(off > 0 ? [words(16, base - tall + 73, `${figure(off, 15)} off the scale`)] : []),
    below.drawn,
  ]
  return { drawn: drawn.join('\n'), height: labelled + tall + below.height + 16 }
}

/** Dots heaped up from the line; nothing where they are too many, or too high. */
function heaped(values: readonly number[], x: ValueScale, base: number, tall: number): string | undefined {
  if (values.length > mostDots) return undefined
  const places = values.map((value) => x(value)).toSorted((a, b) => a - b)
  const levels = dodge(places, markWidth, Math.floor(tall / markWidth))
  if (levels.includes(undefined)) return undefined
  return marks(places.map((place, index) => [place, base - 5 - levels[index]! * markWidth]), 'dot')
}

/** Bars of equal width, the middle of one of them at `centre`: where all values are the same, theirs stands on them and not beside them. */
function bars(values: readonly number[], x: ValueScale, centre: number, base: number, tall: number): string {
  const [low, high] = x.domain() as [number, number]
  const [left, right] = x.range() as [number, number]
  const step = (high - low) / mostBars
  const below = Math.floor((centre - low) / step)
  const edges = Array.from({ length: mostBars }, (_, index) => centre + (index - below + 0.5) * step).filter((edge) => edge > low + step / 2 && edge < high - step / 2)
  const bins = bin().domain([low, high]).thresholds(edges)(values.map((value) => Math.max(low, Math.min(high, value))))
  const most = bins.reduce((highest, { length }) => Math.max(highest, length), 1)
  const y = scaleLinear([0, most], [base, base - tall])
  const ticks = y.ticks(tall > 100 ? 4 : 2).filter((tick) => Number.isInteger(tick) && tick > 0)
  const scale = ticks.map((tick) => straightLine([left, y(tick)], [right, y(tick)], paint({ stroke: 'grid' })) + faintWords(right + 6, y(tick) + 4, figure(tick, 15)))
  const d = bins.flatMap(({ x0 = low, x1 = high, length }) => (length > 0 ? [element('rect', { x: x(x0) + 0.5, y: y(length), width: x(x1) - x(x0) - 1, height: Math.max(1, base - y(length)), ...paint({ fill: 'passed' }) })] : []))
  return [...scale, ...d].join('')
}

/** The failed ones as marks, those that would cover each other one below the other as far as there is room; and a few names. */
function failedMarks(failed: readonly Sample[], x: ValueScale, base: number): Row {
  if (failed.length === 0) return { drawn: '', height: 0 }
  const places = failed.map(({ value }) => x(drawable(value)))
  const levels = dodge(places, markWidth, mostLevels)
  const of = (mark: Mark, verdict: Sample['verdict']): string =>
    marks(failed.flatMap((sample, index) => (sample.verdict === verdict && levels[index] !== undefined ? [[places[index]!, base + 9 + levels[index] * 9] as const] : [])), mark)
  const deep = 1 + levels.reduce<number>((deepest, level) => Math.max(deepest, level ?? 0), 0)
  const named = failed.map(({ id }) => shortenedId(id, 16))
  const shown = new Set(roomFor(places, named))
  const names = named.flatMap((name, index) => (shown.has(index) ? [words(places[index]!, base + 9 * deep + 16, name, { ...rim, 'text-anchor': 'middle', 'font-size': 11 })] : []))
  return { drawn: [of('triangle', 'failed otherwise'), of('cross', 'failed by it'), ...names].join('\n'), height: 9 * deep + 18 }
}

/** Which names there is room for in one line, from its ends to its middle: the far ones are those that are asked for. */
function roomFor(places: readonly number[], names: readonly string[]): number[] {
  const shown: number[] = []
  const order = places.map((_, index) => (index % 2 === 0 ? index / 2 : places.length - (index + 1) / 2))
  for (const index of order) {
    const half = widthOf(names[index]!, 11) / 2 + 4
    const isFree = shown.every((other) => Math.abs(places[other]! - places[index]!) > half + widthOf(names[other]!, 11) / 2 + 4)
    if (isFree) shown.push(index)
    if (shown.length === mostLabels) break
  }
  return shown
}
