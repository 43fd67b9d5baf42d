import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { writeWhole } from '../clients/atomic-file.ts'
import type { Clock } from '../model/clock.ts'
import { systemClock } from '../model/clock.ts'
import type { PastRun } from '../model/past-run.ts'
import { said } from '../model/said.ts'
import type { FileName } from './names.ts'
import { byStart, byState, nameOf, readName } from './names.ts'
import { readRunText, runText } from './run-text.ts'
import { entriesOf, removeLeftovers, shownName, textOf } from './store-files.ts'

/** A run that a store holds. */
export interface StoredRun {
  /** The name of its file. A file never changes: the same name is the same content. */
  readonly name: string
  /** When the run started, in milliseconds since 1970. */
  readonly startedAt: number
  /** Stands for the run: the same for all states of it. */
  readonly run: string
  /** Files of earlier states of the run, which was resumed since; the latest first. They count only if that file cannot be read. */
  readonly earlier: readonly string[]
}

/**
 * Past runs, in a folder: a file for each state of each. Any number of processes may read it and add to it at once, also over a network.
 *
 * What is in the folder and cannot be read is told to `onProblem`, each file once, and left out.
 */
export interface HistoryStore {
  /** The folder, absolute. */
  readonly path: string
  /** Adds a run, or a later state of one, for good. @throws Error if it cannot be written. */
  readonly add: (run: PastRun) => Promise<'added' | 'there already'>
  /** The runs by their names alone, in the order in which they started. @throws Error if the folder cannot be read. */
  readonly list: () => Promise<readonly StoredRun[]>
  /** Reads a file. @throws Error that says what is wrong with it, in words that follow its name. */
  readonly read: (name: string) => Promise<PastRun>
  /** The newest state of a run that can be read; nothing if none can. */
  readonly readNewest: (stored: Pick<StoredRun, 'name' | 'earlier'>) => Promise<{ readonly name: string; readonly run: PastRun } | undefined>
}

interface Options {
  /** Hears what cannot be read, one line each. */
  readonly onProblem?: (problem: string) => void
  readonly clock?: Pick<Clock, 'now'>
}

/** Opens a store, which need not be there yet. */
export function openStore(folder: string, { onProblem = () => {}, clock = systemClock }: Options = {}): HistoryStore {
  const told = new Set<string>()
  const tell = (name: string, problem: string): void => {
    if (told.has(name)) return
    told.add(name)
    onProblem(`${path.join(folder, shownName(name))} ${problem}; it is left out`)
  }

  async function add(run: PastRun): Promise<'added' | 'there already'> {
    const text = runText(run)
    const name = nameOf(run, text)
    await mkdir(folder, { recursive: true })
    const own = readName(name)!
    const states = (await filesOf(() => {})).filter((file) => file.run === own.run)
    if (states.some((file) => byState(file, own) > 0)) return 'there already'
    // What was damaged since is put right.
    if (states.some((file) => file.name === name) && (await textOf(path.join(folder, name)).catch(() => undefined)) === text) return 'there already'
    await writeWhole(path.join(folder, name), [text], { durable: true, shared: true })
    await removeLeftovers(folder, clock.now())
    return 'added'
  }

  async function filesOf(onStranger: (name: string) => void): Promise<FileName[]> {
    return (await entriesOf(folder)).flatMap((entry) => {
      const file = readName(entry)
      if (!file) onStranger(entry)
      return file ? [file] : []
    })
  }

  async function list(): Promise<readonly StoredRun[]> {
    const files = await filesOf((name) => tell(name, 'is no file of a history'))
    const states = new Map<string, [FileName, ...FileName[]]>()
    for (const file of files.sort(byStart)) {
      const others = states.get(file.run)
      if (others) others.push(file)
      else states.set(file.run, [file])
    }
    return [...states.values()].map((all) => {
      const [{ name, startedAt, run }, ...earlier] = all.sort((a, b) => byState(b, a))
      return { name, startedAt, run, earlier: earlier.map((file) => file.name) }
    })
  }

  async function read(name: string): Promise<PastRun> {
    if (!readName(name)) throw new Error('is no file of a history')
    return readRunText(name, await textOf(path.join(folder, name)))
  }

  const readNewest: HistoryStore['readNewest'] = async ({ name: newest, earlier }) => {
    for (const name of [newest, ...earlier]) {
      try {
        return { name, run: await read(name) }
      } catch (error) {
        tell(name, said(error))
      }
    }
    return undefined
  }

  return { path: folder, add, list, read, readNewest }
}
