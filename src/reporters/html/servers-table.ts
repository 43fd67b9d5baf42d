import type { ServerResult } from '../../model/results.ts'
import type { Step } from '../../model/step.ts'
import { inWords } from '../log-words.ts'
import type { Content, Html } from './escape.ts'
import { html, markupOf } from './escape.ts'
import { reason } from './findings.ts'
import type { Site } from './site.ts'
import { logLink, serverLink, unitOf } from './site.ts'
import type { Column } from './table.ts'
import { row, tableOf } from './table.ts'
import { breakable, rounded, verdict } from './words.ts'

const mostRows = 1000
/** Of the rows of one table. */
const mostBytes = 800_000
const mostMetrics = 12
const longestReason = 120
const timedSteps = ['install', 'benchmark', 'destroy'] as const satisfies readonly Step[]

/** Some of all servers, few enough for a page. */
export interface Stretch {
  readonly rows: readonly Html[]
  readonly first: string
  readonly last: string
}

/** All servers in as many tables as it takes so that none is too large. */
export function stretchesOf(site: Site): Stretch[] {
  const columns = columnsOf(site)
  const stretches: Stretch[] = []
  let rows: Html[] = []
  let bytes = 0
  let first = 0
  const close = (end: number): void => {
    if (rows.length > 0) stretches.push({ rows, first: site.servers[first]!.id, last: site.servers[end - 1]!.id })
  }
  for (const [index, server] of site.servers.entries()) {
    const one = row(columns, cellsOf(server, site))
    const length = Buffer.byteLength(markupOf(one))
    if (rows.length === mostRows || bytes + length > mostBytes) {
      close(index)
      rows = []
      bytes = 0
      first = index
    }
    rows.push(one)
    bytes += length
  }
  close(site.servers.length)
  return stretches
}

/** One of the tables, and what it leaves out. */
export function serversTable({ rows }: Stretch, caption: string, site: Site): Content {
  const more = site.metrics.length - mostMetrics
  return [tableOf(caption, columnsOf(site), rows), more > 0 && html`<p>${more} more metrics are on the pages of the servers and in results.csv.</p>\n`]
}

function columnsOf(site: Site): Column[] {
  const metrics = shownMetrics(site).map((metric) => {
    const unit = unitOf(metric, site)
    return { name: unit === '' ? breakable(metric) : html`${breakable(metric)} <span class="unit">${unit}</span>`, is: 'number' as const }
  })
  return [{ name: 'server' }, { name: 'verdict' }, ...metrics, ...timedSteps.map((step) => ({ name: step, is: 'number' as const })), { name: 'in all', is: 'number' as const }, { name: 'log' }, { name: 'reason', is: 'text' }]
}

function shownMetrics({ metrics }: Site): readonly string[] {
  return metrics.slice(0, mostMetrics)
}

function cellsOf(server: ServerResult, site: Site): Content[] {
  const { status, steps, durationMs, startedAt } = server
  const times = timedSteps.map((step) => {
    const record = steps[step]
    return record && record.status !== 'skipped' ? inWords(record.durationMs) : ''
  })
  const log = logLink(server, site)
  return [
    serverLink(server.id, site),
    verdict(server),
    ...shownMetrics(site).map((metric) => valueCell(server, metric)),
    ...times,
    startedAt === null ? '' : inWords(durationMs),
    log,
    status === 'passed' ? '' : reason(server, longestReason),
  ]
}

/** A value, and in words where it missed a bound. */
function valueCell({ metrics, violations }: ServerResult, metric: string): Content {
  if (!Object.hasOwn(metrics, metric)) return ''
  const value = metrics[metric]!
  const missed = violations.find((violation) => violation.metric === metric)
  if (!missed) return rounded(value)
  const { bound: { min, max } } = missed
  return html`${value} <span class="failed">✗ ${min === undefined ? `above ${max ?? ''}` : `below ${min}`}</span>`
}
