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

/** @param secrets What must never be written, in clear or in any of the spellings below. */
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

/** The ways in which programs write a text down. Shorter ones than this would hide innocent words. */
const shortestSpelling = 6

function spellings(secret: string): string[] {
  if (secret === '') return []
  const text = secret.toWellFormed()
  const escaped = JSON.stringify(secret).slice(1, -1)
  const written = [encodeURIComponent(text), encodeURI(text), new URLSearchParams({ s: text }).toString().slice(2), escaped, JSON.stringify(escaped).slice(1, -1), ...asEntities(text), ...inBase64(secret)]
  const hex = Buffer.from(secret).toString('hex')
  const lower = written.map((spelling) => spelling.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))
  return [secret, ...[...written, ...lower, hex, hex.toUpperCase()].filter(({ length }) => length >= shortestSpelling)]
}

function asEntities(text: string): string[] {
  const marks = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const quoted = marks.replaceAll('"', '&quot;')
  return [marks, quoted, quoted.replaceAll("'", '&#39;'), marks.replaceAll('"', '&#34;').replaceAll("'", '&apos;')]
}

/**
 * What of a secret's base64 is the same whatever stands before and behind it, as in `user:secret`: it depends on where in a
 * group of three bytes the secret begins. Where nothing stands behind it, its last character is told too, and the padding.
 */
function inBase64(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const spelled = [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    const begin = Math.ceil((before * 8) / 6)
    return [whole.slice(begin, Math.floor(((before + bytes.length) * 8) / 6)), whole.slice(begin), whole.slice(begin).replaceAll('=', '')]
  })
  return [...spelled, ...spelled.map((base64) => base64.replaceAll('+', '-').replaceAll('/', '_'))]
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
