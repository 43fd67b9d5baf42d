import { createRequire } from 'node:module'
import type * as csv from 'csv-stringify/sync'
import { UsageError } from '../model/problem.ts'
import type { Server } from '../model/server.ts'
import type { formats } from './options/answer.ts'

export type InventoryFormat = (typeof formats)['inventory'][number]

/** How the servers of an inventory are written, in their order. None of them is put together as one text: there may be 100,000. */
export const inventoryLines: Readonly<Record<InventoryFormat, (servers: readonly Server[], columns: number) => Iterable<string>>> = {
  table: tableOf,
  json: objectOf,
  *ndjson(servers) {
    for (const server of servers) yield JSON.stringify(server)
  },
  csv: csvOf,
  *ids(servers) {
    for (const { id } of servers) yield id
  },
}

/** One object, by ID. Written by hand: an object of JavaScript has keys that are numbers first, and in their own order. */
function* objectOf(servers: readonly Server[]): Generator<string> {
  yield '{'
  for (const [index, server] of servers.entries()) yield `  ${JSON.stringify(server.id)}: ${JSON.stringify(server)}${index < servers.length - 1 ? ',' : ''}`
  yield '}'
}

const mostLabels = 1000

/** A column for each label that any server has. What a spreadsheet would take for a formula gets a `'` before it. */
function* csvOf(servers: readonly Server[]): Generator<string> {
  const labels = new Set<string>()
  for (const server of servers) for (const name of Object.keys(server.labels)) labels.add(name)
  if (labels.size > mostLabels) throw new UsageError([`--format csv: ${labels.size} different labels would be as many columns, at most ${mostLabels}: take json or ndjson`])
  const names = [...labels]
  // Loaded by the one format that needs it.
  const { stringify } = createRequire(import.meta.url)('csv-stringify/sync') as typeof csv
  const write = (rows: readonly (readonly string[])[]): string => stringify([...rows], { eof: false, escape_formulas: true })
  yield write([['id', 'address', ...names.map((name) => (ownColumns.has(name.toLowerCase()) ? `label:${name}` : name))]])
  const rowOf = ({ id, address = '', labels: given }: Server): string[] => [id, address, ...names.map((name) => (Object.hasOwn(given, name) ? given[name]! : ''))]
  for (let from = 0; from < servers.length; from += rowsAtOnce) yield write(servers.slice(from, from + rowsAtOnce).map(rowOf))
}

/** Each call of the library costs as much as many rows. */
const rowsAtOnce = 500
/** What a file inventory would take for the ID or the address, where a server has none. */
const ownColumns: ReadonlySet<string> = new Set(['id', 'address', 'host', 'ip'])

const heads = { id: 'ID', address: 'ADDRESS', labels: 'LABELS' }
/** As long as an IPv6 address is. */
const widestAddress = 45
const leastLabels = 20

/** @param columns How wide a line may be; only an ID is never cut. */
function* tableOf(servers: readonly Server[], columns: number): Generator<string> {
  const widthOf = (lengths: Iterable<number>): number => [...lengths].reduce((widest, length) => Math.max(widest, length), 0)
  const id = Math.max(heads.id.length, widthOf(servers.map((server) => server.id.length)))
  const address = Math.max(heads.address.length, Math.min(widestAddress, widthOf(servers.map((server) => server.address?.length ?? 0))))
  const left = Math.max(leastLabels, columns - id - address - 4)
  const line = (cells: typeof heads): string => `${cells.id.padEnd(id)}  ${cut(cells.address, address).padEnd(address)}  ${cut(cells.labels, left)}`.trimEnd()
  yield line(heads)
  for (const server of servers) yield line({ id: server.id, address: server.address ?? '', labels: wordsOf(server.labels, left) })
}

/** Labels as they are shown; no more of them are put together than are. */
function wordsOf(labels: Server['labels'], most: number): string {
  let words = ''
  for (const name in labels) {
    if (words.length > most) break
    words += `${words === '' ? '' : ' '}${name}=${labels[name]}`
  }
  return words
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1).toWellFormed()}…` : text
}
