import { stringify } from 'csv-stringify/sync'
import type { Comparison, MetricComparison, OneSided } from '../../model/comparison.ts'
import { singleLine } from '../../reporters/report-text.ts'
import type { NamedSide, Sides } from './sides.ts'

/** What made the command fail, or would have. */
interface Failing {
  readonly percent: number
  readonly failed: readonly MetricComparison[]
}

/** All that a comparison came to. */
export interface Told {
  readonly sides: Sides
  readonly comparison: Comparison
  /** Nothing if nothing could fail. */
  readonly failing: Failing | undefined
  /** What makes it say less than it seems to. */
  readonly notes: readonly string[]
}

/** A comparison as one JSON document. */
export function comparisonJson({ sides: { before, after }, comparison: { metrics, oneSided }, failing, notes }: Told): string {
  const sideOf = ({ named, runs, servers }: NamedSide): unknown => ({ named, runs, servers: servers.size })
  const failOver = failing ? { percent: failing.percent, failed: failing.failed.map(({ metric, group }) => ({ metric, group })) } : null
  return `${JSON.stringify({ before: sideOf(before), after: sideOf(after), failOver, notes, metrics, oneSided }, undefined, 2)}\n`
}

type Cell = string | number | undefined

/** A row for each metric and group, also for what is on one side only. What a spreadsheet would take for a formula gets a `'` before it. */
export function comparisonCsv({ metrics, oneSided }: Comparison): string {
  const labels = Object.keys((metrics[0] ?? oneSided[0])?.group ?? {})
  const heads = ['metric', 'unit', 'better', ...labels.map((name) => `label.${singleLine(name)}`), 'servers_before', 'servers_after', 'both', 'gone', 'new', 'median_before', 'median_after', 'change_percent', 'change', 'p', 'method']
  const grouped = ({ group }: Pick<OneSided, 'group'>): Cell[] => labels.map((name) => singleLine(group[name] ?? ''))
  const rows = metrics.map((row): Cell[] => [
    singleLine(row.metric), singleLine(row.unit ?? ''), row.better ?? '', ...grouped(row),
    row.before.servers, row.after.servers, row.both, row.gone, row.new, row.before.median, row.after.median, row.change.percent ?? '', row.change.is, row.test.p, row.test.method,
  ])
  const single = oneSided.map((row): Cell[] => {
    const [before, after] = row.side === 'before' ? [row.servers, 0] : [0, row.servers]
    return [singleLine(row.metric), '', '', ...grouped(row), before, after, 0, before, after, '', '', '', '', '', '']
  })
  return stringify([heads, ...rows, ...single], { escape_formulas: true, record_delimiter: '\n' })
}
