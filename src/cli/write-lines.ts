import { once } from 'node:events'
import type { Writable } from 'node:stream'

/**
 * Writes lines as they come, no faster than they are taken. Stops where nobody reads any more (`| head`).
 *
 * @throws what the lines throw, and what keeps them from being written.
 */
export async function writeLines(lines: AsyncIterable<string> | Iterable<string>, stream: Writable): Promise<void> {
  let problem: NodeJS.ErrnoException | undefined
  // Kept for as long as the stream is: its error comes after the write that causes it.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    problem ??= error
  })
  for await (const line of lines) {
    if (!problem && !stream.write(`${line}\n`)) await once(stream, 'drain').catch(() => {})
    if (problem) break
  }
  // What became of the last write: an error comes after it, and what is written after an error is never answered.
  if (!problem) await new Promise<void>((resolve) => stream.once('error', () => resolve()).write('', () => resolve()))
  if (problem && problem.code !== 'EPIPE') throw problem
}
