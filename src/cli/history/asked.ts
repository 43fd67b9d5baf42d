import { refusal } from '../../config/wording.ts'
import type { Span } from '../../history/questions.ts'
import { parseDuration } from '../../model/duration.ts'
import { UsageError } from '../../model/problem.ts'
import type { Where } from '../../model/where.ts'
import type { Arguments } from '../command-line.ts'
import { startOfDay } from '../day.ts'
import { formats } from '../options/answer.ts'
import { readConditions } from '../select-servers.ts'

/** What `rackbench history` is asked. */
export interface Asked {
  /** Without one, all servers. */
  readonly id?: string
  readonly span: Span
  readonly conditions: readonly Where[]
  /** Names, or patterns with `*` and `?`; none of them: every metric. */
  readonly metrics: readonly string[]
  readonly format: (typeof formats)['history'][number]
}

/** What a person reads at once. */
const usualRuns = 30

/** @throws UsageError with everything that is wrong. */
export function readAsked({ flags, lists, words: [id, ...more] }: Pick<Arguments, 'flags' | 'lists' | 'words'>, now: number): Asked {
  const problems: string[] = []
  const { format: asFormat = 'table', last: asLast } = flags
  const format = formats.history.find((known) => known === asFormat)
  if (!format) problems.push(refusal('--format', formats.history.join(', '), asFormat))
  const last = asLast === undefined ? (format === 'table' ? usualRuns : Number.MAX_SAFE_INTEGER) : /^[1-9]\d{0,5}$/.test(String(asLast)) ? Number(asLast) : undefined
  if (last === undefined) problems.push(refusal('--last', 'a whole number from 1 to 999999', asLast))
  const since = sinceOf(flags['since'], now, problems)
  if (more.length > 0) problems.push(`history tells of one server, or of all that meet --where; not of ${more.length + 1}`)
  let conditions: readonly Where[] = []
  try {
    conditions = readConditions(lists['where'] ?? [])
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    problems.push(...error.problems)
  }
  if (problems.length > 0 || !format || last === undefined) throw new UsageError(problems)
  return { ...(id !== undefined && { id }), span: { since, last }, conditions, metrics: lists['metric'] ?? [], format }
}

/** `90d` back from now, or a day, or a moment. In milliseconds since 1970. */
function sinceOf(given: Arguments['flags'][string], now: number, problems: string[]): number {
  if (given === undefined) return 0
  const text = String(given)
  const ago = parseDuration(text)
  if (ago !== undefined) return now - ago
  const at = /^\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?$/.test(text) ? Date.parse(text) : Number.NaN
  const day = text.slice(0, 'YYYY-MM-DD'.length)
  if (!Number.isNaN(at) && startOfDay(day) === undefined) problems.push(`--since: there is no such day as ${day}`)
  if (Number.isNaN(at)) problems.push(refusal('--since', 'how long ago, like 90d or 12h, or a day, like 2026-11-01 (UTC)', given))
  return at
}
