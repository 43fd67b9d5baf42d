import type { ServerResult } from '../../model/results.ts'
import { inWords } from '../log-words.ts'
import type { Content } from './escape.ts'
import { html } from './escape.ts'
import type { PlacedPlot } from './figures.ts'
import { figure } from './figures.ts'
import { block, findings, markInWords, reason, tailOf } from './findings.ts'
import { section } from './index-sections.ts'
import { page } from './page.ts'
import type { Past } from './past.ts'
import { pastSection } from './past.ts'
import { metricsSection, stepsSection } from './server-sections.ts'
import type { Site } from './site.ts'
import { logLink } from './site.ts'
import { table } from './table.ts'
import { briefly, moment, name, verdict } from './words.ts'

const root = '../'
const longestReason = 4000
const longestLabel = 500
const mostLabels = 100

/** All that is known of one server: its verdict, why, what was measured, how long each step took, and how it used to be. */
export function serverPage(server: ServerResult, site: Site, past: readonly Past[], plots: readonly PlacedPlot[]): Iterable<string> {
  return page({
    title: `Server ${server.id}: ${server.status}`,
    heading: html`${server.id} ${verdict(server)}`,
    root,
    above: html`<nav aria-label="Back"><a href="${root}index.html">Report of the run</a></nav>\n`,
    about: site.about,
    main: [facts(server, site), whySection(server, site), metricsSection(server, site), stepsSection(server), pastSection(server, past, site, plots.map((plot) => figure(plot, root))), labelsSection(server)],
  })
}

const left = { clean: 'clean', installed: 'installed', unknown: 'in an unknown state' } as const

function facts(server: ServerResult, site: Site): Content {
  const log = logLink(server, site, root)
  const { startedAt, durationMs, worker } = server
  const mark = markInWords(server)
  return html`<p>${startedAt === null ? 'Not begun' : html`Began ${moment(startedAt)}${worker !== null && ` on ${name(worker)}`}, took ${inWords(durationMs)}`}; the machine was left ${left[server.left]}.${mark !== undefined && ` ${mark}`}${log !== undefined && html` Log: ${log}`}</p>
`
}

function whySection(server: ServerResult, { input: { thresholds } }: Site): Content {
  const { status, violations, warnings = [] } = server
  const tail = tailOf(server)
  if (status === 'passed') return warnings.length > 0 && section('why', 'Warnings', findings(warnings, thresholds, 'Rules that only warn'))
  const { message } = server.error ?? {}
  const isLong = message !== undefined && /\n/.test(message.trim())
  return section('why', `Why it ${status === 'failed' ? 'failed' : 'was skipped'}`, [
    isLong ? [html`<p>In the step ${server.error?.step}:</p>\n`, block(message, longestReason)] : html`<p>${reason(server, longestReason)}</p>\n`,
    findings(violations, thresholds, 'Bounds that were missed'),
    findings(warnings, thresholds, 'Rules that only warn'),
    tail !== '' && html`<details open><summary>Last lines of the log</summary>
<pre>${tail}</pre></details>
`,
  ])
}

function labelsSection({ labels = {} }: ServerResult): Content {
  const all = Object.entries(labels)
  if (all.length === 0) return undefined
  const rows = all.slice(0, mostLabels).map(([label, value]) => [name(label), briefly(value, longestLabel)])
  const more = all.length - rows.length
  return section('labels', 'Labels', [table({ caption: 'What is known of the machine', columns: [{ name: 'label' }, { name: 'value' }], rows }), more > 0 && html`<p>and ${more} more: see results.json</p>\n`])
}
