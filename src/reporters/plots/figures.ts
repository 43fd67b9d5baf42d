const usualDigits = 4
const mostDigits = 15

/** A number for people: `1,234`, `0.05`, `1e+300`; with so many significant digits. */
export function figure(value: number, digits: number = usualDigits): string {
  const size = Math.abs(value)
  if (size !== 0 && (size >= 1e9 || size < 1e-4)) {
    const [mantissa, exponent] = value.toExponential(Math.min(digits, usualDigits) - 1).split('e')
    return `${Number(mantissa)}e${exponent}`
  }
  const plain = String(Number(value.toPrecision(digits)))
  if (size < 1000) return plain
  const [whole = '', decimals] = plain.split('.')
  const grouped = whole.replace(/\d(?=(?:\d{3})+$)/g, '$&,')
  return decimals === undefined ? grouped : `${grouped}.${decimals}`
}

/** A number that somebody has written, such as a bound: with all its digits. */
export function exactFigure(value: number): string {
  return figure(value, mostDigits)
}

/** The numbers of an axis, with as many digits as it takes to tell them apart. */
export function axisFigures(ticks: readonly number[]): string[] {
  const step = ticks.length > 1 ? Math.abs(ticks[1]! - ticks[0]!) : 0
  const greatest = Math.max(...ticks.map(Math.abs))
  const digits = step > 0 && greatest > 0 ? Math.ceil(Math.log10(greatest / step)) + 1 : usualDigits
  return ticks.map((tick) => figure(Math.abs(tick) < step / 1000 ? 0 : tick, Math.max(usualDigits, Math.min(mostDigits, digits))))
}

const greatest = 1e300
const least = 1e-290

/** A number that can be calculated with: what lies at the edge of what numbers can be is drawn a little nearer. */
export function drawable(value: number): number {
  return Math.abs(value) < least ? 0 : Math.max(-greatest, Math.min(greatest, value))
}
