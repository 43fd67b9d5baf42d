/** The first moment of a day in UTC, in milliseconds since 1970; nothing if there is no such day. @param text `2026-11-01` */
export function startOfDay(text: string): number | undefined {
  const ms = Date.parse(`${text}T00:00:00.000Z`)
  // February has no 30th, whatever a parser makes of it.
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(text) ? ms : undefined
}
