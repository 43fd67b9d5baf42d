import { inOneLine } from '../../model/escape.ts'

/** How a table is put on a screen. */
export interface Screen {
  /** How wide a line may be. */
  readonly columns: number
  /** Stands for what was cut off. */
  readonly cut: string
}

/** No cell is wider, but those of the last column. */
const widest = 40

/** A table whose lines fit; all of its texts are others', and stay in their line. Columns that are empty are left out. What ends with `HISTORY` loses its oldest bars where there is no room for all. */
export function tableOf(heads: readonly string[], rows: readonly (readonly string[])[], { columns, cut }: Screen): string[] {
  const all = [heads, ...rows.map((row) => row.map(inOneLine))]
  const shown = heads.flatMap((_, column) => (rows.some((row) => (row[column] ?? '') !== '') ? [column] : []))
  const widths = shown.map((column) => Math.min(widest, Math.max(...all.map((row) => row[column]!.length))))
  const room = columns - widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0)
  const lastCell = (text: string, index: number): string => (heads.at(-1) === 'HISTORY' && index > 0 && room > 1 && text.length > room ? `${cut}${text.slice(1 - room)}` : text)
  return all.map((row, line) => shortened(shown.map((column, index) => (index === shown.length - 1 ? lastCell(row[column]!, line) : shortened(row[column]!, widest, cut).padEnd(widths[index]!))).join('  ').trimEnd(), columns, cut))
}

export function shortened(text: string, most: number, cut: string): string {
  return text.length > most ? `${text.slice(0, most - 1).toWellFormed()}${cut}` : text
}

/** A number with as many digits as a person looks at. */
export function shownNumber(value: number | undefined): string {
  return value === undefined ? '' : String(Number(value.toPrecision(6)))
}
