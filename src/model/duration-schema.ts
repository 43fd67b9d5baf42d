import { z } from 'zod'
import { durationPattern, formatDuration, parseDuration } from './duration.ts'

interface Range {
  readonly leastMs: number
  readonly mostMs: number
  /** What people may write: `30s`. */
  readonly example: string
}

/** A duration as it is written, `90s`, read as milliseconds. Without a range, any. */
export function durationSchema(range?: Range) {
  const expected = range ? `expected a duration from ${formatDuration(range.leastMs)} to ${formatDuration(range.mostMs)}, such as ${range.example}` : 'expected a duration such as 500ms, 90s or 2h'
  const read = z.unknown().transform((value, context): number => {
    const ms = typeof value === 'string' ? parseDuration(value) : undefined
    if (ms !== undefined && (!range || (ms >= range.leastMs && ms <= range.mostMs))) return ms
    context.addIssue({ code: 'custom', message: expected })
    return z.NEVER
  })
  return read.meta({ type: 'string', pattern: `^${durationPattern}$` })
}
