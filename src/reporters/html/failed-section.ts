import type { ServerResult } from '../../model/results.ts'
import { count } from '../log-words.ts'
import { firstWith } from '../servers.ts'
import type { Content, Html } from './escape.ts'
import { html, markupOf } from './escape.ts'
import { findings, markInWords, reason, tailOf } from './findings.ts'
import type { Site } from './site.ts'
import { logLink, serverLink } from './site.ts'
import { verdict } from './words.ts'

const mostFailed = 200
/** Whatever their texts are like, the failed servers take no more of the index. In bytes. */
const mostBytes = 600_000

/** The failed servers one by one: why, what was measured against which bound, and the last lines of the log. */
export function failedSection(site: Site): Content {
  const { first, count: failed } = firstWith(site.servers, mostFailed, ({ status }) => status === 'failed')
  if (failed === 0) return undefined
  const cards: Html[] = []
  let bytes = 0
  for (const server of first) {
    const card = cardOf(server, site)
    bytes += Buffer.byteLength(markupOf(card))
    if (bytes > mostBytes) break
    cards.push(card)
  }
  const more = failed - cards.length
  return html`<section aria-labelledby="failed">
<h2 id="failed">Failed (${failed})</h2>
${cards}${more > 0 && html`<p>and ${count(more, 'more failed server')}: they stand first in the <a href="#servers">table of all servers</a>, and are named in <a href="../failed-servers.txt">failed-servers.txt</a>.</p>\n`}</section>
`
}

function cardOf(server: ServerResult, site: Site): Html {
  const log = logLink(server, site)
  const tail = tailOf(server)
  return html`<section class="card" aria-labelledby="failed-${server.id}">
<h3 id="failed-${server.id}">${serverLink(server.id, site)} ${verdict(server)}</h3>
<p>${reason(server)}</p>
${findings(server.violations, site.input.thresholds, `What ${server.id} missed`)}<p>${markInWords(server)}${log !== undefined && html` Log: ${log}`}</p>
${tail !== '' && html`<details><summary>Last lines of the log of ${server.id}</summary>
<pre>${tail}</pre></details>
`}</section>
`
}
