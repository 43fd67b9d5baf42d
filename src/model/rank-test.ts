import { complementaryError } from './complementary-error.ts'

/** Whether two samples differ in where they lie, and how likely that would be by chance. */
export interface RankTest {
  /** How many of all pairs have the greater value in the second sample; a pair of equal values counts half. */
  readonly u: number
  /** Two-sided: how likely samples of one and the same population differ at least as much. From 0 to 1. */
  readonly p: number
  /** Exact where samples are small; else by the normal distribution, corrected for ties and for continuity. */
  readonly method: 'exact' | 'normal'
}

/** Up to here every order is counted; the tables of Mann and Whitney's successors end here, too. */
const mostExact = 20

/**
 * The test of Mann and Whitney, also known as Wilcoxon's rank sum test. It asks only for the order of values: outliers do it no harm, and nothing is
 * supposed about their distribution.
 *
 * Sources: H. B. Mann, D. R. Whitney, "On a test of whether one of two random variables is stochastically larger than the other", Annals of
 * Mathematical Statistics 18 (1947), 50-60, for U and its exact distribution; E. L. Lehmann, "Nonparametrics: statistical methods based on ranks"
 * (1975), section 1.2 for the normal approximation with the correction for continuity, section 1.4 and appendix (A.18) for that for ties:
 * z = (|U - mn/2| - 1/2) / s with s² = mn/12 (N + 1 - sum(t³ - t) / (N (N - 1))), where N = m + n, and t counts the values of each tie.
 *
 * @param first Finite values, in any order, as those of `second`; at least one each.
 */
export function rankTest(first: readonly number[], second: readonly number[]): RankTest {
  const { u, ties, tied } = countPairs(inOrder(first), inOrder(second))
  const [m, n] = [first.length, second.length]
  if (Math.max(m, n) <= mostExact) return { u, p: ties === 0 ? exactP(Math.min(u, m * n - u), m, n) : exactTiedP(Math.abs(2 * u - m * n), m, n, tied), method: 'exact' }
  const total = m + n
  const variance = ((m * n) / 12) * (total + 1 - ties / (total * (total - 1)))
  const apart = Math.max(0, Math.abs(u - (m * n) / 2) - 0.5)
  // Where all values are the same there is no spread, and nothing apart either.
  return { u, p: apart === 0 || variance <= 0 ? 1 : Math.min(1, complementaryError(apart / Math.sqrt(2 * variance))), method: 'normal' }
}

function inOrder(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort()
}

/** U, the sum of t³ - t over all ties, and how often each value is there, from the lowest on. Each value is looked at once. */
function countPairs(first: Float64Array, second: Float64Array): { readonly u: number; readonly ties: number; readonly tied: readonly number[] } {
  let [u, ties, i, j] = [0, 0, 0, 0]
  const tied: number[] = []
  while (i < first.length || j < second.length) {
    const value = Math.min(first[i] ?? Infinity, second[j] ?? Infinity)
    const [below, from] = [i, j]
    while (first[i] === value) i++
    while (second[j] === value) j++
    const [inFirst, inSecond] = [i - below, j - from]
    u += inSecond * (below + inFirst / 2)
    const alike = inFirst + inSecond
    tied.push(alike)
    ties += alike ** 3 - alike
  }
  return { u, ties, tied }
}

/** Twice the share of orders with a U of at most `least`: the distribution is symmetric. */
function exactP(least: number, m: number, n: number): number {
  const ways = waysOf(m, n)
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)
  return Math.min(1, (2 * sum(ways.slice(0, least + 1))) / sum(ways))
}

/**
 * In how many orders of m and n values U is 0, 1, ... mn: the coefficients of the Gaussian binomial (m + n over m), the product of
 * (1 - q^(n+i)) / (1 - q^i) for i from 1 to m. All are whole numbers below 2^53.
 */
function waysOf(m: number, n: number): readonly number[] {
  const ways = Array.from({ length: m * n + 1 }, (_, u) => Number(u === 0))
  for (let i = 1; i <= m; i++) {
    for (let u = m * n; u >= n + i; u--) ways[u]! -= ways[u - n - i]!
    for (let u = i; u <= m * n; u++) ways[u]! += ways[u - i]!
  }
  return ways
}

/**
 * The share of all ways to choose the first sample from the values of both, in which 2U lies at least `apart` from its middle: with ties the distribution
 * need not be symmetric. The normal one would be far too sure of few values: of 3 and 3 that are equal among themselves it makes 0.047 for 0.1.
 *
 * @param tied How often each value is there, from the lowest on.
 */
function exactTiedP(apart: number, m: number, n: number, tied: readonly number[]): number {
  // By how many values of the first sample there are so far, then by 2U; whole numbers below 2^53.
  let ways: readonly Float64Array[] = Array.from({ length: m + 1 }, (_, chosen) => new Float64Array(2 * m * n + 1).fill(Number(chosen === 0), 0, 1))
  for (const alike of tied) {
    const next = ways.map((row) => new Float64Array(row.length))
    for (const [chosen, row] of ways.entries()) {
      for (let more = 0, orders = 1; more <= Math.min(alike, m - chosen); orders = (orders * (alike - more)) / (more + 1), more++) {
        const adds = (alike - more) * (2 * chosen + more)
        for (let u = 0; u + adds < row.length; u++) if (row[u]! > 0) next[chosen + more]![u + adds]! += orders * row[u]!
      }
    }
    ways = next
  }
  const all = ways[m]!
  return all.reduce((sum, count, u) => (Math.abs(u - m * n) >= apart ? sum + count : sum), 0) / all.reduce((sum, count) => sum + count, 0)
}
