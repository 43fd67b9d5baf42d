import type { FileHandle } from 'node:fs/promises'
import { constants, mkdir, open, readdir, realpath, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { writeWhole } from '../clients/atomic-file.ts'
import type { Clock } from '../model/clock.ts'
import type { Kept, KeptText } from './cache-text.ts'
import { beginning, readKept, writeKept } from './cache-text.ts'

const mebibyte = 1024 * 1024
/** Room for a hundred thousand servers with some 600 bytes each. */
const largest = 64 * mebibyte
const tooLarge = `is larger than ${largest / mebibyte} MiB`

/** What is in a cache's file; nothing if there is none. Never throws. */
export async function loadKept(file: string): Promise<KeptText | undefined> {
  try {
    await using handle = await openFile(file)
    if (!handle) return undefined
    const { size } = await handle.stat()
    return size > largest ? { is: 'unusable', problem: tooLarge } : readKept(await handle.readFile('utf8'))
  } catch (error) {
    return { is: 'unusable', problem: `cannot be read: ${reasonOf(error)}` }
  }
}

/** Puts a reading in place of the last one, whole or not at all. @returns why it was not kept, in words that follow the file's name. */
export async function saveKept(file: string, kept: Kept, clock: Clock): Promise<string | undefined> {
  try {
    if (!(await isOurs(file))) return 'is no cache of an inventory, and is left as it is: name another file'
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    // A link stays one.
    const place = await realpath(file).catch(() => file)
    await removeLeftovers(place, clock)
    await writeWhole(place, bounded(writeKept(kept)), { durable: true, shared: true, mode: 0o600 })
    return undefined
  } catch (error) {
    return `cannot be written: ${reasonOf(error)}`
  }
}

/** Whether a file may be replaced: one that somebody has named by mistake may not. */
async function isOurs(file: string): Promise<boolean> {
  await using handle = await openFile(file)
  const { buffer, bytesRead = 0 } = (await handle?.read({ buffer: Buffer.alloc(beginning.length), position: 0 })) ?? {}
  return bytesRead === 0 || buffer!.toString('latin1', 0, bytesRead) === beginning
}

/** Opens a file, if there is one. Whoever opens a pipe would wait for its other end. */
async function openFile(file: string): Promise<FileHandle | undefined> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!handle || (await handle.stat()).isFile()) return handle
  await handle.close()
  throw new Error('it is not a file')
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message
}

function* bounded(chunks: Iterable<string>): Generator<string> {
  let bytes = 0
  for (const chunk of chunks) {
    bytes += Buffer.byteLength(chunk)
    if (bytes > largest) throw new Error(`what was read ${tooLarge}`)
    yield chunk
  }
}

/** Nobody writes for so long. */
const abandonedMs = 3_600_000

/** Removes what processes have left that were killed while they wrote. */
async function removeLeftovers(file: string, clock: Clock): Promise<void> {
  const folder = dirname(file)
  const prefix = `.${basename(file)}.`
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix) || !/^[\da-f]{12}\.part$/.test(name.slice(prefix.length))) continue
    const part = join(folder, name)
    const { mtimeMs = Infinity } = (await stat(part).catch(() => undefined)) ?? {}
    if (clock.now() - mtimeMs > abandonedMs) await rm(part, { force: true }).catch(() => {})
  }
}
