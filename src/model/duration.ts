const unitsMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** What a duration looks like, as a regular expression from its first character to its last. */
export const durationPattern = String.raw`(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h|d)`
const written = new RegExp(`^${durationPattern}$`)

/** Reads `90s`, `45m`, `2h`, `1.5h`, `500ms` or `1d`; answers with milliseconds, or nothing if it is none of them. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = written.exec(text) ?? []
  if (amount === undefined || unit === undefined) return undefined
  return Math.round(Number(amount) * unitsMs[unit as keyof typeof unitsMs])
}

/** What is written is read with so many digits. */
const mostDigits = 999_999_999

/** Writes milliseconds in the largest unit that keeps them whole: 5400000 is `90m`. `parseDuration` reads it back. */
export function formatDuration(ms: number): string {
  const whole = (['d', 'h', 'm', 's'] as const).find((unit) => ms >= unitsMs[unit] && ms % unitsMs[unit] === 0)
  if (whole !== undefined) return `${ms / unitsMs[whole]}${whole}`
  return ms > mostDigits ? `${ms / unitsMs.s}s` : `${ms}ms`
}
