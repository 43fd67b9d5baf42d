import type { Scalar, YAMLMap } from 'yaml'
import { Document, isScalar } from 'yaml'
import type { Effective, EffectiveSetting } from './effective.ts'
import type { Json } from './kind.ts'
import { isRecord } from './kind.ts'
import { oneLine } from './wording.ts'
import { jsonText, yamlText } from './written-out.ts'

/** The effective settings as a configuration file, in JSON. */
export function showAsJson({ settings }: Effective): string {
  return jsonText(contentOf(settings))
}

/** The effective settings as a configuration file, in YAML, with comments that say where each value is from. */
export function showAsYaml({ settings, notes }: Effective): string {
  const document = new Document(contentOf(settings)) as Document<YAMLMap<Scalar>>
  for (const { keys, value, from } of settings) if (value !== undefined) addComment(document, keys, oneLine(from))
  const unsaid = settings.filter(({ value }) => value === undefined).map(({ keys, from }) => `${keys.join('.')}: ${from}`)
  document.commentBefore = [...notes, ...unsaid].map((line) => ` ${oneLine(line)}`).join('\n')
  return yamlText(document)
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
