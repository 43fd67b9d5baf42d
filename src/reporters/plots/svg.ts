import { singleLine } from '../report-text.ts'
import { darkStyle, paint } from './palette.ts'

type Attributes = Readonly<Record<string, string | number | undefined>>

/** What a plot repeats of one text of others, in characters. */
const longestText = 200
const longestWords = 4000

/** An element; what is in it is markup already. Numbers are rounded to what can be seen. */
export function element(name: string, attributes: Attributes, ...content: readonly string[]): string {
  let written = `<${name}`
  for (const key in attributes) {
    const value = attributes[key]
    if (value !== undefined) written += ` ${key}="${typeof value === 'number' ? rounded(value) : escaped(value)}"`
  }
  const inside = content.length === 1 ? content[0]! : content.join('')
  return inside === '' ? `${written}/>` : `${written}>${inside}</${name}>`
}

const ink = paint({ fill: 'ink' })
const faint = paint({ fill: 'faint' })

/** Words at a place: of others or our own, escaped here. */
export function words(x: number, y: number, said: string, attributes: Attributes = {}): string {
  return element('text', { x, y, ...ink, ...attributes }, lined(said))
}

export function faintWords(x: number, y: number, said: string, attributes: Attributes = {}): string {
  return words(x, y, said, { ...faint, ...attributes })
}

export function straightLine([x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number], attributes: Attributes): string {
  return element('line', { x1, y1, x2, y2, ...attributes })
}

/** A whole document, on a background of its own: it is seen by itself, too. */
export function svgDocument({ width, height, title, description }: { readonly width: number; readonly height: number; readonly title: string; readonly description: string }, ...content: readonly string[]): string {
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${rounded(width)} ${rounded(height)}`, role: 'img', 'aria-labelledby': 'title description',
    'font-family': 'system-ui, sans-serif', 'font-size': fontSize,
  }
  const told = [
    element('title', { id: 'title' }, escaped(singleLine(title, longestText))),
    element('desc', { id: 'description' }, escaped(singleLine(description, longestWords))),
    element('style', {}, darkStyle),
    element('rect', { width, height, ...paint({ fill: 'page' }) }),
  ]
  return `${element('svg', attributes, '\n', told.join('\n'), '\n', content.filter((piece) => piece !== '').join('\n'), '\n')}\n`
}

const fontSize = 12

/** About how wide a text is drawn, in pixels: no less than in most fonts. */
export function widthOf(text: string, size: number = fontSize): number {
  return text.length * size * 0.6
}

/** A coordinate as it is written: to a tenth of a pixel. */
export function rounded(coordinate: number): string {
  return String(Math.round(coordinate * 10) / 10)
}

/** Most of what a plot says is its own, and plain. */
function lined(text: string): string {
  return text.length <= longestText && /^[\w .,:%()+-]*$/.test(text) ? text : escaped(singleLine(text, longestText))
}

function escaped(text: string): string {
  if (!/[&<>"]/.test(text)) return text
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
