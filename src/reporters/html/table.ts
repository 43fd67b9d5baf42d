import type { Content, Html } from './escape.ts'
import { html } from './escape.ts'

/** A column: its heading, and what stands in it, where that makes a difference: a long text is given room. */
export interface Column {
  readonly name: Content
  readonly is?: 'number' | 'text'
}

interface Table {
  /** What the table shows, in one line. */
  readonly caption: string
  readonly columns: readonly Column[]
  /** A cell for each column; the first one names its row. */
  readonly rows: readonly (readonly Content[])[]
}

/** A table with a caption, and a heading for each column and row. A wide one is scrolled by itself, by keyboard too. */
export function table({ caption, columns, rows }: Table): Html {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map(({ name, is }) => html`<th scope="col"${classOf(is)}>${name}</th>`)}</tr></thead>
<tbody>
${rows.map((cells) => row(columns, cells))}</tbody>
</table></div>
`
}

export function row(columns: readonly Column[], cells: readonly Content[]): Html {
  return html`<tr>${cells.map((cell, index) => (index === 0 ? html`<th scope="row">${cell}</th>` : html`<td${classOf(columns[index]?.is)}>${cell}</td>`))}</tr>
`
}

function classOf(is: Column['is']): Content {
  return is && html` class="${is}"`
}
