import { paint } from './palette.ts'
import { element, rounded } from './svg.ts'

/** A cross is what failed; a triangle what failed by something else; a dot what did not, a small one many of these. */
export type Mark = 'dot' | 'cross' | 'triangle'
type Place = readonly [x: number, y: number]

const half = 3.5

/** All marks of a kind are one element: thousands of elements would make a page slow. A dot is a line of no length with round ends. */
export function marks(places: readonly Place[], mark: Mark): string {
  if (places.length === 0) return ''
  if (mark === 'dot') return element('path', { d: places.map(([x, y]) => `M${rounded(x)} ${rounded(y)}h0`).join(''), ...paint({ stroke: 'passed' }), 'stroke-width': 2 * half, 'stroke-linecap': 'round' })
  if (mark === 'cross') return crosses(places)
  const d = places.map(([x, y]) => `M${rounded(x)} ${rounded(y - half)}l4 7h-8z`).join('')
  return element('path', { d, ...paint({ fill: 'page', stroke: 'failed' }), 'stroke-width': 1.5 })
}

/** Seen on a bar of any colour: each has a rim of the page's colour. */
function crosses(places: readonly Place[]): string {
  const d = places.map(([x, y]) => `M${rounded(x - half)} ${rounded(y - half)}l7 7m-7 0l7 -7`).join('')
  return element('path', { d, ...paint({ fill: 'none', stroke: 'page' }), 'stroke-width': 4.5 }) + element('path', { d, ...paint({ fill: 'none', stroke: 'failed' }), 'stroke-width': 2.2 })
}
