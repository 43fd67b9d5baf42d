import { legible } from '../../model/legible.ts'
import type { ServerResult } from '../../model/results.ts'
import type { Threshold } from '../../model/threshold.ts'
import { ruleNote } from '../../model/threshold.ts'
import type { Warning } from '../../model/violation.ts'
import { legibleMiss } from '../../model/violation.ts'
import { clean, cut } from '../report-text.ts'
import type { Content } from './escape.ts'
import { html } from './escape.ts'
import { table } from './table.ts'
import { briefly, name } from './words.ts'

const mostFindings = 20
const longestReason = 1000
const longestTail = 4096
const longestLine = 1000
const longestNote = 300

/** Why a server did not pass: the step, and what it said. */
export function reason({ because, error }: Pick<ServerResult, 'because' | 'error'>, most = longestReason): string {
  return briefly(error ? `${error.step}: ${error.message}` : (because ?? ''), most)
}

/** Metrics against their bounds, one a row. */
export function findings(found: readonly Warning[], thresholds: readonly Threshold[], caption: string): Content {
  if (found.length === 0) return undefined
  const shown = found.slice(0, mostFindings)
  const rows = shown.map(({ metric, unit, by, rule, ...missed }) => {
    const of = unit === '' ? '' : ` ${name(unit)}`
    const ruled = rule === undefined ? undefined : thresholds[rule]
    const note = ruled && rule !== undefined ? briefly(ruleNote(ruled, rule), longestNote) : ''
    const { value, bound } = missed.value === undefined ? missed : legibleMiss({ ...missed, value: missed.value })
    return [name(metric), value === undefined ? 'not measured' : `${value}${of}`, `${boundInWords(bound)}${of} ${note}`.trimEnd(), by === undefined ? '' : `${legible(by)}${of}`]
  })
  const more = found.length - shown.length
  const columns = [{ name: 'metric' }, { name: 'measured', is: 'number' as const }, { name: 'bound' }, { name: 'off by', is: 'number' as const }]
  return [table({ caption, columns, rows }), more > 0 && html`<p>and ${more} more: see results.json</p>\n`]
}

/** `at least 50`, or `at most 20`. */
function boundInWords({ min, max }: Warning['bound']): string {
  return [...(min === undefined ? [] : [`at least ${min}`]), ...(max === undefined ? [] : [`at most ${max}`])].join(', ')
}

/** The last lines of a server's log. */
export function tailOf({ tail = [] }: Pick<ServerResult, 'tail'>): string {
  return cut(tail.slice(-20).map((line) => briefly(line, longestLine)).join('\n').slice(-longestTail))
}

/** What is told of the mark, where there is something to tell. */
export function markInWords({ status, broken: { due, marked, withheld, error } }: Pick<ServerResult, 'status' | 'broken'>): string | undefined {
  if (marked) return 'Marked as broken.'
  if (withheld !== undefined) return `Due to be marked as broken, but withheld: ${briefly(withheld, longestNote)}.`
  if (error !== undefined) return `Could not be marked as broken: ${briefly(error, longestNote)}.`
  if (due) return 'Due to be marked as broken, and not marked yet.'
  return status === 'failed' ? 'Not marked as broken.' : undefined
}

/** Whatever a text of others holds, in a block that keeps its lines. */
export function block(text: string, most: number): Content {
  return html`<pre>${clean(cut(text, most))}</pre>\n`
}
