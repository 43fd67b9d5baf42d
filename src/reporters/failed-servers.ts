import type { Piece } from './report-pieces.ts'

/** failed-servers.txt, in chunks: the failed, one ID a line. */
export function failedServers(pieces: readonly Piece[]): Iterable<string> {
  return pieces.filter(({ status }) => status === 'failed').map(({ id }) => `${id}\n`)
}
