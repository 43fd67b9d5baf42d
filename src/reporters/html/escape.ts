import { clean } from '../report-text.ts'

const markup = Symbol('markup')

/** A piece of HTML. Only `html` makes one, so that a text of others never becomes markup by itself. */
export interface Html {
  readonly [markup]: string
}

/** What may stand in a template: a text is cleaned and escaped; nothing and `false` leave nothing. */
export type Content = Html | string | number | false | undefined | readonly Content[]

/** Makes HTML of a template: whatever is put in is escaped, in texts as in attributes, which must stand in `"`. */
export function html(pieces: TemplateStringsArray, ...contents: readonly Content[]): Html {
  let whole = pieces[0]!
  for (const [index, content] of contents.entries()) whole += markupOf(content) + pieces[index + 1]!
  return { [markup]: whole }
}

/** The characters of a piece of HTML. */
export function markupOf(content: Content): string {
  if (content === undefined || content === false) return ''
  if (typeof content === 'string') return escaped(content)
  if (typeof content === 'number') return String(content)
  if (isList(content)) return content.map(markupOf).join('')
  return content[markup]
}

function isList(content: Html | readonly Content[]): content is readonly Content[] {
  return Array.isArray(content)
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escaped(text: string): string {
  return /[^\t\n\u0020\u0021\u0023-\u0025\u0028-\u003b\u003d\u003f-\u007e]/.test(text) ? clean(text).replaceAll(/[&<>"']/g, (character) => entities[character]!) : text
}
