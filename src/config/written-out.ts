import type { Document, Scalar } from 'yaml'
import { visit } from 'yaml'
import type { Json } from './kind.ts'

/** A value as JSON that can be shown on a terminal, whatever texts are in it. */
export function jsonText(value: Json): string {
  return `${writtenOut(JSON.stringify(value, undefined, 2), (code) => String.raw`\u` + code.toString(16).padStart(4, '0'), 'units')}\n`
}

/** A document as YAML that can be shown on a terminal, whatever texts are in it. Its comments must be clean. */
export function yamlText(document: Document): string {
  visit(document, { Scalar: (_, scalar) => quoteIfHidden(scalar) })
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: true })
  return writtenOut(text, (code) => String.raw`\U` + code.toString(16).padStart(8, '0'), 'characters')
}

const hides = /[\p{C}\p{Zl}\p{Zp}]/u

/** Only between double quotes characters may be written out. */
function quoteIfHidden(scalar: Scalar): void {
  if (typeof scalar.value === 'string' && hides.test(scalar.value.replaceAll('\n', ''))) scalar.type = 'QUOTE_DOUBLE'
}

/** Writes out what would move the cursor or hide text on a terminal. */
function writtenOut(text: string, escape: (code: number) => string, by: 'units' | 'characters'): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (found) => {
    if (found === '\n') return found
    return by === 'characters' ? escape(found.codePointAt(0)!) : [...Array(found.length).keys()].map((at) => escape(found.charCodeAt(at))).join('')
  })
}
