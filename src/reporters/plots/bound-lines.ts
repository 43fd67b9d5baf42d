import { drawable, exactFigure } from './figures.ts'
import { dashes } from './key.ts'
import { paint } from './palette.ts'
import type { DrawnBounds } from './samples.ts'
import { straightLine, widthOf, words } from './svg.ts'
import type { ValueScale } from './value-scale.ts'

interface Line {
  readonly at: number
  readonly said: string
  readonly isOff: boolean
  readonly warns: boolean
}

/** The bounds of a group as upright lines, each with what it asks for above it, as far as there is room; one off the scale is told at its edge. */
export function boundLines(bounds: readonly DrawnBounds[], x: ValueScale, { top, bottom }: { readonly top: number; readonly bottom: number }): string {
  const [low, high] = x.domain() as [number, number]
  const lines = bounds
    .flatMap(({ min, max, warns }) => [{ side: 'min', bound: min, warns }, { side: 'max', bound: max, warns }])
    .flatMap(({ side, bound, warns }): Line[] => {
      if (bound === undefined) return []
      const said = `${warns ? 'warns: ' : ''}${side} ${exactFigure(bound)}`
      if (bound < low) return [{ at: x(low), said: `← ${said}`, isOff: true, warns }]
      if (bound > high) return [{ at: x(high), said: `${said} →`, isOff: true, warns }]
      return [{ at: x(drawable(bound)), said, isOff: false, warns }]
    })
    .toSorted((a, b) => a.at - b.at)
  let free = -Infinity
  return lines
    .map(({ at, said, isOff, warns }) => {
      const wide = widthOf(said, 11)
      const from = Math.max(free, at - wide / 2)
      const isRoom = from - at < farthestWords
      if (isRoom) free = from + wide + 6
      const line = isOff ? '' : straightLine([at, top + 4], [at, bottom], { ...paint({ stroke: 'ink' }), 'stroke-width': 1.5, 'stroke-dasharray': dashes[warns ? 'dotted' : 'dashed'] })
      return line + (isRoom ? words(from + wide / 2, top, said, { 'text-anchor': 'middle', 'font-size': 11 }) : '')
    })
    .join('')
}

/** So far right of its line, in pixels, what a bound asks for may stand where others are in its way. */
const farthestWords = 40
