import { mkdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import pMap from 'p-map'
import { isOfProgram } from '../model/plan.ts'
import { UsageError } from '../model/problem.ts'
import type { RunState } from '../model/run-state.ts'
import type { ServerId } from '../model/server.ts'
import { isUnwiped } from '../model/kept.ts'
import { removeHtml } from './html-folder.ts'
import { journalName } from './journal.ts'
import type { ReadJournal } from './journal-reader.ts'
import { readJournal } from './journal-reader.ts'
import type { Lock } from './lock.ts'
import { takeLock } from './lock.ts'

/** What must never be published again, whoever wrote it. */
const reports = ['junit.xml', 'results.json', 'failed-servers.txt', 'summary.md', 'results.csv', 'trace.json']

const unlinksAtOnce = 64

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
    await Promise.all(reports.map((name) => rm(join(directory, name), { force: true })))
    await removeHtml(directory, earlier.servers)
    await removeLogs(directory, earlier.servers)
    // Last: as long as the journal is there, what is left of that run can be told from files of somebody else's.
    await rm(journal, { force: true })
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

/** What is to be done about a directory before another run can have it; `--if-unfinished` asks. */
export type Leftover = 'nothing' | 'not begun' | 'unfinished'

/**
 * Tells whether a directory has a run that is not ended, or that ended with machines that it could not have wiped.
 *
 * @throws UsageError if that cannot be told.
 */
export async function leftoverOf(directory: string): Promise<Leftover> {
  const journal = join(directory, journalName)
  if (!(await exists(journal))) return 'nothing'
  const read = await readJournal(journal)
  if (read.is === 'nothing begun') return 'not begun'
  return read.isEnded && ![...read.fold.state.servers.values()].some(isUnwiped) ? 'nothing' : 'unfinished'
}

/** Removes the journal of a run that had not begun. */
export async function forgetNotBegun(directory: string, options: Omit<ClaimOptions, 'replace'>): Promise<void> {
  const lock = await lockOf(directory, options)
  try {
    if ((await leftoverOf(directory)) === 'not begun') await rm(join(directory, journalName))
  } finally {
    await lock.release()
  }
}

/** The servers whose machines a run may still hold: what was under way when it died, and what it could not wipe. */
export function heldServers({ servers }: Pick<RunState, 'servers'>): ServerId[] {
  return [...servers.values()].filter((server) => (server.phase === 'under way' && server.left !== 'clean') || isUnwiped(server)).map(({ server }) => server.id)
}

async function readBegun(journal: string): Promise<Extract<ReadJournal, { is: 'run' }>> {
  const read = await readJournal(journal)
  if (read.is === 'nothing begun') throw new UsageError([`${journal}: its first line is cut short: that run had not begun, there is nothing to go on with`])
  return read
}

/** What a directory holds of an earlier run that is to make room. */
interface EarlierRun {
  /** Whether its journal tells of something that is not over. */
  readonly keep: boolean
  readonly held: readonly ServerId[]
  /** All servers of its plan. */
  readonly servers: readonly ServerId[]
}

const noRun: EarlierRun = { keep: false, held: [], servers: [] }

async function earlierRun(directory: string, journal: string, { replace }: ClaimOptions): Promise<EarlierRun> {
  if (!(await exists(journal))) return noRun
  // Whatever is there instead of a journal of ours is not thrown away.
  const read = replace ? await readJournal(journal).catch(() => undefined) : await readJournal(journal)
  if (!read) return { ...noRun, keep: true }
  if (read.is === 'nothing begun') {
    if (replace) return noRun
    throw new UsageError([`${journal}: its first line is cut short: that run had not begun, and holds nothing; add --replace`])
  }
  const servers = [...read.fold.state.servers.keys()]
  const held = heldServers(read.fold.state)
  if (read.isEnded) return { keep: false, held, servers }
  if (replace) return { keep: true, held, servers }
  const died = `${directory} holds a run that has died${held.length > 0 ? ` (it may hold ${held.length} ${held.length === 1 ? 'server' : 'servers'})` : ''}`
  if (isOfProgram(read.fold.state.plan)) throw new UsageError([`${died}, of a program with a provisioner of its own: give it up with replace: true, or --replace; the servers held are told then`])
  throw new UsageError([
    `${died}: ` +
      `go on with \`rackbench resume ${directory}\`, wipe with \`rackbench destroy ${directory}\`, or add --replace to give it up`,
  ])
}

/** Removes the logs of these servers, and no other file: the directory may be one that somebody works in. */
async function removeLogs(directory: string, servers: readonly ServerId[]): Promise<void> {
  if (servers.length === 0) return
  await rm(join(directory, 'run.log'), { force: true })
  const logs = join(directory, 'logs')
  await pMap(servers, (id) => rm(join(logs, `${id}.log`), { force: true }), { concurrency: unlinksAtOnce })
  await rmdir(logs).catch(() => {})
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

/** @throws UsageError if it cannot be told. */
async function exists(file: string): Promise<boolean> {
  try {
    await stat(file)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return false
    throw new UsageError([`cannot read ${file}: ${code ?? String(error)}`])
  }
}

/** Why a directory cannot be written to, by the code of the system. */
export const whyUnwritable: Readonly<Record<string, string>> = {
  EEXIST: 'it is a file, not a directory',
  ENOTDIR: 'a part of its path is a file, not a directory',
  EACCES: 'it is not writable',
  EPERM: 'it is not writable',
  EROFS: 'its file system is read-only',
  ENOSPC: 'its file system is full',
  ENOENT: 'it cannot be created',
}

/** Says of a directory that cannot be used what the matter is, in one line. */
function usable(error: unknown, directory: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (error instanceof UsageError || code === undefined) return error
  return new UsageError([`cannot write to the run directory ${directory}: ${whyUnwritable[code] ?? code}`])
}
