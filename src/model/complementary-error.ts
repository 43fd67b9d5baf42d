/** Below, the series gives more digits; above, the fraction. */
const seriesEnds = 2
/** More than enough for a double at 2, where it takes the most. */
const terms = 200

/**
 * The complementary error function, erfc(x): how much of a normal distribution of variance 1/2 lies further from its middle than x. To at least
 * twelve digits, also far out, where it is small.
 *
 * Source: M. Abramowitz, I. A. Stegun, "Handbook of mathematical functions" (1964), 7.1.6 (series) and 7.1.14 (continued fraction).
 *
 * @param x At least 0.
 */
export function complementaryError(x: number): number {
  return x < seriesEnds ? 1 - errorSeries(x) : errorFraction(x)
}

/** erf(x) = 2/√π e^(-x²) (x + 2 x³/3 + 4 x⁵/15 + ...): no term is negative. */
function errorSeries(x: number): number {
  let [term, sum] = [x, x]
  for (let n = 1; term > sum * Number.EPSILON; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}

/** erfc(x) = e^(-x²)/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + ...)))) */
function errorFraction(x: number): number {
  let tail = x
  for (let n = terms; n >= 1; n--) tail = x + n / 2 / tail
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail
}
