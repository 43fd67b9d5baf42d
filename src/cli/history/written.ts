import { stringify } from 'csv-stringify/sync'
import { steps } from '../../model/step.ts'
import { seconds, singleLine } from '../../reporters/report-text.ts'
import type { Past, RunPart } from './past.ts'
import { metricsIn } from './past.ts'

/** One object: the runs with their servers, the oldest first, and the names of the files that could not be read. */
export function* jsonOf({ parts }: Past, leftOut: readonly string[]): Generator<string> {
  yield '{"runs": ['
  for (const [index, { run: { run, metrics }, servers }] of parts.entries()) {
    yield `${JSON.stringify({ ...run, metrics, servers })}${index < parts.length - 1 ? ',' : ''}`
  }
  yield `], "leftOut": ${JSON.stringify(leftOut)}}`
}

const fixed = ['started_at', 'run', 'job', 'build', 'id', 'status', 'step', 'error', 'reason'] as const

/** A row for each server of each run, the oldest first. Times are in seconds. What a spreadsheet would take for a formula gets a `'` before it. */
export function* csvOf({ parts }: Past): Generator<string> {
  const metrics = metricsIn(parts)
  const labels = [...new Set(parts.flatMap(({ servers }) => servers.flatMap((server) => Object.keys(server.labels))))]
  const write = (rows: readonly (readonly (string | number | undefined)[])[]): string => stringify([...rows], { eof: false, escape_formulas: true })
  yield write([[...fixed, ...steps.map((step) => `${step}_s`), ...labels.map((name) => singleLine(`label.${name}`)), ...metrics.map((name) => singleLine(name))]])
  for (const part of parts) {
    const rows = rowsOf(part, labels, metrics)
    if (rows.length > 0) yield write(rows)
  }
}

function rowsOf({ run: { run }, servers }: RunPart, labels: readonly string[], metrics: readonly string[]): (string | number | undefined)[][] {
  return servers.map(({ id, status, error, labels: given, metrics: values, stepsMs }) => [
    run.startedAt, singleLine(run.id), singleLine(run.build.job ?? ''), singleLine(run.build.number ?? ''), id, status, error?.step, error?.type, singleLine(error?.message ?? ''),
    ...steps.map((step) => (stepsMs[step] === undefined ? undefined : seconds(stepsMs[step]))),
    ...labels.map((name) => (Object.hasOwn(given, name) ? singleLine(given[name]!) : undefined)),
    ...metrics.map((name) => (Object.hasOwn(values, name) ? values[name] : undefined)),
  ])
}
