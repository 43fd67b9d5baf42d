// No digit can be taken in two ways.
const decimalPattern = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i

/** A number as programs print it in the locale C; nothing if it is written in any other way, or not finite. */
export function decimal(text: string): number | undefined {
  const value = decimalPattern.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(value) ? value : undefined
}
