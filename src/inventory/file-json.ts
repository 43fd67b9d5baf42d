import { UsageError } from '../model/problem.ts'
import type { Entry } from './file-entry.ts'
import { faultOffset } from './json-fault.ts'
import { keepWritten, keyAsWritten } from './json-text.ts'

/** What a JSON file holds: entries, or one flaw of a line of it. */
export type JsonItem = Entry | { readonly at: string; readonly flaw: string }

/**
 * The entries of a JSON text: of a list, of an object that is keyed by ID, of an object whose `servers` are a list, of objects each on a
 * line of its own, or of one.
 *
 * @throws UsageError if it is no JSON, with line and column, or JSON of another kind.
 */
export function jsonItems(text: string, path: string): Iterable<JsonItem> {
  const found = parsed(keepWritten(text))
  if (found === undefined && isLines(text)) return lineItems(text)
  if (found === undefined) throw new UsageError([`${path}: ${faultOf(text)}`])
  const { json } = found
  if (Array.isArray(json)) return listItems(json)
  if (typeof json !== 'object' || json === null) throw new UsageError([`${path}: expected a list of servers, or an object that is keyed by ID, got ${text.trim().slice(0, 80)}`])
  const pairs = Object.entries(json).map(([key, record]) => ({ key: keyAsWritten(key), record: record as unknown }))
  const list = pairs.find(({ key }) => key === 'servers')?.record
  if (Array.isArray(list)) return listItems(list)
  if (isServersByKey(list)) throw new UsageError([serversByKey(path)])
  if (pairs.some(({ key, record }) => isOwnId(key, record))) return listItems([Object.fromEntries(pairs.map(({ key, record }) => [key, record]))])
  refuseListOfAnsible(pairs.map(({ key }) => key), path)
  return pairs.map((pair, index) => ({ at: `entry ${index + 1}`, ...pair }))
}

/** Whether a JSON text is an Ansible inventory, which is YAML as all JSON is. */
export function isAnsibleJson(text: string): boolean {
  if (!/^\s*\{\s*"all"\s*:\s*\{/.test(text.slice(0, 10_000))) return false
  const all = (parsed(text)?.json as { readonly all?: unknown } | undefined)?.all
  return typeof all === 'object' && all !== null && ['hosts', 'children', 'vars'].some((key) => Object.hasOwn(all, key) && !Array.isArray(Reflect.get(all, key)))
}

/** Whether an object is itself a server: what is keyed by ID has no texts under its keys. */
function isOwnId(key: string, value: unknown): boolean {
  return (key === 'id' || key === 'name') && (typeof value === 'string' || typeof value === 'number')
}

/** Whether what stands under `servers` holds servers, and is none that is called so. */
function isServersByKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.entries(value).some(([key, inner]) => key !== 'labels' && typeof inner === 'object' && inner !== null && !Array.isArray(inner))
}

export function serversByKey(path: string): string {
  return `${path}: expected a list under "servers", got an object: leave "servers" out around what is keyed by ID`
}

function refuseListOfAnsible(keys: readonly string[], path: string): void {
  if (keys.includes('_meta') && keys.some((key) => key === 'all' || key === 'ungrouped')) {
    throw new UsageError([`${path}: is what ansible-inventory --list prints: print it with ansible-inventory --list --yaml, and it can be read`])
  }
}

function* listItems(list: readonly unknown[]): Generator<Entry> {
  for (const [index, record] of list.entries()) yield { at: `entry ${index + 1}`, record }
}

/** Several values, each on a line of its own; a first line that is an object of its own shows it. */
function isLines(text: string): boolean {
  const [, first = ''] = /^\s*([^\n]*)\n\s*\S/.exec(text.slice(0, 1_000_000)) ?? []
  const value = parsed(first)
  return value !== undefined && typeof value.json === 'object'
}

function* lineItems(text: string): Generator<JsonItem> {
  let line = 0
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf('\n', start)
    const end = found < 0 ? text.length : found
    const written = text.slice(start, end)
    start = end + 1
    line++
    if (written.trim() === '') continue
    const value = parsed(withoutKeyNumbers(written))
    yield value === undefined ? { at: `line ${line}`, flaw: 'is no JSON' } : { at: `line ${line}`, record: value.json }
  }
}

/** In a line, keys are fields: only its numbers are kept as they are written. */
function withoutKeyNumbers(line: string): string {
  const kept = keepWritten(`[${line}]`)
  return kept.slice(1, -1)
}

function parsed(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

function faultOf(text: string): string {
  if (text.trim() === '') return 'is empty'
  const before = text.slice(0, faultOffset(text))
  return `line ${before.split('\n').length}, column ${before.length - before.lastIndexOf('\n')}: is no JSON from here on`
}
