import path from 'node:path'
import type { PastRun } from '../model/past-run.ts'
import type { HistoryStore } from './store.ts'
import { sizeOf } from './store-files.ts'

interface Asked {
  /** How many runs at most: the last ones. */
  readonly last: number
  /** Only runs that started before; ISO 8601. */
  readonly before?: string
  /** Only these servers, if given; runs in which none of them was are left out. */
  readonly servers?: ReadonlySet<string>
}

/** More would not fit into the memory that reports may take. In bytes of files. */
const mostBytes = 64 * 1024 * 1024

/**
 * The last runs of a store, the oldest first; fewer than were asked for if they are very large.
 *
 * @throws Error if the store cannot be read.
 */
export async function readPast(store: HistoryStore, { last, before, servers }: Asked): Promise<readonly PastRun[]> {
  const end = before === undefined ? Infinity : Date.parse(before)
  const stored = (await store.list()).filter(({ startedAt }) => startedAt < end)
  const runs: PastRun[] = []
  let bytes = 0
  for (const one of stored.toReversed()) {
    bytes += await sizeOf(path.join(store.path, one.name))
    if (runs.length === last || bytes > mostBytes) break
    const { run } = (await store.readNewest(one)) ?? {}
    const chosen = run && servers ? { ...run, servers: run.servers.filter(({ id }) => servers.has(id)) } : run
    if (chosen && (!servers || chosen.servers.length > 0)) runs.push(chosen)
  }
  return runs.toReversed()
}
