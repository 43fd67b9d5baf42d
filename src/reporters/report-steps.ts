import type { ServerState } from '../model/server-state.ts'
import type { Step, StepRecord } from '../model/step.ts'
import type { Warning } from '../model/violation.ts'

/** How each step ended last: of several rounds, the last one's. */
export function lastRecords({ install, rounds, destroy, mark }: ServerState): Readonly<Partial<Record<Step, StepRecord | undefined>>> {
  const round = rounds.at(-1)
  return { install, benchmark: round?.benchmark, check: round?.check, destroy, mark }
}

/** What rules found that only warn; of several rounds, in the last one. */
export function lastWarnings({ rounds }: ServerState): readonly Warning[] {
  const check = rounds.at(-1)?.check
  return check && check.status !== 'skipped' ? (check.warnings ?? []) : []
}
