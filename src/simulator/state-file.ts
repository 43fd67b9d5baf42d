import { readFile, rename, writeFile } from 'node:fs/promises'
import { describeIssues, UsageError } from '../model/problem.ts'
import { said } from '../model/said.ts'
import type { RackRecord } from './lasting-rack.ts'
import { rackRecordSchema } from './lasting-rack.ts'

/** Where a rack is remembered across processes. */
export interface StateFile {
  /** There is something new. */
  readonly changed: () => void
  /** Resolves when all that is new is in the file. Never rejects. */
  readonly saved: () => Promise<void>
}

/** A rack that is not remembered. */
export const noStateFile: StateFile = { changed: () => {}, saved: async () => {} }

/**
 * Reads what an earlier process left; nothing if there is no file.
 *
 * @throws UsageError if there is something else in it.
 */
export async function readState(path: string): Promise<RackRecord | undefined> {
  const refuse = (problem: string): never => {
    throw new UsageError([`--state: ${path}: ${problem}`])
  }
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? undefined : refuse(`cannot be read: ${error.code}`)))
  if (text === undefined) return undefined
  const content = parse(text) ?? refuse('is not the state of a simulator: no JSON')
  const read = rackRecordSchema.safeParse(content)
  return read.success ? read.data : refuse(`is not the state of a simulator: ${describeIssues(read.error, content)[0]}`)
}

/** Writes the file beside itself and puts it in place by a rename, so that whoever kills the process finds the old one or the new one. All that ask while it is written share the next write. */
export function openStateFile(path: string, record: () => RackRecord, onProblem: (problem: string) => void): StateFile {
  let writing = Promise.resolve()
  let next: Promise<void> | undefined
  let isChanged = false

  async function write(): Promise<void> {
    isChanged = false
    try {
      await writeFile(`${path}.part`, JSON.stringify(record()))
      await rename(`${path}.part`, path)
    } catch (error) {
      onProblem(`the state cannot be written to ${path}: ${said(error)}`)
    }
  }
  return {
    changed: () => {
      isChanged = true
    },
    saved() {
      if (!isChanged) return next ?? writing
      next ??= writing.then(() => {
        next = undefined
        return (writing = write())
      })
      return next
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
