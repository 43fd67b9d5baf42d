import type { Alias, Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import { inOneLine } from '../model/escape.ts'
import { UsageError } from '../model/problem.ts'
import { quoted } from './file-servers.ts'

type Yaml = typeof import('yaml')

/** In bytes of UTF-16: the tree of a text takes some 70 times its size. */
const longestText = 16 * 1024 * 1024
/** How many values are looked at: aliases of aliases may stand for any number. */
const mostValues = 5_000_000
const deepest = 100

/** A key and its value. */
export interface YamlPair {
  /** As it is written. */
  readonly key: string
  readonly keyNode: Node
  readonly value: Node | null
}

/** A YAML text as a tree, in which texts and numbers are as they are written. */
export interface YamlView {
  /** Nothing if the text is empty. */
  readonly root: Node | null
  readonly lineOf: (node: Node) => number
  /** What is meant by a node: itself, or what its alias stands for. */
  readonly meant: (node: Node | null) => Node | null
  readonly isMap: (node: Node | null) => node is YAMLMap
  readonly isList: (node: Node | null) => node is YAMLSeq
  /**
   * The pairs of an object in its order, those of merge keys (`<<`) after its own, and without those that it has itself.
   * @throws YamlFlaw if a key is none, or is there twice.
   */
  readonly pairsOf: (map: YAMLMap) => YamlPair[]
  /** What a text or a number is as it is written; nothing of anything else. */
  readonly textOf: (node: Node | null) => string | undefined
  /** All that an object has, also what is there twice, or has no text for a key; in its order. */
  readonly itemsOf: (map: YAMLMap) => readonly { readonly key: string | undefined; readonly keyNode: Node; readonly value: Node | null }[]
  /**
   * As plain data: numbers are texts as they are written; what has a tag of its own, such as `!vault`, is left out.
   * @throws YamlFlaw if a key is none, or it is nested too deeply.
   */
  readonly plain: (node: Node | null) => unknown
}

/** What is wrong in one place of a tree that can be used otherwise. */
export class YamlFlaw extends Error {
  override readonly name = 'YamlFlaw'
  readonly line: number
  constructor(message: string, line: number) {
    super(message)
    this.line = line
  }
}

/**
 * Reads YAML 1.2 with the merge keys of 1.1. The library is loaded by the first text. `startLine` is where the text begins, from 1.
 *
 * @throws UsageError with line and column of the first fault.
 */
export async function viewYaml(text: string, path: string, startLine = 1): Promise<YamlView> {
  if (text.length > longestText) throw new UsageError([`${path}: is longer than ${longestText / 1024 / 1024} MiB, which is too much for YAML: write it as JSON or CSV`])
  const yaml = await import('yaml')
  const lines = new yaml.LineCounter()
  const document = parsed(yaml, text, path, lines)
  const placeOf = (offset: number): { readonly line: number; readonly col: number } => {
    const { line, col } = lines.linePos(offset)
    return { line: line + startLine - 1, col }
  }
  const [flaw] = [...document.errors, ...document.warnings.filter(({ code }) => code !== 'TAG_RESOLVE_FAILED')]
  if (flaw) {
    const { line, col } = placeOf(flaw.pos[0])
    throw new UsageError([`${path}: line ${line}, column ${col}: ${wordsOf(flaw)}`])
  }
  return createView(yaml, document, placeOf, path)
}

function parsed(yaml: Yaml, text: string, path: string, lineCounter: InstanceType<Yaml['LineCounter']>): Document {
  try {
    return yaml.parseDocument(text, { uniqueKeys: false, prettyErrors: false, lineCounter })
  } catch (error) {
    throw new UsageError([`${path}: cannot be read as YAML: ${firstLine((error as Error).message)}`])
  }
}

function wordsOf({ code, message }: { readonly code: string; readonly message: string }): string {
  if (code === 'RESOURCE_EXHAUSTION') return 'nested too deeply'
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here: keep one in a file'
  return firstLine(message)
}

/** What the library says may repeat a part of the text. */
function firstLine(message: string): string {
  return inOneLine(message.split('\n')[0]?.slice(0, 300) ?? '')
}

function createView(yaml: Yaml, document: Document, placeOf: (offset: number) => { readonly line: number }, path: string): YamlView {
  const { isAlias, isMap, isScalar, isSeq } = yaml
  const targets = aliasTargets(yaml, document)
  let values = 0

  const lineOf = (node: Node): number => placeOf(node.range?.[0] ?? 0).line
  const meant = (node: Node | null): Node | null => (node && isAlias(node) ? (targets.get(node) ?? null) : node)
  function count(): void {
    if (++values > mostValues) throw new UsageError([`${path}: its aliases stand for more than ${mostValues} values`])
  }
  function pairsOf(map: YAMLMap, depth = 0): YamlPair[] {
    if (depth > deepest) throw new YamlFlaw('nested too deeply', lineOf(map))
    const own = new Map<string, YamlPair>()
    const merged: YAMLMap[] = []
    for (const { key, value } of map.items as Pair<Node, Node | null>[]) {
      count()
      const source = meant(key)
      if (!isScalar(source)) throw new YamlFlaw('a key must be a text', lineOf(key ?? map))
      const text = written(source)
      if (text === '<<' && source.type === 'PLAIN') merged.push(...mapsIn(value))
      else if (own.has(text)) throw new YamlFlaw(`the key ${quoted(text)} is there twice`, lineOf(key))
      else own.set(text, { key: text, keyNode: key, value })
    }
    for (const other of merged) for (const pair of pairsOf(other, depth + 1)) if (!own.has(pair.key)) own.set(pair.key, pair)
    return [...own.values()]
  }
  function textOf(given: Node | null): string | undefined {
    const node = meant(given)
    return isScalar(node) && !hasOwnTag(node) && node.value !== null && typeof node.value !== 'boolean' ? written(node) : undefined
  }
  function itemsOf({ items }: YAMLMap): ReturnType<YamlView['itemsOf']> {
    return (items as Pair<Node, Node | null>[]).map(({ key: keyNode, value }) => {
      const key = meant(keyNode)
      return { key: isScalar(key) && key.value !== null ? written(key) : undefined, keyNode, value }
    })
  }
  function mapsIn(value: Node | null): YAMLMap[] {
    const node = meant(value)
    if (isMap(node)) return [node]
    return isSeq(node) ? (node.items as Node[]).map(meant).filter((item) => isMap(item)) : []
  }
  function plain(given: Node | null, depth = 0): unknown {
    count()
    const node = meant(given)
    if (node && depth > deepest) throw new YamlFlaw('nested too deeply', lineOf(node))
    if (node === null || hasOwnTag(node)) return null
    if (isScalar(node)) return node.value === null || typeof node.value === 'boolean' ? node.value : written(node)
    if (isSeq(node)) return (node.items as Node[]).map((item) => plain(item, depth + 1))
    return isMap(node) ? Object.fromEntries(pairsOf(node).map(({ key, value }) => [key, plain(value, depth + 1)])) : null
  }
  return {
    root: document.contents,
    lineOf,
    meant,
    isMap: (node): node is YAMLMap => isMap(node),
    isList: (node): node is YAMLSeq => isSeq(node),
    textOf,
    itemsOf,
    pairsOf: (map) => pairsOf(map),
    plain: (node) => plain(node),
  }
}

function written(scalar: Scalar): string {
  return typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? String(scalar.value))
}

/** A value of somebody's own kind: an encrypted one, say. */
function hasOwnTag({ tag }: Node): boolean {
  return tag !== undefined && tag.startsWith('!')
}

/** The library looks through the whole text for what an alias means: once is enough for all. */
function aliasTargets({ visit, isAlias }: Yaml, document: Document): ReadonlyMap<Alias, Node> {
  const anchored = new Map<string, Node>()
  const targets = new Map<Alias, Node>()
  visit(document, {
    Node: (_, node) => {
      if (isAlias(node)) {
        const target = anchored.get(node.source)
        if (target) targets.set(node, target)
      } else if (node.anchor !== undefined) anchored.set(node.anchor, node)
    },
  })
  return targets
}
