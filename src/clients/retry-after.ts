const longestMs = 3_600_000

/**
 * Reads a `Retry-After` header: seconds, or a date. At most an hour; a date that is past is 0. Nothing if it says neither.
 *
 * @param now Milliseconds since 1970.
 */
export function readRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? ''
  if (/^\d{1,12}(?:\.\d{1,6})?$/.test(text)) return Math.min(longestMs, Number(text) * 1000)
  // Dates alone have words in them; `Date.parse` would take other numbers for years.
  const at = /^[A-Za-z]{3,9},/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.min(longestMs, Math.max(0, at - now))
}
