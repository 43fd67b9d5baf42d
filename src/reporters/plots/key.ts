import type { Colour } from './palette.ts'
import { paint } from './palette.ts'
import { marks } from './marks.ts'
import type { Mark } from './marks.ts'
import { element, straightLine, widthOf, words } from './svg.ts'

/** What stands for something: a square of a colour, a mark, or a line. */
export type Sign = { readonly square: Colour } | { readonly mark: Mark } | { readonly line: 'solid' | 'dashed' | 'dotted' }

export const dashes = { solid: undefined, dashed: '5 3', dotted: '2 3' } as const

const inkLine = { ...paint({ stroke: 'ink' }), 'stroke-width': 1.5 }

/** A line that says what each sign of a plot means, from `x` on; `y` is that of its words. */
export function keyOf(entries: readonly (readonly [meaning: string, sign: Sign])[], x: number, y: number): string {
  let at = x
  return entries
    .map(([meaning, sign]) => {
      const here = at
      at += 40 + widthOf(meaning) * 0.9
      return signAt(sign, here, y - 4) + words(here + 18, y, meaning)
    })
    .join('')
}

function signAt(sign: Sign, x: number, y: number): string {
  if ('square' in sign) return element('rect', { x, y: y - 5, width: 11, height: 11, ...paint({ fill: sign.square }) })
  if ('mark' in sign) return marks([[x + 6, y]], sign.mark)
  return straightLine([x, y], [x + 13, y], { ...inkLine, 'stroke-dasharray': dashes[sign.line] })
}
