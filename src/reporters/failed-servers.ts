import type { Counts } from './report-counts.ts'

/** failed-servers.txt, in chunks: the failed, one ID a line. */
export function failedServers({ ids }: Pick<Counts, 'ids'>): Iterable<string> {
  return ids.failed.map((id) => `${id}\n`)
}
