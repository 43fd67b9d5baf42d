import { open } from 'node:fs/promises'
import { DefectError } from '../model/fault.ts'
import { inOneLine } from '../model/escape.ts'
import { UsageError } from '../model/problem.ts'

const mebibyte = 1024 * 1024
/** In bytes. */
const largest = 64 * mebibyte

/** What is wrong with the path that was given, and not with this machine. */
const usersFaults: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'is a directory, not a file',
  ENAMETOOLONG: 'is too long for a path',
  ELOOP: 'leads in a circle of links',
}

/**
 * Reads a file as text, without its byte order mark.
 *
 * @throws UsageError if it is not there, larger than 64 MiB, or no text in UTF-8; DefectError if this machine cannot read it; the signal's
 * reason if that aborts.
 */
export async function readFileText(path: string, signal: AbortSignal): Promise<string> {
  const bytes = await readBounded(path, signal).catch((error: unknown) => {
    signal.throwIfAborted()
    throw faultOf(path, error)
  })
  if (!bytes) throw new UsageError([`${path}: is larger than ${largest / mebibyte} MiB`])
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UsageError([`${path}: is no text in UTF-8${bytes[0] === 0xff || bytes[0] === 0xfe ? ', but in UTF-16: save it as UTF-8' : ''}`])
  }
}

/** Counts what it reads, and not what the file system says: a pipe has no size. */
async function readBounded(path: string, signal: AbortSignal): Promise<Buffer | undefined> {
  signal.throwIfAborted()
  const chunks: Buffer[] = []
  let size = 0
  await using file = await open(path)
  for await (const chunk of file.createReadStream({ highWaterMark: mebibyte, autoClose: false, signal }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > largest) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

function faultOf(path: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException
  const users = usersFaults[code ?? '']
  if (users !== undefined) return new UsageError([`${path}: ${users}`])
  return new DefectError(`${path}: ${code === 'EACCES' ? 'permission denied' : `cannot be read: ${inOneLine(message)}`}`, { cause: error })
}
