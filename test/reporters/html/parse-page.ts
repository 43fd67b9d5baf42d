import { SaxesParser } from 'saxes'

/** Elements that have no end in HTML. */
const empty = /<(meta|link|img|br|wbr|hr)\b((?:"[^"]*"|[^">])*)>/g

export interface ParsedPage {
  /** The name of each element, in order, each with its attributes. */
  readonly elements: readonly { readonly name: string; readonly attributes: Readonly<Record<string, string>> }[]
  /** All text, with blanks as they are. */
  readonly text: string
}

/** Reads a page as strictly as XML is read. @throws Error if a tag is not closed in its place, or an attribute not quoted. */
export function parsePage(page: string): ParsedPage {
  const elements: { name: string; attributes: Record<string, string> }[] = []
  let text = ''
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => elements.push({ name, attributes }))
  parser.on('text', (piece) => (text += piece))
  parser.write(page.replace('<!DOCTYPE html>\n', '').replaceAll(empty, '<$1$2/>').replaceAll('<details open>', '<details open="open">')).close()
  return { elements, text }
}
