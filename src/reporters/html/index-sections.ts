import { describeSuspect } from '../../model/suspects.ts'
import { describeFinding } from '../../model/violation.ts'
import { count } from '../log-words.ts'
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

/** The skipped servers by the reason for it, the most frequent first. */
export function skippedSection(site: Site): Content {
  const reasons = new Map<string, string[]>()
  for (const { id, status, because = 'for an unknown reason' } of site.input.results.servers) {
    if (status !== 'skipped') continue
    const ids = reasons.get(because)
    if (ids) ids.push(id)
    else reasons.set(because, [id])
  }
  if (reasons.size === 0) return undefined
  const groups = [...reasons].toSorted(([, one], [, other]) => other.length - one.length)
  const rows = groups.slice(0, mostRows).map(([because, ids]) => [briefly(because, longestText), ids.length, links(ids, site)])
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
  const passed = servers.filter(({ status }) => status === 'passed')
  const retested = passed.filter((server) => server.retested === true || server.rounds.length > 1)
  const warned = passed.filter(({ warnings = [] }) => warnings.length > 0)
  if (retested.length + warned.length === 0) return undefined
  const rows = warned.slice(0, mostRows).map(({ id, warnings = [] }) => [
    serverLink(id, site), briefly(warnings.slice(0, fewIds).map((warning) => describeFinding(warning, thresholds)).join('; '), longestText),
  ])
  return section('remarks', 'Passed, with a remark', [
    retested.length > 0 && html`<p>Passed only when measured anew (${retested.length}): ${links(retested.map(({ id }) => id), site)}</p>\n`,
    rows.length > 0 && table({ caption: 'Rules that only warn', columns: [{ name: 'server' }, { name: 'what was found', is: 'text' as const }], rows }),
    more(warned.length - rows.length, 'server'),
  ])
}

export function section(id: string, heading: string, content: Content): Content {
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${heading}</h2>
${content}</section>
`
}

function links(ids: readonly string[], site: Site): Content {
  const shown = ids.slice(0, fewIds).map((id, index) => [index > 0 && ', ', serverLink(id, site)])
  return [shown, ids.length > fewIds && ` and ${ids.length - fewIds} more`]
}

function more(number: number, word: string): Content {
  return number > 0 && html`<p>and ${count(number, `more ${word}`)}: see results.json</p>\n`
}
