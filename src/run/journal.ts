import { open } from 'node:fs/promises'
import type { JournalSink } from './recorder.ts'

/** The name of the journal in a run directory. */
export const journalName = 'journal.jsonl'

/**
 * Opens a journal for appending.
 *
 * @param validBytes Where the last whole line of an earlier process ends; what is behind it was cut short and is dropped.
 */
export async function openJournal(file: string, validBytes: number): Promise<JournalSink> {
  const handle = await open(file, 'a', 0o644)
  let size = validBytes
  await handle.truncate(size)
  return {
    async append(lines, durable) {
      try {
        await handle.appendFile(lines)
        if (durable) await handle.datasync()
        size += Buffer.byteLength(lines)
      } catch (error) {
        // A line cut short by a full disk would only be dropped by the next reader.
        await handle.truncate(size).catch(() => {})
        throw error
      }
    },
    close: () => handle.close(),
  }
}
