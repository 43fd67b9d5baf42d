import type { Clock } from '../model/clock.ts'
import type { Plan } from '../model/plan.ts'
import type { ServerId } from '../model/server.ts'
import { said } from '../model/said.ts'
import { openLineLogs } from '../reporters/line-logs.ts'
import type { ConsoleSink, RunLogs } from '../reporters/logs.ts'
import { openLogs } from '../reporters/logs.ts'
import type { ReportFiles } from '../reporters/report-files.ts'
import { reportFiles } from '../reporters/report-files.ts'
import { claimForNew } from '../run/directory.ts'
import { openJournal } from '../run/journal.ts'
import type { JournalSink } from '../run/recorder.ts'

/** What is kept of a run: its directory, or nothing. */
export interface Recording {
  readonly logs: RunLogs
  readonly reports: ReportFiles
  readonly sink: JournalSink
  /** Servers that a run which was given up may still hold. */
  readonly held: readonly ServerId[]
  /** Gives the directory back. */
  readonly release: () => Promise<void>
}

interface RecordingOptions {
  readonly plan: Pick<Plan, 'logLevel' | 'logFormat'>
  /** The folder that paths in reports start from. */
  readonly cwd: string
  readonly console: Pick<ConsoleSink, 'line'>
  readonly clock: Clock
  readonly onProblem: (problem: string) => void
}

interface Place {
  /** The run directory, absolute, if anything is to be written. */
  readonly out: string | undefined
  readonly replace: boolean
  readonly force: boolean
}

/** @throws UsageError if the directory cannot be had. */
export async function openRecording({ out, ...claiming }: Place, options: RecordingOptions): Promise<Recording> {
  const { plan, cwd, console, clock, onProblem } = options
  const log = { level: plan.logLevel, format: plan.logFormat, console, clock }
  if (out === undefined) return { ...nothing, logs: openLineLogs(log) }
  const { lock, journal, held } = await claimForNew(out, { ...claiming, now: clock.now() })
  try {
    const sink = await openJournal(journal, 0)
    const logs = openLogs({ ...log, directory: out, onProblem })
    const reports = reportFiles({ directory: out, cwd, clock, onProblem: (file, error) => onProblem(`${file} could not be written: ${said(error)}`) })
    return { logs, reports, sink, held, release: lock.release }
  } catch (error) {
    await lock.release()
    throw error
  }
}

const nothing: Omit<Recording, 'logs'> = {
  reports: { listen() {}, async flush() {}, async close() {} },
  sink: { write() {}, async sync() {}, async close() {} },
  held: [],
  async release() {},
}
