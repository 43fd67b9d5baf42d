import type { Document, Node } from 'yaml'
import type { Json } from './kind.ts'
import { leaves } from './leaves.ts'
import type { Tell } from './wording.ts'
import { quote } from './wording.ts'

type Yaml = typeof import('yaml')

interface YamlSource {
  /** What problems are told after. */
  readonly label: string
  /** Top-level keys whose values are texts as they are written: `0101` is no number there. */
  readonly asWritten?: readonly string[]
}

/**
 * Reads YAML 1.2, and JSON with it, into what JSON can hold. Keys are texts as they are written.
 * Of the first fault it tells with line and column. The library is loaded by the first text: most runs have none.
 */
export async function parseYaml(text: string, { label, asWritten = [] }: YamlSource, tell: Tell): Promise<{ readonly value: Json } | undefined> {
  const faults: string[] = []
  const value = parse(await import('yaml'), text, asWritten, (fault) => faults.push(fault))
  for (const { path, leaf } of leaves(value)) if (typeof leaf === 'number' && !Number.isFinite(leaf)) faults.push(`${path}: expected a finite number`)
  for (const fault of faults) tell(`${label}: ${fault}`)
  return faults.length === 0 && value !== undefined ? { value } : undefined
}

function parse(yaml: Yaml, text: string, asWritten: readonly string[], fault: Tell): Json | undefined {
  try {
    const document = yaml.parseDocument(text, { uniqueKeys: false, prettyErrors: false })
    const [flaw] = [...document.errors, ...document.warnings]
    const badKey = flaw ? undefined : writeOutKeys(yaml, document)
    if (flaw) fault(`${place(text, flaw.pos[0])}: ${flaw.code === 'RESOURCE_EXHAUSTION' ? 'nested too deeply' : flaw.message}`)
    else if (badKey) fault(`${place(text, badKey.at)}: ${badKey.fault}`)
    else {
      for (const key of asWritten) writeOutValues(yaml, document.get(key, true) as Node | undefined)
      return closed(document.toJS() as Json)
    }
  } catch (error) {
    fault(`cannot be read: ${(error as Error).message.split('\n')[0]}`)
  }
  return undefined
}

function writeOutValues({ visit }: Yaml, node: Node | undefined): void {
  if (!node) return
  visit(node, {
    Scalar: (key, scalar) => {
      if (key !== 'key' && scalar.value !== null) scalar.value = scalar.source ?? scalar.value
    },
  })
}

interface BadKey {
  readonly fault: string
  /** Its offset in the text. */
  readonly at: number
}

/** The library compares each key with every other, which takes seconds for a rack of thousands; and it takes `1` and `"1"` for different keys. */
function writeOutKeys({ isNode, isScalar, visit }: Yaml, document: Document): BadKey | undefined {
  const offsetOf = (key: unknown): number => (isNode(key) ? (key.range?.[0] ?? 0) : 0)
  let bad: BadKey | undefined
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<string>()
      for (const { key } of items) {
        if (!isScalar(key) || key.source === undefined) {
          bad ??= { fault: 'a key must be a text', at: offsetOf(key) }
          continue
        }
        key.value = key.source
        if (seen.has(key.source)) bad ??= { fault: `the key ${quote(key.source)} is there twice`, at: offsetOf(key) }
        seen.add(key.source)
      }
    },
  })
  return bad
}

/** @throws on a value that contains itself, or is nested beyond what the stack holds. */
function closed(value: Json): Json {
  JSON.stringify(value)
  return value
}

function place(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n')
  return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`
}
