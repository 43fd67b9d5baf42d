import type { ServerState } from '../model/server-state.ts'
import type { Step, StepRecord } from '../model/step.ts'

/** How each step ended last: of several rounds, the last one's. */
export function lastRecords({ install, rounds, destroy, mark }: ServerState): Readonly<Partial<Record<Step, StepRecord | undefined>>> {
  const round = rounds.at(-1)
  return { install, benchmark: round?.benchmark, check: round?.check, destroy, mark }
}
