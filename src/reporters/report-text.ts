import { stripEscapes } from '../model/escape.ts'

/** What a report repeats of one text of others, in characters; the journal has all of it. */
const longestText = 16_384

/** Bounds a text of others. May leave half of a surrogate pair at the end: for `clean` to take away. */
export function cut(text: string, most = longestText, length = text.length): string {
  return text.length <= most ? text : `${text.slice(0, most)}... (${length} characters)`
}

/** The same as well-formed Unicode, so that any reader of JSON takes it. */
export function bounded(text: string): string {
  return cut(text).toWellFormed()
}

/** What XML forbids, all other control characters but tab and line breaks, and those that turn the direction of whatever follows. With the `u` flag, half a surrogate pair is one of these. */
const forbidden = /[^\t\n\r\u0020-\u007e\u00a0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

/** Takes escape sequences out of a text, every character that cannot stand in XML, and what turns the direction of the text after it. */
export function clean(text: string): string {
  if (/^[\t\n\r\u0020-\u007e]*$/.test(text)) return text
  return stripEscapes(text).replace(forbidden, '')
}

/** A text in one line, clean, of at most `most` characters and a note. */
export function singleLine(text: string, most = longestText): string {
  const line = clean(text.slice(0, longestText)).replace(/\s+/g, ' ').trim()
  return clean(cut(line, most, text.length))
}

/** Milliseconds as a plain number of seconds. */
export function seconds(ms: number): number {
  return Number.isFinite(ms) && ms > 0 ? Math.round(ms) / 1000 : 0
}

/** Jenkins would attach, and publish, whatever file a text of others names. */
export function withoutMarker(text: string): string {
  return text.replaceAll('[[ATTACHMENT|', '[[ATTACHMENT ')
}
