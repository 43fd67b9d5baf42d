import { blames } from '../../model/fault.ts'
import type { ServerResult } from '../../model/results.ts'
import { count } from '../log-words.ts'
import { clean, cut } from '../report-text.ts'
import type { ReportResults } from '../servers.ts'
import type { Html } from './escape.ts'
import { html } from './escape.ts'

type Status = ServerResult['status']

const symbols: Readonly<Record<Status, string>> = { passed: '✓', failed: '✗', skipped: '–' }

/** A verdict by symbol and word, so that colour only repeats what is said. */
export function verdict({ status, error }: Pick<ServerResult, 'status' | 'error'>): Html {
  return marked(status, status === 'failed' && error && !blames[error.type].judged ? 'failed, not judged' : status)
}

/** Words that mean something good, bad or neither. */
export function marked(status: Status, words: string): Html {
  return html`<span class="${status}"><span aria-hidden="true">${symbols[status]}</span> ${words}</span>`
}

/** What the run came to, in a few words, and whether that is good. */
export function outcome({ run, summary: { failed } }: Pick<ReportResults, 'run' | 'summary'>): { readonly words: string; readonly status: Status } {
  if (run.status === 'running') return { words: failed > 0 ? `not ended, ${count(failed, 'server')} failed so far` : 'not ended', status: failed > 0 ? 'failed' : 'skipped' }
  if (failed > 0) return { words: `${count(failed, 'server')} failed`, status: 'failed' }
  if (run.exitCode === 0) return { words: 'passed', status: 'passed' }
  return { words: run.status === 'finished' ? 'not in order' : run.status, status: 'failed' }
}

/** A moment for people and for machines. */
export function moment(at: string): Html {
  const ms = Date.parse(at)
  if (!Number.isFinite(ms)) return html`${briefly(at, 40)}`
  const iso = new Date(ms).toISOString()
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`
}

const longestName = 100

/** The name of a metric, a label or the like. */
export function name(text: string): string {
  return briefly(text, longestName)
}

/** The same as the heading of a column, which may be broken between its words. */
export function breakable(text: string): Html {
  const words = name(text).split(/(?<=[._:/-])/)
  return html`${words.map((word, index) => [index > 0 && html`<wbr>`, word])}`
}

/** A text of others in one line of at most `most` characters and a note. Reads no more of it than it takes, for there may be thousands. */
export function briefly(text: string, most: number): string {
  const line = clean(text.slice(0, most * 2)).replaceAll(/\s+/g, ' ').trim()
  return clean(cut(line, most, text.length))
}
