import { open } from 'node:fs/promises'
import { quote } from './wording.ts'
import type { Tell } from './wording.ts'

const mebibyte = 1024 * 1024

/** How much is read from a file, by what it holds; in bytes. */
export const limits = { servers: 64 * mebibyte, settings: 8 * mebibyte, results: 256 * mebibyte } as const

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'is a directory, not a file',
  EACCES: 'permission denied',
}

interface Reading {
  /** In bytes. */
  readonly limit: number
  readonly label: string
}

/** Reads a whole UTF-8 text, without its byte order mark. Of a file that cannot be read, or is above the limit, it tells after `label`. */
export async function readText(path: string, { limit, label }: Reading, tell: Tell): Promise<string | undefined> {
  try {
    const bytes = await readBounded(path, limit)
    if (bytes) return new TextDecoder().decode(bytes)
    tell(`${label}: is larger than ${limit / mebibyte} MiB`)
  } catch (error) {
    tell(`${label}: ${reasonOf(error)}`)
  }
  return undefined
}

/** Counts what it reads, and not what the file system says: a pipe has no size. */
async function readBounded(path: string, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  await using file = await open(path)
  for await (const chunk of file.createReadStream({ highWaterMark: mebibyte, autoClose: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

/** Why something could not be read, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return reasons[code ?? ''] ?? `cannot be read: ${quote(message)}`
}
