import { html } from './escape.ts'
import { stretchLinks, tableCaption } from './index-page.ts'
import { page } from './page.ts'
import type { Stretch } from './servers-table.ts'
import { serversTable } from './servers-table.ts'
import type { Site } from './site.ts'

/** One of the pages that the table of all servers takes if it is too long for the index. */
export function serversPage(site: Site, stretches: readonly Stretch[], index: number): Iterable<string> {
  const links = stretchLinks(stretches, index)
  return page({
    title: `All servers, page ${index + 1} of ${stretches.length}`,
    root: '',
    above: html`<nav aria-label="Back"><a href="index.html">Report of the run</a></nav>\n`,
    about: site.about,
    main: [links, serversTable(stretches[index]!, `${tableCaption}; page ${index + 1} of ${stretches.length}`, site)],
  })
}
