import type { RunState } from '../model/run-state.ts'
import type { RunLogs } from '../reporters/logs.ts'
import type { ReportFiles } from '../reporters/report-files.ts'
import type { CarriedOut, Equipment } from '../run/carry-out.ts'

/** What a process works on a run with, and writes down of it. */
export interface Session {
  readonly equipment: Pick<Equipment, 'sink'>
  readonly logs: Pick<RunLogs, 'close'>
  readonly reports: Pick<ReportFiles, 'flush' | 'close'>
  /** What went wrong besides the servers; logs and reports add to it until they are closed. */
  readonly problems: readonly string[]
}

/** How a session ended. */
export interface SessionEnd {
  readonly exitCode: number
  readonly state: RunState
  readonly problems: readonly string[]
}

/** Carries `work` out and ends the run; then logs, reports and journal are written to their end and closed, whatever happened. */
export async function carryOutAndClose({ equipment, logs, reports, problems }: Session, work: () => Promise<CarriedOut>): Promise<SessionEnd> {
  try {
    const carried = await work()
    const told = problems.length
    let end = await carried.close(problems)
    await reports.flush()
    await logs.close()
    if (problems.length > told) {
      end = await carried.close(problems)
      await reports.flush()
    }
    return { ...end, state: carried.state }
  } finally {
    await logs.close()
    await reports.close()
    await equipment.sink.close().catch(() => {})
  }
}
