import { extent, quantileSorted } from 'd3-array'
import type { ScaleLinear } from 'd3-scale'
import { scaleLinear } from 'd3-scale'
import type { Bounds } from '../../model/threshold.ts'
import { drawable } from './figures.ts'

export type ValueScale = ScaleLinear<number, number>

/** So far from the median, in widths of the middle half and in medians, is drawn where it is; what lies farther is drawn at the edge. */
const mostWidths = 25
const mostMedians = 1.2
/** The middle half is taken to be no narrower than this share of the median. */
const leastWidth = 0.02
const margin = 0.03

/**
 * A scale from values to pixels on which the usual ones can be told apart, whatever single ones are: those far off are clamped to its ends.
 *
 * @param values Sorted and drawable, at least one.
 */
export function valueScale(values: readonly number[], bounds: Iterable<Bounds>, range: readonly [number, number]): ValueScale {
  const [low, high] = extentOf(values, bounds)
  const pad = low === high ? Math.abs(low) * 0.05 || 1 : (high - low) * margin
  return scaleLinear([low - pad, high + pad], range).clamp(true)
}

function extentOf(values: readonly number[], bounds: Iterable<Bounds>): [number, number] {
  const quantile = (p: number): number => quantileSorted([...values], p) ?? 0
  const middle = quantile(0.5)
  const width = Math.max(quantile(0.75) - quantile(0.25), Math.abs(middle) * leastWidth)
  const reach = width > 0 ? Math.max(mostWidths * width, mostMedians * Math.abs(middle)) : Infinity
  const ends = [...bounds].flatMap(({ min: least, max: most }) => [least, most]).flatMap((bound) => (bound === undefined ? [] : [drawable(bound)]))
  const [low = middle, high = middle] = extent([middle, ...ends, ...values].filter((value) => Math.abs(value - middle) <= reach))
  return [low, high]
}
