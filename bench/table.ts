import type { Quantity, Result, Target } from './bench.ts'

const heads = ['bench', 'what', 'figure', 'beside', 'ratio', 'target', 'reached'] as const

/** All results as a table of Markdown, in columns that line up at a terminal, too. */
export function tableOf(benches: readonly { readonly bench: string; readonly results: readonly Result[] }[]): string {
  const rows = [heads, ...benches.flatMap(({ bench, results }) => results.map((result) => rowOf(bench, result)))]
  const widths = heads.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)))
  const lineOf = (cells: readonly string[]): string => `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  const [head = [], ...body] = rows
  return [lineOf(head), lineOf(widths.map((width) => '-'.repeat(width))), ...body.map(lineOf)].join('\n')
}

function rowOf(bench: string, result: Result): readonly string[] {
  if ('missing' in result) return [bench, result.what, `not measured: ${result.missing}`, '', '', '', '']
  const { what, figure, reference, ratio, ratioIs, target, reached } = result
  return [
    bench,
    what,
    inWords(figure),
    reference ? `${reference.what}: ${inWords(reference)}` : '',
    ratio === null ? '' : `${ratio.toFixed(2)} ${ratioIs}`,
    target ? targetInWords(target, ratio === null ? figure.unit : '') : '',
    reached === null ? '' : reached ? 'yes' : 'no',
  ]
}

function inWords({ value, unit }: Quantity): string {
  return `${shortest(value)} ${unit}`
}

/** At least three digits, and no part of a number that is large enough without it. */
function shortest(value: number): string {
  if (value === 0) return '0'
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return value.toLocaleString('en', { minimumFractionDigits: Number.isInteger(value) ? 0 : digits, maximumFractionDigits: digits })
}

function targetInWords({ is, value, goal }: Target, unit: string): string {
  return `${is} ${value}${unit === '' ? '' : ` ${unit}`}${goal === undefined ? '' : `, goal ${goal}`}`
}
