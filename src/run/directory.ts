import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../model/problem.ts'
import type { RunFold } from '../model/run-state.ts'
import type { ServerId } from '../model/server.ts'
import { isWipeMissing } from '../model/verdict.ts'
import { journalName } from './journal.ts'
import type { ReadJournal } from './journal-reader.ts'
import { readJournal } from './journal-reader.ts'
import type { Lock } from './lock.ts'
import { takeLock } from './lock.ts'

/** What a run writes into its directory. */
const ownFiles = ['junit.xml', 'results.json', 'failed-servers.txt', 'run.log', 'logs']

/** A run directory that this process may write to. */
export interface ClaimedDirectory {
  readonly lock: Lock
  readonly journal: string
}

export interface ClaimOptions {
  readonly replace: boolean
  /** Take over the lock of another host. */
  readonly force: boolean
  /** Milliseconds since 1970. */
  readonly now: number
}

/**
 * Claims a directory for a new run. The files of a run that has ended are removed: they must never be published again.
 *
 * @returns With it the servers that a replaced run may still hold.
 * @throws UsageError if a run in it is live, or has died and is not to be replaced.
 */
export async function claimForNew(directory: string, options: ClaimOptions): Promise<ClaimedDirectory & { readonly held: readonly ServerId[] }> {
  await makeDirectory(directory)
  const lock = await lockOf(directory, options)
  const journal = join(directory, journalName)
  try {
    const earlier = await earlierRun(directory, journal, options)
    if (earlier.keep) await moveAside(directory, journal, options.now)
    await Promise.all([rm(journal, { force: true }), ...ownFiles.map((name) => rm(join(directory, name), { recursive: true, force: true }))])
    return { lock, journal, held: earlier.held }
  } catch (error) {
    await lock.release()
    throw usable(error, directory)
  }
}

/**
 * Claims the directory of an earlier run, to go on with it.
 *
 * @throws UsageError if it is live, or holds no run that has begun.
 */
export async function claimEarlier(directory: string, { force, now }: Omit<ClaimOptions, 'replace'>): Promise<ClaimedDirectory & Extract<ReadJournal, { is: 'run' }>> {
  const journal = join(directory, journalName)
  // Read once before the lock, so that nothing is written where there is no run.
  await readBegun(journal)
  const lock = await lockOf(directory, { force, now })
  try {
    return { lock, journal, ...(await readBegun(journal)) }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** Whether a directory has a run that is not ended; `--if-unfinished` asks. */
export async function isUnfinished(directory: string): Promise<boolean> {
  const journal = join(directory, journalName)
  if (!(await exists(journal))) return false
  const read = await readJournal(journal)
  return read.is === 'run' && !read.isEnded
}

/** The servers whose machines a run may still hold: what was under way when it died, and what it could not wipe. */
export function heldServers({ state }: RunFold): ServerId[] {
  return [...state.servers.values()].filter((server) => (server.phase === 'under way' && server.left !== 'clean') || isWipeMissing(server)).map(({ server }) => server.id)
}

async function readBegun(journal: string): Promise<Extract<ReadJournal, { is: 'run' }>> {
  const read = await readJournal(journal)
  if (read.is === 'nothing begun') throw new UsageError([`${journal}: its first line is cut short: that run had not begun, there is nothing to go on with`])
  return read
}

async function earlierRun(directory: string, journal: string, { replace }: ClaimOptions): Promise<{ readonly keep: boolean; readonly held: readonly ServerId[] }> {
  if (!(await exists(journal))) return { keep: false, held: [] }
  if (replace) {
    const read = await readJournal(journal).catch(() => undefined)
    const isEnded = read?.is === 'run' && read.isEnded
    return { keep: !isEnded && read?.is !== 'nothing begun', held: read?.is === 'run' ? heldServers(read.fold) : [] }
  }
  const read = await readJournal(journal)
  if (read.is === 'nothing begun' || read.isEnded) return { keep: false, held: [] }
  const held = heldServers(read.fold).length
  throw new UsageError([
    `${directory} holds a run that has died${held > 0 ? ` (it may hold ${held} ${held === 1 ? 'server' : 'servers'})` : ''}: ` +
      `go on with \`rackbench resume ${directory}\`, wipe with \`rackbench destroy ${directory}\`, or add --replace to give it up`,
  ])
}

async function moveAside(directory: string, journal: string, now: number): Promise<void> {
  const previous = join(directory, 'previous')
  await mkdir(previous, { recursive: true })
  await rename(journal, join(previous, `${new Date(now).toISOString().replaceAll(':', '-')}.jsonl`))
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true })
  } catch (error) {
    throw usable(error, directory)
  }
}

async function lockOf(directory: string, options: Omit<ClaimOptions, 'replace'>): Promise<Lock> {
  try {
    return await takeLock(directory, options)
  } catch (error) {
    throw usable(error, directory)
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}

/** Says of a directory that cannot be used what the matter is, in one line. */
function usable(error: unknown, directory: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (error instanceof UsageError || code === undefined) return error
  const reasons: Record<string, string> = {
    EEXIST: 'it is a file, not a directory',
    ENOTDIR: 'a part of its path is a file, not a directory',
    EACCES: 'it is not writable',
    EPERM: 'it is not writable',
    EROFS: 'its file system is read-only',
    ENOSPC: 'its file system is full',
    ENOENT: 'it cannot be created',
  }
  return new UsageError([`cannot write to the run directory ${directory}: ${reasons[code] ?? code}`])
}
