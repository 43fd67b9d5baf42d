import { createRequire } from 'node:module'

interface OpenTag {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}
interface XmlParser {
  on(event: 'opentag', heard: (tag: OpenTag) => void): void
  on(event: 'closetag', heard: () => void): void
  on(event: 'text' | 'cdata', heard: (text: string) => void): void
  on(event: 'error', heard: (error: Error) => void): void
  write(text: string): XmlParser
  close(): void
}
// Its own types do not compile under exactOptionalPropertyTypes.
const require = createRequire(import.meta.url)
const { SaxesParser } = require('saxes') as { SaxesParser: new () => XmlParser }

export interface Node {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Node[]
  text: string
}

/** A test case as a reader finds it. */
export interface Case {
  readonly attributes: Readonly<Record<string, string>>
  readonly properties: readonly (readonly [string, string])[]
  readonly failure?: Told
  readonly error?: Told
  readonly skipped?: Told
  readonly output?: string
}
type Told = Readonly<Record<string, string>>

export interface Report {
  readonly root: Readonly<Record<string, string>>
  readonly suite: Readonly<Record<string, string>>
  readonly cases: readonly Case[]
}

/** @throws Error if it is not well-formed, or not of our shape. */
export function parseJunit(xml: string): Report {
  const root = parseXml(xml)
  const [suite, ...others] = root.children
  if (root.name !== 'testsuites' || suite?.name !== 'testsuite' || others.length > 0) throw new Error('not one suite in one root')
  return { root: root.attributes, suite: suite.attributes, cases: suite.children.filter(({ name }, index) => index > 0 || name !== 'properties').map(caseOf) }
}

/** What the cases themselves say, as the attributes of the root and the suite should. */
export function countsOf(cases: readonly Case[]): { tests: string; failures: string; errors: string; skipped: string } {
  const count = (name: 'failure' | 'error' | 'skipped'): string => String(cases.filter((one) => one[name]).length)
  return { tests: String(cases.length), failures: count('failure'), errors: count('error'), skipped: count('skipped') }
}

function caseOf(node: Node): Case {
  const told = (name: string): Told | undefined => {
    const [found, ...more] = node.children.filter((child) => child.name === name)
    if (more.length > 0) throw new Error(`more than one ${name}`)
    return found && { ...found.attributes, ...(found.text !== '' && { text: found.text }) }
  }
  if (node.name !== 'testcase') throw new Error(`not a test case: ${node.name}`)
  const properties = node.children.filter(({ name }) => name === 'properties').flatMap(({ children }) => children)
  const [failure, error, skipped, output] = [told('failure'), told('error'), told('skipped'), told('system-out')]
  return {
    attributes: node.attributes,
    properties: properties.map(({ attributes: { name = '', value = '' } }) => [name, value]),
    ...(failure && { failure }),
    ...(error && { error }),
    ...(skipped && { skipped }),
    ...(output && { output: output.text ?? '' }),
  }
}

/** @throws Error if it is not well-formed. */
export function parseXml(xml: string): Node {
  const parser = new SaxesParser()
  const top: Node = { name: '', attributes: {}, children: [], text: '' }
  const open = [top]
  const last = (): Node => open.at(-1) ?? top
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    const node: Node = { name, attributes, children: [], text: '' }
    last().children.push(node)
    open.push(node)
  })
  parser.on('closetag', () => open.pop())
  parser.on('text', (text) => (last().text += text))
  parser.write(xml).close()
  const [root] = top.children
  if (!root) throw new Error('no root')
  return root
}
