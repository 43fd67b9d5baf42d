import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { WriteFile } from '../clients/atomic-file.ts'
import { writeWhole } from '../clients/atomic-file.ts'
import type { HtmlOwnership } from '../clients/html-ownership.ts'
import { htmlOwnership } from '../clients/html-ownership.ts'
import type { Clock } from '../model/clock.ts'
import type { Subscriber } from '../model/event.ts'
import type { PastRun } from '../model/past-run.ts'
import type { RunState } from '../model/run-state.ts'
import type { Place } from './junit-case.ts'
import type { Pieces } from './report-pieces.ts'
import { openPieces } from './report-pieces.ts'
import { finalReports, reportInput } from './final-reports.ts'
import type { ReportFile } from './report-input.ts'
import { renderReports, reportNames } from './report-render.ts'
import { openSchedule } from './report-schedule.ts'

/** Hears once of each file that cannot be written, or of the first in a folder. */
export type OnReportProblem = (file: string, error: unknown) => void

interface Options extends Place {
  readonly onProblem: OnReportProblem
  readonly write?: WriteFile
  /** The runs before this one, the oldest first; asked when the reports for people are written. Never rejects. */
  readonly past?: (run: RunState) => Promise<readonly PastRun[]>
  /** Makes a folder below that of the reports, with those above it. */
  readonly makeFolder?: (folder: string) => Promise<unknown>
  /** Tells whether `html/` in the folder of the reports may be written to. */
  readonly whoseHtml?: (directory: string) => Promise<HtmlOwnership>
}

interface ClearHtml {
  /** Removes what is ours of an earlier HTML report, right before a new one is written: not all of it may be made anew. */
  readonly clearHtml?: () => Promise<void>
}

/** How files get to where they belong. */
type Disk = Required<Pick<Options, 'write' | 'makeFolder' | 'past' | 'whoseHtml'>> & ClearHtml

const noPast = async (): Promise<readonly PastRun[]> => []
const makeWhole = (folder: string): Promise<unknown> => mkdir(folder, { recursive: true })

/** The reports in the run directory, kept up to date while the run goes on. */
export interface ReportFiles {
  readonly listen: Subscriber<RunState>
  /** Writes everything now, and onto the disk. Never rejects. */
  readonly flush: () => Promise<void>
  /** Writes nothing any more, and holds no timer. Never rejects. */
  readonly close: () => Promise<void>
}

/** Keeps junit.xml, results.json and failed-servers.txt valid and whole at every moment of a run. */
export function reportFiles({ clock, onProblem, write = writeWhole, makeFolder = makeWhole, past = noPast, whoseHtml = htmlOwnership, ...place }: Options & { readonly clock: Pick<Clock, 'elapsed' | 'after'> }): ReportFiles {
  const pieces = openPieces(place)
  const problem = once(onProblem)
  let state: RunState | undefined
  const schedule = openSchedule((durable) => writeAll(state, pieces, place, problem, write, durable), clock)
  return {
    listen(event, run) {
      state = run
      pieces.note(event, run)
      if (event.type === 'run.started' || event.type === 'run.resumed' || event.type === 'run.stopping') schedule.now()
      else if (event.type === 'server.finished' || event.type === 'run.finished') schedule.soon()
    },
    async flush() {
      await schedule.flush()
      await writeFinal(state, pieces, place, problem, { write, makeFolder, past, whoseHtml })
    },
    close: schedule.close,
  }
}

/** Writes all reports of a run once: the very bytes that were written while it ran. Never rejects. */
export async function writeReports(run: RunState, { onProblem, write = writeWhole, makeFolder = makeWhole, past = noPast, whoseHtml = htmlOwnership, clearHtml, ...place }: Options & ClearHtml): Promise<void> {
  const problem = once(onProblem)
  const pieces = openPieces(place)
  await writeAll(run, pieces, place, problem, write, true)
  await writeFinal(run, pieces, place, problem, { write, makeFolder, past, whoseHtml, ...(clearHtml && { clearHtml }) })
}

async function writeAll(run: RunState | undefined, pieces: Pieces, { directory }: Place, problem: OnReportProblem, write: WriteFile, durable: boolean): Promise<void> {
  if (!run) return
  try {
    await pieces.prepare(run)
    const reports = renderReports(run, pieces)
    for (const name of reportNames) {
      await write(path.join(directory, name), reports[name], { durable }).catch((error: unknown) => problem(name, error))
    }
  } catch (error) {
    for (const name of reportNames) problem(name, error)
  }
}

/** So many files are written at once: there may be one for each server. */
const lanes = 8

const htmlFolder = 'html'

/**
 * Writes what is made once, when a run has ended: it can be made again, and need not survive a power failure. Where somebody else's files are in the
 * place of the HTML report, they stay.
 */
async function writeFinal(run: RunState | undefined, pieces: Pieces, place: Place, problem: OnReportProblem, disk: Disk): Promise<void> {
  if (!run) return
  const folders = new Map([[place.directory, Promise.resolve<unknown>(undefined)]])
  const write = async (file: ReportFile): Promise<boolean> =>
    writeOne(file, place, folders, disk).then(() => true, (error: unknown) => {
      problem(firstPart(file), error)
      return false
    })
  try {
    // Made one by one as lanes are free, so that never more than a few are in memory.
    const files = finalReports(reportInput(run, pieces.collect(run), place, await disk.past(run)))[Symbol.iterator]()
    let isWritten = true
    let next = files.next()
    for (; !next.done && firstPart(next.value) !== htmlFolder; next = files.next()) isWritten = (await write(next.value)) && isWritten
    const html = await disk.whoseHtml(place.directory)
    if (html.is === 'not ours') return problem(htmlFolder, new Error(html.because))
    // Where nothing can be written, the earlier report is better than none.
    if (isWritten) await disk.clearHtml?.().catch((error: unknown) => problem(htmlFolder, error))
    // Before the others, for by it the folder is known as ours, also if this process is killed.
    if (!next.done) await write(next.value)
    const writeRest = async (): Promise<void> => {
      for (let more = files.next(); !more.done; more = files.next()) await write(more.value)
    }
    await Promise.all(Array.from({ length: lanes }, writeRest))
  } catch (error) {
    problem('the reports for people', error)
  }
}

async function writeOne({ path: below, chunks }: ReportFile, { directory }: Place, folders: Map<string, Promise<unknown>>, { write, makeFolder }: Disk): Promise<void> {
  const file = path.join(directory, below)
  const folder = path.dirname(file)
  const made = folders.get(folder) ?? makeFolder(folder)
  folders.set(folder, made)
  await made
  await write(file, chunks, { durable: false })
}

function firstPart({ path: below }: ReportFile): string {
  return below.split('/')[0]!
}

function once(onProblem: OnReportProblem): OnReportProblem {
  const told = new Set<string>()
  return (file, error) => {
    if (told.has(file)) return
    told.add(file)
    onProblem(file, error)
  }
}
