import type { Listed } from './listing.ts'
import type { formats } from './options/answer.ts'

export type ServerFormat = (typeof formats)['servers'][number]

/** How servers are written: those formats that need not know all of them begin with the first one. */
export const serverLines: Readonly<Record<ServerFormat, (servers: AsyncIterable<Listed>) => AsyncIterable<string>>> = {
  table: tableOf,
  async *json(servers) {
    yield JSON.stringify(await collect(servers), null, 2)
  },
  async *ndjson(servers) {
    for await (const server of servers) yield JSON.stringify(server)
  },
  async *ids(servers) {
    for await (const { id } of servers) yield id
  },
}

const heads = ['ID', 'STATE', 'ADDRESS', 'LABELS']

/** Columns as wide as their widest cell; the last one is as long as it is. */
async function* tableOf(servers: AsyncIterable<Listed>): AsyncGenerator<string> {
  const rows = (await collect(servers)).map(({ id, state, address = '', labels }) => [id, state, address, wordsOf(labels)])
  const widths = heads.map((head, column) => rows.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), head.length))
  for (const row of [heads, ...rows]) {
    const cells = row.map((cell, column) => (column === heads.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
    yield cells.join('  ').trimEnd()
  }
}

function wordsOf(labels: Listed['labels']): string {
  return Object.entries(labels).map(([name, value]) => `${name}=${value}`).join(' ')
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
