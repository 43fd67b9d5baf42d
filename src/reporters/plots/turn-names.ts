import type { Lane } from './lanes.ts'
import { shortenedId } from './shortened.ts'
import { faintWords, widthOf, words } from './svg.ts'
import type { Rows } from './timeline.ts'

const size = 10
const longestId = 20
/** With more servers than these in a row, names say nothing: they could not be told whose they are. */
const mostNamed = 40

/** The servers' names above their bars where there is room, those of failed ones first, with a cross: `× 104`. */
export function turnNames(lanes: readonly Lane[], rows: Rows, x: (ms: number) => number, top: number): string {
  if (!rows.isNamed) return ''
  const named = lanes.flatMap(({ turns }, index) => {
    if (turns.length > mostNamed) return []
    const y = top + rows.height * (index + 1) - rows.bar - 3
    const taken: (readonly [from: number, to: number])[] = []
    const inOrder = [...turns.filter(({ failedMs }) => failedMs !== undefined), ...turns.filter(({ failedMs }) => failedMs === undefined)]
    return inOrder.flatMap(({ id, startMs, endMs, failedMs }) => {
      const name = `${failedMs === undefined ? '' : '× '}${shortenedId(id, longestId)}`
      const wide = widthOf(name, size) + 6
      if (failedMs === undefined && wide > x(endMs) - x(startMs) + 4) return []
      const from = Math.min(x(startMs), rightmost - wide)
      if (taken.some(([other, to]) => from < to && other < from + wide)) return []
      taken.push([from, from + wide])
      return [failedMs === undefined ? faintWords(from, y, name, { 'font-size': size }) : words(from, y, name, { 'font-size': size, 'font-weight': 'bold' })]
    })
  })
  return named.join('\n')
}

const rightmost = 956
