import { access, constants, mkdir, readFile, realpath, rename, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { writeWhole } from '../clients/atomic-file.ts'
import { UsageError } from '../model/problem.ts'
import { readState, writeState } from './state-text.ts'
import type { PortsState } from './watch.ts'

/** Where the last checks of endpoints are kept between two processes. */
export interface StateFile {
  /** What an earlier process kept; nothing for the first. */
  readonly past: PortsState | undefined
  /** What has to be told of the file, one line each. */
  readonly notes: readonly string[]
  /**
   * Writes the file whole or not at all; it is on the disk then.
   *
   * @returns What has to be told: another process has written the file meanwhile, and its rounds are replaced by ours. Told once.
   * @throws Error of the file system; the file then stands as it was.
   */
  readonly save: (state: PortsState) => Promise<string | undefined>
}

const mebibyte = 1024 * 1024
/** A text of more bytes may be longer than a string can be. */
const largest = 500 * mebibyte

/**
 * Opens a state file, and makes its directory. One of ours that has been damaged is moved aside, to `FILE.damaged`, and begun anew with
 * a note: a job that runs by the clock must neither be stuck nor lose its history unheard.
 *
 * @throws UsageError if the file is somebody else's, or of a newer version, or cannot be read or written.
 */
export async function openState(given: string): Promise<StateFile> {
  const refuse = (problem: string): never => {
    throw new UsageError([`--state: ${given}: ${problem}`])
  }
  const cannot = (what: string) => (error: NodeJS.ErrnoException) => refuse(`${what}: ${error.code ?? error.message}`)
  const file = await realpath(given).catch(() => resolve(given))
  await mkdir(dirname(file), { recursive: true }).catch(cannot('its directory cannot be made'))
  await access(dirname(file), constants.W_OK).catch(cannot('its directory cannot be written to'))

  const found = await stat(file).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? undefined : cannot('cannot be read')(error)))
  if (found && !found.isFile()) refuse('is not a file')
  if (found && found.size > largest) refuse(`is larger than ${largest / mebibyte} MiB, and no state of rackbench ports`)
  const text = found && (await readFile(file, 'utf8').catch(cannot('cannot be read')))
  const read = text !== undefined && text !== '' ? readState(text) : undefined
  if (read?.is === 'foreign') refuse(`is no state of rackbench ports (${read.problem}): name another file`)
  if (read?.is === 'newer') refuse(`was written by a newer rackbench: ${read.problem}: use that one`)
  if (read?.is === 'damaged') await rename(file, `${file}.damaged`).catch(cannot(`is damaged (${read.problem}) and cannot be moved aside`))

  let seen = await standOf(file)
  let isTold = false
  return {
    past: read?.is === 'state' ? read.state : undefined,
    notes: [
      ...(text === '' ? [`--state: ${given} is empty: its history begins anew`] : []),
      ...(read?.is === 'damaged' ? [`--state: ${given} was damaged (${read.problem}): it is now ${given}.damaged, and the history begins anew`] : []),
    ],
    async save(state) {
      const isOurs = [seen, ''].includes(await standOf(file))
      await writeWhole(file, writeState(state), { durable: true, shared: true })
      seen = await standOf(file)
      if (isOurs || isTold) return undefined
      isTold = true
      return `--state: another process has written ${given} meanwhile: its rounds are lost. Give each job a file of its own`
    },
  }
}

/** By what a file that was replaced meanwhile is known; nothing if there is none. */
async function standOf(file: string): Promise<string> {
  return stat(file, { bigint: true }).then(({ ino, mtimeNs }) => `${ino} ${mtimeNs}`, () => '')
}
