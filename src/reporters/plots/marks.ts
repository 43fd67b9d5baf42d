import { paint } from './palette.ts'
import { element, rounded } from './svg.ts'

/** A cross is what failed; a triangle what failed by something else; a dot what did not, a small one many of these. */
export type Mark = 'dot' | 'cross' | 'triangle'
type Place = readonly [x: number, y: number]

const half = 3.5

const dots = { ...paint({ stroke: 'passed' }), 'stroke-width': 2 * half, 'stroke-linecap': 'round' }
const triangles = { ...paint({ fill: 'page', stroke: 'failed' }), 'stroke-width': 1.5 }
/** Seen on a bar of any colour: a cross has a rim of the page's colour. */
const rims = { ...paint({ fill: 'none', stroke: 'page' }), 'stroke-width': 4.5 }
const crosses = { ...paint({ fill: 'none', stroke: 'failed' }), 'stroke-width': 2.2 }

/** All marks of a kind are one element: thousands of elements would make a page slow. A dot is a line of no length with round ends. */
export function marks(places: readonly Place[], mark: Mark): string {
  if (places.length === 0) return ''
  if (mark === 'dot') return element('path', { d: pathOf(places, 0, 'h0'), ...dots })
  if (mark === 'triangle') return element('path', { d: pathOf(places, half, 'l4 7h-8z'), ...triangles })
  const d = pathOf(places.map(([x, y]) => [x - half, y]), half, 'l7 7m-7 0l7 -7')
  return element('path', { d, ...rims }) + element('path', { d, ...crosses })
}

/** The same lines from each place, begun so much above it. */
function pathOf(places: readonly Place[], above: number, lines: string): string {
  let d = ''
  for (const [x, y] of places) d += `M${rounded(x)} ${rounded(y - above)}${lines}`
  return d
}
