import { stat } from 'node:fs/promises'
import { counted, oneLine, quote } from '../../config/wording.ts'
import { isNameOf } from '../../history/names.ts'
import type { HistoryStore, StoredRun } from '../../history/store.ts'
import { openStore } from '../../history/store.ts'
import { UsageError } from '../../model/problem.ts'
import { said } from '../../model/said.ts'
import type { Side } from '../../model/side.ts'
import { startSide } from '../../model/side.ts'
import type { Arguments } from '../command-line.ts'
import { leftOutLines } from '../history/left-out.ts'
import { whichStore } from '../history/which-store.ts'
import type { Selection } from './selection.ts'
import { readSelection, selectionForms } from './selection.ts'

/** A side, and what the user calls it. */
export interface NamedSide extends Side {
  readonly named: string
}

export interface Sides {
  readonly before: NamedSide
  readonly after: NamedSide
}

interface Reading {
  readonly flags: Arguments['flags']
  /** Hears what the user should know, one line each. */
  readonly say: (line: string) => void
}

/**
 * Reads both sides. As they are named, the first is the one before; if the history is asked, time decides.
 *
 * @throws UsageError with a line for each side that cannot be read.
 */
export async function readSides(words: readonly [string, string], { flags, say }: Reading): Promise<Sides> {
  const sources = [await sourceOf(words[0]), await sourceOf(words[1])] as const
  const isOfHistory = sources.some(({ is }) => is !== 'path')
  const problems: string[] = sources.flatMap((source) => (source.is === 'wrong' ? [source.problem] : []))
  const history = sources.some(({ is }) => is === 'selection' || is === 'id') ? await openHistory(sources, flags, problems) : undefined
  const read = async (source: Source): Promise<NamedSide | undefined> => {
    const side = startSide()
    const isRead = source.is === 'path' ? await addResults(side, source.word, problems) : history && source.is !== 'wrong' ? await addStored(side, source, history, problems) : false
    return isRead ? { named: oneLine(source.word), ...side.end() } : undefined
  }
  const [first, second] = [await read(sources[0]), await read(sources[1])]
  for (const line of leftOutLines(history?.leftOut ?? [])) say(line)
  if (!first || !second || problems.length > 0) throw new UsageError(problems)
  const isReversed = startOf(first) > startOf(second)
  if (isReversed && isOfHistory) return { before: second, after: first }
  if (isReversed) say(`${first.named} began after ${second.named}, and stands for the side before: it is named first`)
  return { before: first, after: second }
}

type Source = { readonly word: string } & ({ readonly is: 'path' } | { readonly is: 'selection'; readonly selection: Selection } | { readonly is: 'id' } | { readonly is: 'wrong'; readonly problem: string })

/** A selection is never a file: that would be ./last. */
async function sourceOf(word: string): Promise<Source> {
  const selection = readSelection(word)
  if (typeof selection === 'string') return { word, is: 'wrong', problem: `${quote(word)}: ${selection}` }
  if (selection) return { word, is: 'selection', selection }
  return { word, is: await stat(word).then(() => 'path', (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? 'id' : 'path')) }
}

type Stored = Exclude<Source, { readonly is: 'path' | 'wrong' }>

interface History {
  readonly store: HistoryStore
  readonly runs: readonly StoredRun[]
  /** What could not be read so far, and is left out. */
  readonly leftOut: readonly string[]
}

async function openHistory(sources: readonly Source[], flags: Arguments['flags'], problems: string[]): Promise<History | undefined> {
  try {
    const leftOut: string[] = []
    const store = openStore(await whichStore(flags), { onProblem: (problem) => leftOut.push(problem) })
    const runs = await store.list().catch((error: unknown) => {
      throw new UsageError([`${oneLine(store.path)}: ${oneLine(said(error))}`])
    })
    return { store, runs, leftOut }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    for (const { is, word } of sources) if (is === 'id') problems.push(`${quote(word)}: no such file or run directory; of a history it may be ${selectionForms}`)
    if (sources.some(({ is }) => is === 'selection')) problems.push(...error.problems)
    return undefined
  }
}

type Draft = ReturnType<typeof startSide>

async function addResults(side: Draft, word: string, problems: string[]): Promise<boolean> {
  // Loaded only here: whoever asks the history alone reads no results.json.
  const { readResults } = await import('../../config/earlier-results.ts')
  const { pastRunOf } = await import('../../model/past-run.ts')
  const results = await readResults({ value: word, label: '', folder: process.cwd() }, (problem) => problems.push(oneLine(problem)))
  if (results) side.add(pastRunOf(results))
  return results !== undefined
}

/** What cannot be read is left out, as if it were not there. */
async function addStored(side: Draft, source: Stored, history: History, problems: string[]): Promise<boolean> {
  const isBack = source.is === 'selection' && source.selection.is === 'back'
  const [skip, most] = isBack ? [source.selection.by, 1] : [0, Infinity]
  const candidates = meantBy(source, history.runs)
  let read = 0
  for (const stored of candidates) {
    if (read === skip + most) break
    const found = await history.store.readNewest(stored)
    if (found && read++ >= skip) side.add(found.run)
  }
  if (read > skip) return true
  const isUnreadable = candidates.length > 0 && read === 0
  problems.push(`${quote(source.word)}: ${isUnreadable ? `cannot be read in the history ${oneLine(history.store.path)}` : whyNone(source, history, read)}`)
  return false
}

/** The runs that may be meant; of those that are so many before the last, the newest first. */
function meantBy(source: Stored, runs: readonly StoredRun[]): readonly StoredRun[] {
  if (source.is === 'id') return runs.filter(({ run }) => isNameOf(run, source.word))
  const { selection } = source
  return selection.is === 'back' ? runs.toReversed() : runs.filter(({ startedAt }) => startedAt >= selection.from && startedAt < selection.until)
}

function whyNone(source: Stored, { store, runs, leftOut }: History, readable: number): string {
  const history = `the history ${oneLine(store.path)}`
  const [first, last] = [runs[0], runs.at(-1)]
  if (!first || !last) return `${history} holds no run`
  if (source.is === 'id') return `no such file or run directory, and no run of ${history} has this ID; it may be ${selectionForms}`
  if (source.selection.is === 'back') return `${history} holds only ${counted(readable, 'run')}${leftOut.length > 0 ? ' that can be read' : ''}`
  const dayOf = ({ startedAt }: StoredRun): string => new Date(startedAt).toISOString().slice(0, 10)
  return `no run of ${history} began then: it has ${counted(runs.length, 'run')} from ${dayOf(first)} to ${dayOf(last)}`
}

function startOf({ runs: [run] }: Side): number {
  return Date.parse(run?.startedAt ?? '')
}
