import { stringify } from 'csv-stringify/sync'
import type { ServerResult } from '../model/results.ts'
import { steps } from '../model/step.ts'
import { seconds, singleLine } from './report-text.ts'
import type { ReportResults } from './servers.ts'
import { namesIn } from './servers.ts'

/** So many servers are put into one chunk. */
const rowsAtOnce = 500

/**
 * results.csv, in chunks: a row for each server, with a column for each label and metric that any of them has. Times are in seconds.
 * What a spreadsheet would take for a formula gets a `'` before it.
 */
export function* resultsCsv({ servers }: Pick<ReportResults, 'servers'>): Iterable<string> {
  const labels = [...namesIn(servers, (server) => server.labels ?? {})]
  const metrics = [...namesIn(servers, (server) => server.metrics)]
  yield write([[...fixed, ...steps.map((step) => `${step}_s`), ...labels.map((name) => `label.${name}`), ...metrics]])
  for (let from = 0; from < servers.length; from += rowsAtOnce) {
    yield write(Array.from(servers.slice(from, from + rowsAtOnce), (server) => [...fixedOf(server), ...steps.map((step) => secondsOf(server, step)), ...labels.map((name) => textOf(server.labels, name)), ...metrics.map((name) => valueOf(server.metrics, name))]))
  }
}

const fixed = ['id', 'status', 'step', 'error', 'reason', 'marked', 'left', 'worker', 'started_at', 'total_s'] as const

type Cell = string | number | undefined

function fixedOf({ id, status, because, error, broken, left, worker, startedAt, durationMs }: ServerResult): Cell[] {
  return [id, status, error?.step, error?.type, singleLine(because ?? error?.message ?? ''), broken.marked ? 'yes' : 'no', left, worker ?? '', startedAt ?? '', seconds(durationMs)]
}

function secondsOf({ steps: ended }: ServerResult, step: (typeof steps)[number]): Cell {
  const record = ended[step]
  return record && record.status !== 'skipped' ? seconds(record.durationMs) : undefined
}

function textOf(labels: ServerResult['labels'], name: string): Cell {
  return labels && Object.hasOwn(labels, name) ? singleLine(labels[name]!) : undefined
}

function valueOf(metrics: ServerResult['metrics'], name: string): Cell {
  return Object.hasOwn(metrics, name) ? metrics[name] : undefined
}

function write(rows: readonly (readonly Cell[])[]): string {
  return stringify([...rows], { escape_formulas: true, record_delimiter: '\n' })
}
