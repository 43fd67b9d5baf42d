import { mad, median } from './statistics.ts'

/** How values lie together, whatever the outliers among them. */
export interface RobustSpread {
  readonly median: number
  /** The median absolute deviation, in the unit of the values, not scaled. */
  readonly mad: number
  /** What counts as one deviation, in the unit of the values: for normal values the standard deviation, and never less than 1 % of the median. */
  readonly deviation: number
}

/** So many deviations from the median, and a value is an outlier: the usual bound for a robust score. */
export const outlierDeviations = 3.5

const perMad = 1.4826
/** The same for the mean absolute deviation, which stands in where more than half of the values are the same. */
const perMean = 1.2533
/** Servers of one model differ by less than this for no reason at all. */
const leastShare = 0.01

/** @param values Finite; without any of them all is NaN. */
export function robustSpread(values: readonly number[]): RobustSpread {
  const ordered = sorted(values)
  const [middle, apart] = [median(ordered), mad(ordered)]
  const typical = apart > 0 ? perMad * apart : perMean * mean(ordered.map((value) => Math.abs(value - middle)))
  return { median: middle, mad: apart, deviation: Math.max(typical, leastShare * Math.abs(middle)) }
}

/** Of tens of thousands of values, an array of numbers is sorted ten times as fast as one of anything; what is in order is sorted again for nothing. */
function sorted(values: readonly number[]): number[] {
  return Array.from(Float64Array.from(values).sort())
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value / values.length, 0)
}

/** How many deviations a value lies above the median; below it, the number is negative. Always finite. */
export function deviationsOf(value: number, { median: middle, deviation }: RobustSpread): number {
  const deviations = value === middle ? 0 : (value - middle) / deviation
  if (Number.isNaN(deviations)) return 0
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, deviations))
}
