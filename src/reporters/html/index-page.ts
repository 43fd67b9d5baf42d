import { inWords } from '../log-words.ts'
import type { Content, Html } from './escape.ts'
import { html } from './escape.ts'
import { failedSection } from './failed-section.ts'
import type { PlacedPlot } from './figures.ts'
import { figure } from './figures.ts'
import { problemsSection, remarksSection, section, skippedSection, suspectsSection } from './index-sections.ts'
import { page } from './page.ts'
import type { Stretch } from './servers-table.ts'
import { serversTable } from './servers-table.ts'
import type { Site } from './site.ts'
import { marked, moment, name, outcome } from './words.ts'

/** The first page: what is to be known of the run, problems first. */
export function indexPage(site: Site, plots: readonly PlacedPlot[], stretches: readonly Stretch[]): Iterable<string> {
  const { words, status } = outcome(site.input.results)
  return page({
    title: `rackbench: ${words}`,
    heading: marked(status, words),
    root: '',
    about: site.about,
    main: [
      runFacts(site),
      numbers(site),
      problemsSection(site),
      failedSection(site),
      skippedSection(site),
      suspectsSection(site),
      remarksSection(site),
      plots.length > 0 && section('plots', 'Plots', plots.map((plot) => figure(plot, ''))),
      allServers(site, stretches),
      files,
    ],
  })
}

function runFacts({ input: { results: { run } } }: Site): Html {
  const took = run.finishedAt === null ? undefined : `, took ${inWords(Date.parse(run.finishedAt) - Date.parse(run.startedAt))}`
  const { job, number } = run.build
  return html`<p>Run ${name(run.id)} of ${name(run.os)} by ${name(run.provisioner)}, began ${moment(run.startedAt)}${took}${run.exitCode !== null && `, exit code ${run.exitCode}`}${job !== undefined && `, build ${name(`${job} ${number ?? ''}`)}`}.</p>
`
}

function numbers({ input: { results: { summary } } }: Site): Html {
  const { total, passed, failed, skipped, markedBroken, left } = summary
  const all: readonly (readonly [Content, number])[] = [
    ['servers', total], [marked('failed', 'failed'), failed], [marked('skipped', 'skipped'), skipped], [marked('passed', 'passed'), passed],
    ['marked as broken', markedBroken], ['left installed', left.installed + left.unknown],
  ]
  return html`<dl class="numbers">
${all.map(([word, value]) => html`<div><dt>${word}</dt><dd>${value}</dd></div>\n`)}</dl>
`
}

/** What the table of all servers is called, and in which order it stands. */
export const tableCaption = 'All servers: failed ones first, then skipped, then passed'

function allServers(site: Site, stretches: readonly Stretch[]): Content {
  const [only] = stretches
  if (!only) return undefined
  const content = stretches.length === 1 ? serversTable(only, tableCaption, site) : [html`<p>The failed ones first, then the skipped, then those that passed:</p>\n`, stretchLinks(stretches)]
  return section('servers', `All servers (${site.servers.length})`, content)
}

/** Links to the pages of the table, by the first and the last server of each. */
export function stretchLinks(stretches: readonly Stretch[], current?: number): Content {
  return html`<nav aria-label="Pages of the table of all servers"><ol class="pages">
${stretches.map((stretch, index) => html`<li>${index === current ? html`<strong aria-current="page">${endsOf(stretch)}</strong>` : html`<a href="servers-${index + 1}.html">${endsOf(stretch)}</a>`} <span class="unit">(${stretch.servers.length})</span></li>\n`)}</ol></nav>
`
}

function endsOf({ first, last }: Stretch): string {
  return `${first} to ${last}`
}

/** Files that a browser would have to download are named without a link: Jenkins forbids that from within a report. */
const files = html`<section aria-labelledby="files">
<h2 id="files">Other files of this run</h2>
<ul>
<li><a href="../results.json">results.json</a>, <a href="../junit.xml">junit.xml</a> and <a href="../failed-servers.txt">failed-servers.txt</a>: for programs</li>
<li>summary.md: for a chat or a change ticket</li>
<li>results.csv: for a spreadsheet</li>
<li>trace.json: where the time went; open it at ui.perfetto.dev</li>
</ul>
</section>
`
