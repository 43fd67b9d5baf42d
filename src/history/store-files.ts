import { constants, open, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { inOneLine } from '../model/escape.ts'
import { said } from '../model/said.ts'

const mebibyte = 1024 * 1024
/** Room for a hundred thousand servers with a kilobyte each. */
const largest = 128 * mebibyte
/** A run each hour for more than ten years. */
const mostEntries = 100_000

/** The entries of a store's folder, without those whose names begin with a dot; none if there is no folder. @throws Error if it cannot be read. */
export async function entriesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new Error(reasonOf(error), { cause: error })
  })
  if (entries.length > mostEntries) throw new Error(`holds more than ${mostEntries.toLocaleString('en')} files: it is no history, or must be thinned out`)
  return entries.filter((name) => !name.startsWith('.'))
}

/** The text of a file. Links are not followed. @throws Error that says why it cannot be read, in words that follow its name. */
export async function textOf(file: string): Promise<string> {
  try {
    // Whoever opens a pipe would wait for its other end.
    await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
    const found = await handle.stat()
    if (!found.isFile()) throw new Error('is no file')
    if (found.size > largest) throw new Error(`is larger than ${largest / mebibyte} MiB`)
    return new TextDecoder().decode(await handle.readFile())
  } catch (error) {
    throw new Error(reasonOf(error), { cause: error })
  }
}

/** How large a file is, in bytes. */
export async function sizeOf(file: string): Promise<number> {
  return stat(file).then(({ size }) => size, () => 0)
}

const reasons: Readonly<Record<string, string>> = { ENOENT: 'is gone', ELOOP: 'is a link', EISDIR: 'is no file', ENOTDIR: 'is no folder', EACCES: 'cannot be read: permission denied' }

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  return code === undefined ? said(error) : (reasons[code] ?? `cannot be read: ${code}`)
}

/** Nobody writes for so long; clocks of machines that share a folder may differ by hours. */
const abandonedMs = 86_400_000
const partPattern = /^\..+\.json\.[\da-f]{12}\.part$/

/** Removes what processes have left that were killed while they wrote. */
export async function removeLeftovers(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!partPattern.test(name)) continue
    const part = path.join(folder, name)
    const { mtimeMs = Infinity } = (await stat(part).catch(() => undefined)) ?? {}
    if (now - mtimeMs > abandonedMs) await rm(part, { force: true }).catch(() => {})
  }
}

/** A name that somebody else has given, as part of a line. */
export function shownName(name: string): string {
  const line = inOneLine(name)
  return line.length > 120 ? `${line.slice(0, 120)}...` : line
}
