import { spreadSuffix } from '../../model/metric-kind.ts'
import type { ServerResult } from '../../model/results.ts'
import { metricKindOf } from '../metric-kind.ts'
import type { ReportInput } from '../report-input.ts'
import type { Servers } from '../servers.ts'
import { gravestFirst, namesIn } from '../servers.ts'
import type { Content } from './escape.ts'
import { html } from './escape.ts'
import { name } from './words.ts'

/** So many servers have a page of their own; the failed ones come first. */
const mostPages = 20_000

/** What all pages share. */
export interface Site {
  readonly input: ReportInput
  /** All servers: the failed ones first, then the skipped, then those that passed; each in the order of the run. */
  readonly servers: Servers
  /** Those with a page of their own. */
  readonly paged: ReadonlySet<string>
  /** Metrics that any server has: those of rules first, and how far runs lay apart last. */
  readonly metrics: readonly string[]
  /** Of which run it all is, in one line. */
  readonly about: string
}

export function siteOf(input: ReportInput): Site {
  const { run, servers } = input.results
  const sorted = gravestFirst(servers)
  const about = `Made by rackbench of run ${name(run.id)}, which began ${run.startedAt}.`
  return { input, servers: sorted, paged: new Set(Array.from(sorted.slice(0, mostPages), ({ id }) => id)), metrics: metricsOf(input), about }
}

function metricsOf({ results: { servers }, thresholds }: ReportInput): string[] {
  const measured = namesIn(servers, ({ metrics }) => metrics)
  const ruled = [...new Set(thresholds.map(({ metric }) => metric))].filter((metric) => measured.has(metric))
  const others = [...measured].filter((metric) => !ruled.includes(metric))
  return [...ruled, ...others.filter((metric) => !metric.endsWith(spreadSuffix)), ...others.filter((metric) => metric.endsWith(spreadSuffix))]
}

/** The unit of a metric for people, or nothing. */
export function unitOf(metric: string, { input }: Pick<Site, 'input'>): string {
  return name(metricKindOf(metric, input).unit ?? '')
}

/** The ID of a server, with a link where it has a page. `root` leads from the page to the report's folder. */
export function serverLink(id: string, { paged }: Site, root: '' | '../' = ''): Content {
  return paged.has(id) ? html`<a href="${root}servers/${encodeURIComponent(id)}.html">${id}</a>` : id
}

/** A link to a server's log, where it has one. */
export function logLink(server: ServerResult, { input }: Site, root: '' | '../' = ''): Content {
  const log = input.logOf(server)
  return log === undefined ? undefined : html`<a href="${root}../${log.split('/').map(encodeURIComponent).join('/')}">${name(log.split('/').slice(-2).join('/'))}</a>`
}
