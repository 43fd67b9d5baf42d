import { legible } from '../../model/legible.ts'
import type { ServerResult } from '../../model/results.ts'
import type { ServerId } from '../../model/server.ts'
import type { Step } from '../../model/step.ts'
import { legibleMiss } from '../../model/violation.ts'
import { count, inWords } from '../log-words.ts'
import type { Content } from './escape.ts'
import { html, markupOf } from './escape.ts'
import type { Servers } from '../servers.ts'
import { reason } from './findings.ts'
import type { Site } from './site.ts'
import { logLink, serverLink, unitOf } from './site.ts'
import type { Column } from './table.ts'
import { row, table } from './table.ts'
import { breakable, verdict } from './words.ts'

const mostRows = 1000
/** Of the rows of one table. */
const mostBytes = 800_000
const mostMetrics = 12
const longestReason = 120
const timedSteps = ['install', 'benchmark', 'destroy'] as const satisfies readonly Step[]

/** Some of all servers, few enough for a page: they are not held as rows, for there may be a hundred thousand. */
export interface Stretch {
  readonly servers: Servers
  readonly first: ServerId
  readonly last: ServerId
}

/** All servers in as many stretches as it takes so that no table is too large. */
export function stretchesOf(site: Site): Stretch[] {
  const { servers } = site
  const columns = columnsOf(site)
  const ends: number[] = []
  let begin = 0
  let bytes = 0
  let place = 0
  for (const server of servers) {
    const length = Buffer.byteLength(markupOf(row(columns, cellsOf(server, site))))
    if (place - begin === mostRows || bytes + length > mostBytes) {
      ends.push(place)
      begin = place
      bytes = 0
    }
    bytes += length
    place++
  }
  if (servers.length > 0) ends.push(servers.length)
  return ends.map((end, index) => stretchOf(servers.slice(ends[index - 1] ?? 0, end)))
}

function stretchOf(servers: Servers): Stretch {
  return { servers, first: servers.at(0)!.id, last: servers.at(-1)!.id }
}

/** The table of a stretch, and what it leaves out. */
export function serversTable({ servers }: Stretch, caption: string, site: Site): Content {
  const more = site.metrics.length - mostMetrics
  return [table({ caption, columns: columnsOf(site), rows: Array.from(servers, (server) => cellsOf(server, site)) }), more > 0 && html`<p>${count(more, 'more metric')}: on the pages of the servers and in results.csv</p>\n`]
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
  if (!missed) return legible(value)
  const { value: shown, bound: { min, max } } = legibleMiss({ ...missed, value })
  return html`${shown} <span class="failed">✗ ${min === undefined ? `above ${max ?? ''}` : `below ${min}`}</span>`
}
