import { createHash, randomBytes } from 'node:crypto'
import { constants, copyFile, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Clock } from '../model/clock.ts'
import { said } from '../model/said.ts'
import type { Database } from './engine.ts'
import { openDatabase } from './engine.ts'
import type { HistoryStore, StoredRun } from './store.ts'
import type { Change } from './tables.ts'
import { heldFiles, makeChanges, makeTables, tablesVersion } from './tables.ts'

export interface CacheOptions {
  /** Where caches are, absolute; made if need be. */
  readonly folder: string
  readonly clock: Pick<Clock, 'now'>
  /** Hears why the cache is not used, or made anew: nothing that a user must know. */
  readonly onDebug: (line: string) => void
  /** Hears before many files are read, which takes its time. */
  readonly onSlow: (files: number) => void
}

/** So many files are read without anybody noticing. */
const fewFiles = 200

/**
 * Answers from a database that holds just what is in the store. It is kept between calls, and made anew where it is not there or not in order:
 * whatever is wrong with it costs time and nothing else.
 *
 * The engine's own locks are not relied upon: they would outlive a process that is killed. A database that others can see is never written
 * to. Each process reads it by a name of its own, and changes a copy that it puts in its place.
 *
 * @throws Error if the store cannot be read, or `use` fails also on what was just made.
 */
export async function withCache<T>(store: HistoryStore, options: CacheOptions, use: (database: Database) => T): Promise<T> {
  const stored = await store.list()
  const folder = path.join(options.folder, `history-${createHash('sha256').update(store.path).digest('hex').slice(0, 16)}`)
  const kept = { shared: path.join(folder, `${tablesVersion}.db`), folder }
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await removeLeftovers(folder, options.clock.now())
  } catch (error) {
    options.onDebug(`there is no place for a cache: ${said(error)}`)
    return inMemory(store, stored, options, use)
  }
  for (const from of ['what is there', 'nothing'] as const) {
    try {
      return await onDisk(store, stored, { ...kept, from }, options, use)
    } catch (error) {
      options.onDebug(`the cache in ${folder} cannot be used: ${said(error)}`)
    }
  }
  return inMemory(store, stored, options, use)
}

interface Kept {
  readonly shared: string
  readonly folder: string
  readonly from: 'what is there' | 'nothing'
}

async function onDisk<T>(store: HistoryStore, stored: readonly StoredRun[], { shared, folder, from }: Kept, options: CacheOptions, use: (database: Database) => T): Promise<T> {
  const own = path.join(folder, `.${randomBytes(6).toString('hex')}.db`)
  const next = `${own}.next`
  try {
    const isThere = from === 'what is there' && (await isLinked(shared, own))
    let changes: Changes = 'none'
    if (isThere) {
      using read = reading(own)
      changes = await changesOf(store, stored, heldFiles(read.database), options)
      if (changes === 'none') return use(read.database)
    } else changes = await changesOf(store, stored, new Set(), options)
    // What was read is copied, and not what others may have put in its place meanwhile.
    if (isThere) await copyFile(own, next, constants.COPYFILE_FICLONE)
    await write(next, isThere, changes)
    await rename(next, own)
    await putInPlace(own, shared)
    using read = reading(own)
    return use(read.database)
  } finally {
    for (const left of [own, next, `${own}.lock`, `${next}.lock`]) await rm(left, { recursive: true, force: true }).catch(() => {})
  }
}

/** Gives a file another name, under which this process reads it. */
async function isLinked(file: string, own: string): Promise<boolean> {
  const isGone = (error: NodeJS.ErrnoException): boolean => error.code === 'ENOENT'
  return link(file, own).then(
    () => true,
    async (error: NodeJS.ErrnoException) => !isGone(error) && copyFile(file, own).then(() => true),
  )
}

/** The shared name gets the file, and this process keeps its own name for it. */
async function putInPlace(own: string, shared: string): Promise<void> {
  await using handle = await open(own)
  await handle.sync()
  const second = `${own}.new`
  await link(own, second).catch(() => copyFile(own, second))
  await rename(second, shared)
}

/** A database that is closed when it is let go. */
function reading(file: string): Disposable & { readonly database: Database } {
  const database = openDatabase(file, { readOnly: true })
  // Nobody else has this name: the lock is taken once and not for each question.
  database.exec('PRAGMA locking_mode = EXCLUSIVE')
  return { database, [Symbol.dispose]: () => database.close() }
}

async function write(file: string, isThere: boolean, changes: Changes): Promise<void> {
  const database = openDatabase(file, { readOnly: false })
  try {
    if (!isThere) makeTables(database)
    await makeChanges(database, changes === 'none' ? [] : changes)
  } finally {
    database.close()
  }
}

async function inMemory<T>(store: HistoryStore, stored: readonly StoredRun[], options: CacheOptions, use: (database: Database) => T): Promise<T> {
  const database = openDatabase(':memory:', { readOnly: false })
  try {
    makeTables(database)
    const changes = await changesOf(store, stored, new Set(), options)
    await makeChanges(database, changes === 'none' ? [] : changes)
    return use(database)
  } finally {
    database.close()
  }
}

type Changes = 'none' | Iterable<Change> | AsyncIterable<Change>

/** What must change so that a database holds what the store does. Few changes are made out beforehand: what cannot be read is tried each time, and changes nothing. */
async function changesOf(store: HistoryStore, stored: readonly StoredRun[], held: ReadonlySet<string>, { onSlow }: CacheOptions): Promise<Changes> {
  const missing = stored.filter(({ name }) => !held.has(name))
  if (missing.length === 0 && held.size === stored.length) return 'none'
  const known = new Set(stored.flatMap(({ name, earlier }) => [name, ...earlier]))
  const gone = [...held].filter((name) => !known.has(name)).map((drop): Change => ({ drop }))
  if (missing.length > fewFiles) {
    onSlow(missing.length)
    return readingAll(gone, store, missing, held)
  }
  const changes: Change[] = []
  for await (const change of readingAll(gone, store, missing, held)) changes.push(change)
  return changes.length === 0 ? 'none' : changes
}

/** Of each run the newest file that can be read is held, and no other. */
async function* readingAll(gone: readonly Change[], store: HistoryStore, missing: readonly StoredRun[], held: ReadonlySet<string>): AsyncGenerator<Change> {
  yield* gone
  for (const stored of missing) {
    const found = await store.readNewest(stored)
    for (const drop of stored.earlier) if (held.has(drop) && drop !== found?.name) yield { drop }
    if (found && !held.has(found.name)) yield { take: found.name, startedAt: stored.startedAt, run: found.run }
  }
}

/** Nobody asks for so long. */
const abandonedMs = 3_600_000

async function removeLeftovers(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/^\.[\da-f]{12}\.db/.test(name)) continue
    const { mtimeMs, ctimeMs } = await stat(path.join(folder, name)).catch(() => ({ mtimeMs: now, ctimeMs: now }))
    // A name that was given to an old file is as young as its giving.
    if (now - Math.max(mtimeMs, ctimeMs) > abandonedMs) await rm(path.join(folder, name), { recursive: true, force: true }).catch(() => {})
  }
}
