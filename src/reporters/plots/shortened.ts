import { singleLine } from '../report-text.ts'

/** A text of others in one line, clean, and never longer than there is room for. */
export function shortened(text: string, most: number): string {
  const line = singleLine(text)
  return line.length <= most ? line : `${line.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

/** The same of a server's ID, which keeps its end: that is what tells servers of a rack apart. */
export function shortenedId(id: string, most: number): string {
  const line = singleLine(id)
  return line.length <= most ? line : `…${line.slice(1 - most).replace(/^[\udc00-\udfff]/, '')}`
}
