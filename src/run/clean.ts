import { stripEscapes } from '../model/escape.ts'

/** Makes the text of adapters, servers and provisioners fit to be written: no secrets, no escape sequences, no control characters, bounded. */
export interface Cleaner {
  /** One line of at most `most` characters. */
  readonly line: (text: string, most?: number) => string
  /** Several lines; at most 1000, each unbounded. */
  readonly lines: (text: string) => string[]
}

const longestMessage = 4096
const mostLines = 1000
/** More than any message that a person will read; what is cut here is cut before any work is spent on it. */
const longestText = 4 * 1024 * 1024

/** @param secrets What must never be written, in clear, URL-encoded, in base64, or escaped as in JSON. */
export function createCleaner(secrets: readonly string[]): Cleaner {
  const hidden = [...new Set(secrets.flatMap(spellings))].sort((a, b) => b.length - a.length)
  const redact = (text: string): string => hidden.reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
  const whole = (text: string): string => redact(plain(redact(text.slice(0, longestText))))
  return {
    line: (text, most = longestMessage) => cut(joined(whole(text)), most),
    lines(text) {
      const split = whole(text).split('\n')
      const lines = split.slice(0, Math.max(1, split.findLastIndex((line) => line !== '') + 1))
      return lines.length <= mostLines ? lines : [...lines.slice(0, mostLines), `... and ${lines.length - mostLines} more lines`]
    },
  }
}

function spellings(secret: string): string[] {
  if (secret === '') return []
  const base64 = Buffer.from(secret).toString('base64')
  return [secret, encodeURIComponent(secret.toWellFormed()), base64, base64.replaceAll('=', ''), JSON.stringify(secret).slice(1, -1)]
}

/** Only line feeds are left of all control characters; lone surrogates become U+FFFD, tabs blanks. */
function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (!/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff\ufffe\uffff]/.test(text)) return text
  return stripEscapes(text)
    .toWellFormed()
    .replaceAll(/\r\n?|[\u2028\u2029]/g, '\n')
    .replaceAll('\t', '  ')
    // oxlint-disable-next-line no-control-regex -- control characters are what is removed
    .replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\ufffe\uffff]/g, '')
}

/** Line by line and not by a pattern: one that looks for blanks around line feeds takes hours for a text of nothing but blanks. */
function joined(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ')
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const note = `... (${text.length} characters)`
  return `${text.slice(0, Math.max(0, most - note.length)).toWellFormed()}${note}`
}
