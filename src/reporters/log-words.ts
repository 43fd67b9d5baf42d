import prettyMs from 'pretty-ms'
import type { Totals } from '../model/totals.ts'

/** Milliseconds for a person: `250ms`, `61.2s` is `1m 1.2s`, an hour and more without its seconds' parts. Never throws. */
export function inWords(ms: number): string {
  const whole = Number.isFinite(ms) ? Math.max(0, Math.round(ms)) : 0
  return prettyMs(whole, { secondsDecimalDigits: whole < 3_600_000 ? 1 : 0 })
}

/** The same to the second, for what is looked at while it goes on. */
export function roughly(ms: number): string {
  return inWords(Math.floor(Math.max(0, ms) / 1000) * 1000).replace(/^0ms$/, '0s')
}

/** `1 server`, `2 servers`. */
export function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`
}

/** `50 passed, 8 failed, 2 skipped`; servers that have not finished are told only where there are any. */
export function countsInWords({ passed, failed, skipped, unfinished }: Pick<Totals, 'passed' | 'failed' | 'skipped' | 'unfinished'>): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped${unfinished > 0 ? `, ${unfinished} not finished` : ''}`
}

/** The first few of many, and how many more there are: `104, 105 and 3 more`. */
export function few(items: readonly string[], most: number): string {
  const shown = items.slice(0, most).join(', ')
  return items.length > most ? `${shown} and ${items.length - most} more` : shown
}
