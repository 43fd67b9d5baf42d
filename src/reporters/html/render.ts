import { runPlots, serverPlots } from '../plots/plots.ts'
import type { ReportFile, ReportInput } from '../report-input.ts'
import { placed, plotFile } from './figures.ts'
import { indexPage } from './index-page.ts'
import { pastByServer } from './past.ts'
import { serverPage } from './server-page.ts'
import { serversPage } from './servers-page.ts'
import { stretchesOf } from './servers-table.ts'
import { siteOf } from './site.ts'
import { style } from './style.ts'

/**
 * The HTML report: `html/index.html` and what it links to, file by file, `html/style.css` before the others. It renders under a Content-Security-Policy that forbids scripts
 * and inline styles, as that of Jenkins does, and no page grows beyond 2 MB, however large the fleet and whatever others say.
 */
export function* renderHtml(input: ReportInput): Iterable<ReportFile> {
  const site = siteOf(input)
  const plots = placed(runPlots(input), 'plots')
  yield { path: 'html/style.css', chunks: [style] }
  yield* plots.map(plotFile)
  const stretches = stretchesOf(site)
  yield { path: 'html/index.html', chunks: indexPage(site, plots, stretches) }
  if (stretches.length > 1) {
    for (const index of stretches.keys()) yield { path: `html/servers-${index + 1}.html`, chunks: serversPage(site, stretches, index) }
  }
  const plotsOf = serverPlots(input)
  const past = pastByServer(input.past)
  for (const server of site.servers) {
    if (!site.paged.has(server.id)) break
    const own = placed(plotsOf(server), `plots/servers/${server.id}`)
    yield* own.map(plotFile)
    yield { path: `html/servers/${server.id}.html`, chunks: serverPage(server, site, past.get(server.id) ?? [], own) }
  }
}
