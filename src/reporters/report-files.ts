import path from 'node:path'
import type { WriteFile } from '../clients/atomic-file.ts'
import { writeWhole } from '../clients/atomic-file.ts'
import type { Clock } from '../model/clock.ts'
import type { Subscriber } from '../model/event.ts'
import type { RunState } from '../model/run-state.ts'
import type { Place } from './junit-case.ts'
import type { Pieces } from './report-pieces.ts'
import { openPieces } from './report-pieces.ts'
import type { ReportName } from './report-render.ts'
import { renderReports, reportNames } from './report-render.ts'
import { openSchedule } from './report-schedule.ts'

/** Hears once of each file that cannot be written. */
export type OnReportProblem = (file: ReportName, error: unknown) => void

interface Options extends Place {
  readonly onProblem: OnReportProblem
  readonly write?: WriteFile
}

/** The reports in the run directory, kept up to date while the run goes on. */
export interface ReportFiles {
  readonly listen: Subscriber<RunState>
  /** Writes everything now, and onto the disk. Never rejects. */
  readonly flush: () => Promise<void>
  /** Writes nothing any more, and holds no timer. Never rejects. */
  readonly close: () => Promise<void>
}

/** Keeps junit.xml, results.json and failed-servers.txt valid and whole at every moment of a run. */
export function reportFiles({ clock, onProblem, write = writeWhole, ...place }: Options & { readonly clock: Pick<Clock, 'elapsed' | 'after'> }): ReportFiles {
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
    flush: schedule.flush,
    close: schedule.close,
  }
}

/** Writes all reports of a run once: the very bytes that were written while it ran. Never rejects. */
export async function writeReports(run: RunState, { onProblem, write = writeWhole, ...place }: Options): Promise<void> {
  await writeAll(run, openPieces(place), place, onProblem, write, true)
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

function once(onProblem: OnReportProblem): OnReportProblem {
  const told = new Set<ReportName>()
  return (file, error) => {
    if (told.has(file)) return
    told.add(file)
    onProblem(file, error)
  }
}
