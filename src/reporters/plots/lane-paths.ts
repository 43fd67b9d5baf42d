import { paint } from './palette.ts'
import type { Stretch } from './drawn-bars.ts'
import { stretchesOf } from './drawn-bars.ts'
import type { Lane } from './lanes.ts'
import { element, rounded } from './svg.ts'
import type { Rows } from './timeline.ts'

interface TimeScale {
  (ms: number): number
  readonly invert: (pixels: number) => number
}

/** What is narrower than this, in pixels, is laid together. */
const leastPixels = 0.5
/** More stretches than these make a file too large: then what is laid together is wider. */
const mostStretches = 90_000

/** What is drawn of each lane: what is too narrow to be seen is laid together. */
export function drawnLanes(lanes: readonly Lane[], x: TimeScale): Stretch[][] {
  let pixels = leastPixels
  let drawn = lanesStretched(lanes, x, pixels)
  while (drawn.reduce((sum, { length }) => sum + length, 0) > mostStretches) drawn = lanesStretched(lanes, x, (pixels *= 2))
  return drawn
}

/** All bars, one element for each kind. */
export function barPaths(drawn: readonly (readonly Stretch[])[], rows: Rows, x: TimeScale, top: number): string {
  const paths = new Map<Stretch['kind'], string[]>()
  for (const [index, stretches] of drawn.entries()) {
    const y = rounded(top + rows.height * (index + 1) - 1 - rows.bar / 2)
    for (const { kind, from, to } of stretches) {
      const piece = `M${rounded(x(from))} ${y}h${rounded(Math.max(leastPixels, x(to) - x(from)))}`
      const path = paths.get(kind)
      if (path) path.push(piece)
      else paths.set(kind, [piece])
    }
  }
  return [...paths].map(([kind, pieces]) => element('path', { d: pieces.join(''), ...paint({ stroke: kind }), 'stroke-width': rows.bar })).join('\n')
}

function lanesStretched(lanes: readonly Lane[], x: TimeScale, pixels: number): Stretch[][] {
  const leastMs = x.invert(x(0) + pixels)
  return lanes.map(({ bars }) => stretchesOf(bars, leastMs))
}

/** A frame around each failed step that is wide enough for one. */
export function failedOutlines(lanes: readonly Lane[], rows: Rows, x: TimeScale, top: number): string {
  if (!rows.isNamed) return ''
  const d = lanes.flatMap(({ bars }, index) =>
    bars.flatMap(({ failed, startMs, endMs }) => {
      const wide = x(endMs) - x(startMs)
      return failed && wide >= 4 ? [`M${rounded(x(startMs) + 1)} ${rounded(top + rows.height * (index + 1) - rows.bar)}h${rounded(wide - 2)}v${rows.bar - 2}h${rounded(2 - wide)}z`] : []
    }),
  )
  return d.length === 0 ? '' : element('path', { d: d.join(''), ...paint({ fill: 'none', stroke: 'ink' }), 'stroke-width': 2 })
}
