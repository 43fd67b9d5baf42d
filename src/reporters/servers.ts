import type { ServerId } from '../model/server.ts'
import type { Results, ServerResult } from '../model/results.ts'
import type { Part } from './report-block.ts'
import { blockSize } from './report-block.ts'

/**
 * Servers as results.json tells them, in an order. Those of a large fleet are made anew whenever they are looked at: go through them, and
 * keep what was found instead of them. An array of servers is one, too.
 */
export interface Servers extends Iterable<ServerResult> {
  readonly length: number
  readonly at: (index: number) => ServerResult | undefined
  /** Those from one place up to another, which is not among them. */
  readonly slice: (from: number, to: number) => Servers
}

/** What results.json holds, where its servers need not be in memory. */
export interface ReportResults extends Omit<Results, 'servers'> {
  readonly servers: Servers
}

/** To make servers for each report again takes longer than to write it: of fewer than these all are kept. */
const few = 25_000

/** The servers that stand in parts of results.json, each but the last of the size of a block. @param mostKept Up to so many are kept once they were made. */
export function serversIn(parts: readonly Part[], length: number, mostKept = few): Servers {
  const kept = new Map<number, readonly ServerResult[]>()
  function block(number: number): readonly ServerResult[] {
    const known = kept.get(number)
    if (known) return known
    if (length > mostKept) kept.clear()
    const servers = JSON.parse(`[${parts[number]!.results()}]`) as ServerResult[]
    kept.set(number, servers)
    return servers
  }
  return lookedUp(length, (index) => block(Math.floor(index / blockSize))[index % blockSize]!)
}

const graveFirst = ['failed', 'skipped', 'passed'] as const

/** The same servers: the failed ones first, then the skipped, then those that passed. */
export function gravestFirst(servers: Servers): Servers {
  const places = { failed: [] as number[], skipped: [] as number[], passed: [] as number[] }
  let index = 0
  for (const { status } of servers) places[status].push(index++)
  const order = graveFirst.flatMap((status) => places[status])
  return lookedUp(order.length, (place) => servers.at(order[place]!)!)
}

function lookedUp(length: number, at: (index: number) => ServerResult): Servers {
  const find = (index: number): ServerResult | undefined => {
    const place = index < 0 ? length + index : index
    return place >= 0 && place < length ? at(place) : undefined
  }
  return {
    length,
    at: find,
    slice: (from, to) => lookedUp(Math.max(0, Math.min(to, length) - from), (index) => at(from + index)),
    *[Symbol.iterator]() {
      for (let index = 0; index < length; index++) yield at(index)
    },
  }
}

/** Those that fit, one by one. */
export function* serversWith(servers: Servers, fits: (server: ServerResult) => boolean): Iterable<ServerResult> {
  for (const server of servers) if (fits(server)) yield server
}

/** All names that stand in a part of any server, in the order of their first appearance. */
export function namesIn(servers: Servers, part: (server: ServerResult) => Readonly<Record<string, unknown>>): Set<string> {
  const names = new Set<string>()
  for (const server of servers) for (const name of Object.keys(part(server))) names.add(name)
  return names
}

/** Up to `most` servers that fit, and how many there are in all. */
export function firstWith(servers: Servers, most: number, fits: (server: ServerResult) => boolean): { readonly first: readonly ServerResult[]; readonly count: number } {
  const first: ServerResult[] = []
  let count = 0
  for (const server of serversWith(servers, fits)) {
    if (first.length < most) first.push(server)
    count++
  }
  return { first, count }
}

/** The skipped servers by why they were, the most frequent reason first. */
export function skippedByReason(servers: Servers): (readonly [because: string, ids: readonly ServerId[]])[] {
  const reasons = new Map<string, ServerId[]>()
  for (const { id, because = 'for an unknown reason' } of serversWith(servers, ({ status }) => status === 'skipped')) {
    const ids = reasons.get(because)
    if (ids) ids.push(id)
    else reasons.set(because, [id])
  }
  return [...reasons].toSorted(([, one], [, other]) => other.length - one.length)
}
