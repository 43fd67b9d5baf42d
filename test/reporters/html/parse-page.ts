import { createRequire } from 'node:module'

interface Handlers {
  readonly error: Error
  readonly opentag: { readonly name: string; readonly attributes: Record<string, string> }
  readonly text: string
}

interface XmlParser {
  on: <Name extends keyof Handlers>(name: Name, handler: (value: Handlers[Name]) => void) => void
  write: (text: string) => XmlParser
  close: () => void
}

// Its types do not fit exactOptionalPropertyTypes.
const { SaxesParser } = createRequire(import.meta.url)('saxes') as { SaxesParser: new () => XmlParser }

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
  parser.on('opentag', ({ name, attributes }) => void elements.push({ name, attributes }))
  parser.on('text', (piece) => void (text += piece))
  parser.write(page.replace('<!DOCTYPE html>\n', '').replaceAll(empty, '<$1$2/>').replaceAll('<details open>', '<details open="open">')).close()
  return { elements, text }
}
