import { randomBytes } from 'node:crypto'
import { open, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

interface WriteOptions {
  /** Whether the content is on disk before it is put in place. */
  readonly durable: boolean
  /** Whether other processes may write the same file at the same time: the last one wins. If not, what a killed process left behind is overwritten. */
  readonly shared?: boolean
  /** Who may read and write it, as `chmod` has it; without it, what the process usually allows. */
  readonly mode?: number
}

/** How a file is written: whole or not at all. */
export type WriteFile = (file: string, chunks: Iterable<string>, options: WriteOptions) => Promise<void>

/**
 * Writes a file beside itself and puts it in place by a rename: a reader finds the old one or the new one, never a part.
 *
 * @throws Error of the file system; the old file then stands as it was.
 */
export const writeWhole: WriteFile = async (file, chunks, { durable, shared = false, mode }) => {
  const own = shared ? `.${randomBytes(6).toString('hex')}` : ''
  const part = path.join(path.dirname(file), `.${path.basename(file)}${own}.part`)
  try {
    // What stands in its place is removed and not written to: it may be a link to somebody's file.
    await rm(part, { force: true })
    const handle = await open(part, 'wx', mode)
    try {
      await writeFile(handle, batched(chunks))
      if (durable) await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined)
    throw error
  }
}

const batchLength = 65_536

/** Joins small chunks, so that writing them does not take a call each. */
function* batched(chunks: Iterable<string>): Iterable<string> {
  let batch: string[] = []
  let length = 0
  for (const chunk of chunks) {
    batch.push(chunk)
    length += chunk.length
    if (length < batchLength) continue
    yield batch.join('')
    batch = []
    length = 0
  }
  yield batch.join('')
}
