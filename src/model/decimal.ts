/** A number as programs print it in the locale C, as a regular expression from its first character to its last. No digit can be taken in two ways: that would take minutes for a line of nothing but digits. */
export const decimalPattern = String.raw`[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?`
const written = new RegExp(`^${decimalPattern}$`)

/** Whether a text is a number as a whole; it may be too large to be finite. */
export function isDecimal(text: string): boolean {
  return written.test(text)
}

/** The number that a text is; nothing if it is written in any other way, or not finite. */
export function decimal(text: string): number | undefined {
  const value = isDecimal(text) ? Number(text) : Number.NaN
  return Number.isFinite(value) ? value : undefined
}
