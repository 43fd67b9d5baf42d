import type { Scalar, YAMLMap } from 'yaml'
import { Document, isScalar, visit } from 'yaml'
import type { Effective, EffectiveSetting } from './effective.ts'
import type { Json } from './kind.ts'
import { isRecord } from './kind.ts'
import { oneLine } from './wording.ts'

/** The effective settings as a configuration file, in JSON. */
export function showAsJson({ settings }: Effective): string {
  return `${writtenOut(JSON.stringify(contentOf(settings), undefined, 2), (code) => String.raw`\u` + code.toString(16).padStart(4, '0'), 'units')}\n`
}

/** The effective settings as a configuration file, in YAML, with comments that say where each value is from. */
export function showAsYaml({ settings, notes }: Effective): string {
  const document = new Document(contentOf(settings)) as Document<YAMLMap<Scalar>>
  visit(document, { Scalar: (_, scalar) => quoteIfHidden(scalar) })
  for (const { keys, value, from } of settings) if (value !== undefined) addComment(document, keys, oneLine(from))
  const unsaid = settings.filter(({ value }) => value === undefined).map(({ keys, from }) => `${keys.join('.')}: ${from}`)
  document.commentBefore = [...notes, ...unsaid].map((line) => ` ${oneLine(line)}`).join('\n')
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: true })
  return writtenOut(text, (code) => String.raw`\U` + code.toString(16).padStart(8, '0'), 'characters')
}

function contentOf(settings: readonly EffectiveSetting[]): Json {
  const content: Record<string, Json> = {}
  for (const { keys: [key = '', step], value } of settings) {
    if (value === undefined) continue
    const within = content[key]
    content[key] = step === undefined ? value : { ...(isRecord(within) ? within : {}), [step]: value }
  }
  return content
}

/** Behind a value of one line; above a key whose value has several. */
function addComment(document: Document<YAMLMap<Scalar>>, keys: readonly string[], from: string): void {
  const node = document.getIn(keys, true)
  const { key } = document.contents!.items.find((pair) => pair.key.value === keys[0])!
  if (isScalar(node)) node.comment = ` ${from}`
  else key.commentBefore = ` ${from}`
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
