/**
 * The value in the middle; of an even number of values, the mean of the two in the middle. Without values it is NaN.
 *
 * @param values In any order, finite; they are left as they are.
 */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  return lower === upper ? lower : lower / 2 + upper / 2
}

/**
 * The median absolute deviation: how far values typically lie from their median, whatever the outliers among them. In the unit of the values, not scaled:
 * times 1.4826 it estimates the standard deviation of normal values.
 */
export function mad(values: readonly number[]): number {
  const middle = median(values)
  return median(values.map((value) => Math.abs(value - middle)))
}
