import type { NamedPlot } from '../plots/plots.ts'
import type { ReportFile } from '../report-input.ts'
import type { Html } from './escape.ts'
import { html } from './escape.ts'
import { briefly } from './words.ts'

const longestAlt = 1000
const longestTitle = 200

/** A plot, and where its file is: below the report's folder. */
export interface PlacedPlot extends NamedPlot {
  readonly path: string
}

/** Puts plots into a folder of the report. */
export function placed(plots: Iterable<NamedPlot>, folder: string): PlacedPlot[] {
  return [...plots].map((named) => ({ ...named, path: `${folder}/${named.name}.svg` }))
}

export function plotFile({ path, plot }: PlacedPlot): ReportFile {
  return { path: `html/${path}`, chunks: [plot.svg] }
}

/** A plot on a page, with what it shows in words. It opens by itself, too, for a closer look. */
export function figure({ path, title, plot }: PlacedPlot, root: '' | '../'): Html {
  return html`<figure aria-label="${briefly(title, longestTitle)}">
<a href="${root}${path}"><img src="${root}${path}" alt="${briefly(plot.alt, longestAlt)}"></a>
</figure>
`
}
