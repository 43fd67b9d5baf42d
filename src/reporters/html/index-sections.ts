import { describeSuspect } from '../../model/suspects.ts'
import { describeFinding } from '../../model/violation.ts'
import { count } from '../log-words.ts'
import { firstWith, skippedByReason } from '../servers.ts'
import type { Content } from './escape.ts'
import { html } from './escape.ts'
import type { Site } from './site.ts'
import { serverLink } from './site.ts'
import { table } from './table.ts'
import { briefly } from './words.ts'

const mostRows = 50
const fewIds = 10
const longestText = 300

/** What is not in order with the run as a whole. */
export function problemsSection({ input: { results: { run: { problems } } } }: Site): Content {
  if (problems.length === 0) return undefined
  const shown = problems.slice(0, mostRows)
  return section('problems', 'Not in order', [html`<ul>
${shown.map((problem) => html`<li>${briefly(problem, longestText)}</li>\n`)}</ul>
`, more(problems.length - shown.length, 'problem')])
}

export function skippedSection(site: Site): Content {
  const groups = skippedByReason(site.input.results.servers)
  if (groups.length === 0) return undefined
  const rows = groups.slice(0, mostRows).map(([because, ids]) => [briefly(because, longestText), ids.length, links(ids, ids.length, site)])
  const columns = [{ name: 'reason' }, { name: 'how many', is: 'number' as const }, { name: 'servers', is: 'text' as const }]
  return section('skipped', `Skipped (${site.input.results.summary.skipped})`, [table({ caption: 'Skipped servers by reason', columns, rows }), more(groups.length - rows.length, 'reason')])
}

/** Those that passed, and of which a person should know more: far off the others, warned of, or measured twice. */
export function suspectsSection(site: Site): Content {
  const { suspects = [] } = site.input.results
  if (suspects.length === 0) return undefined
  const rows = suspects.slice(0, mostRows).map(({ server, ...suspect }) => [serverLink(server, site), briefly(describeSuspect(suspect), longestText)])
  const columns = [{ name: 'server' }, { name: 'what it measured', is: 'text' as const }]
  return section('suspects', `Suspects (${new Set(suspects.map(({ server }) => server)).size})`, [
    html`<p>They passed, and measured far worse than the others of their model: none is marked for it.</p>\n`,
    table({ caption: 'Servers far off the others, the gravest first', columns, rows }),
    more(suspects.length - rows.length, 'suspect'),
  ])
}

export function remarksSection(site: Site): Content {
  const { results: { servers }, thresholds } = site.input
  const retested = firstWith(servers, fewIds, (server) => server.status === 'passed' && (server.retested === true || server.rounds.length > 1))
  const warned = firstWith(servers, mostRows, ({ status, warnings = [] }) => status === 'passed' && warnings.length > 0)
  if (retested.count + warned.count === 0) return undefined
  const rows = warned.first.map(({ id, warnings = [] }) => [
    serverLink(id, site), briefly(warnings.slice(0, fewIds).map((warning) => describeFinding(warning, thresholds)).join('; '), longestText),
  ])
  return section('remarks', 'Passed, with a remark', [
    retested.count > 0 && html`<p>Passed only when measured anew (${retested.count}): ${links(retested.first.map(({ id }) => id), retested.count, site)}</p>\n`,
    rows.length > 0 && table({ caption: 'Rules that only warn', columns: [{ name: 'server' }, { name: 'what was found', is: 'text' as const }], rows }),
    more(warned.count - rows.length, 'server'),
  ])
}

export function section(id: string, heading: string, content: Content): Content {
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${heading}</h2>
${content}</section>
`
}

/** The first of so many servers. */
function links(ids: readonly string[], number: number, site: Site): Content {
  const shown = ids.slice(0, fewIds).map((id, index) => [index > 0 && ', ', serverLink(id, site)])
  return [shown, number > fewIds && ` and ${number - fewIds} more`]
}

function more(number: number, word: string): Content {
  return number > 0 && html`<p>and ${count(number, `more ${word}`)}: see results.json</p>\n`
}
