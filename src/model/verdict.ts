import type { Failure } from './fault.ts'
import { blames } from './fault.ts'
import type { Plan } from './plan.ts'
import type { ServerState } from './server-state.ts'
import type { Step, StepRecord } from './step.ts'

/** Why a server did not pass: the step, and what happened in it. */
export interface Fall {
  readonly step: Step
  readonly failure: Failure
}

/** What install, benchmark and check say of a server; the last round's benchmark and check count. */
export type Verdict = { readonly status: 'passed' } | ({ readonly status: 'failed' | 'skipped' } & Fall)

const judging = ['install', 'benchmark', 'check'] as const

/** Whether the last round missed a threshold, and the same install is to be measured once more. */
export function isRetestDue({ rounds }: Pick<ServerState, 'rounds'>): boolean {
  const check = rounds.at(-1)?.check
  return check?.status === 'failed' && check.retest === true
}

/** Whether the same install was measured more than once: a run that was stopped before the second measurement had ended has none. */
export function isRetested({ rounds }: Pick<ServerState, 'rounds'>): boolean {
  return rounds.slice(1).some(({ benchmark }) => benchmark !== undefined && benchmark.status !== 'skipped')
}

/** The verdict, or nothing as long as it is not known. */
export function verdictOf({ install, rounds }: ServerState): Verdict | undefined {
  if (isRetestDue({ rounds })) return undefined
  const round = rounds.at(-1)
  for (const step of judging) {
    const record: StepRecord | undefined = step === 'install' ? install : round?.[step]
    if (!record) return undefined
    if (record.status !== 'passed') return record.failure && { status: blames[record.failure.type].server, step, failure: record.failure }
  }
  return passed
}

const passed: Verdict = { status: 'passed' }

/** Whether the verdict is one about the server, which stands, and not about the provisioner, the run or us. */
export function isJudged(verdict: Verdict | undefined): boolean {
  return verdict !== undefined && (verdict.status === 'passed' || blames[verdict.failure.type].judged)
}

/** What stands against a server that has not passed, once it is known: the verdict's failure, or that it could not be wiped. */
export function fallOf(server: ServerState): Fall | undefined {
  const verdict = verdictOf(server)
  if (verdict?.status !== 'passed') return verdict
  return fallOfDestroy(server)
}

function fallOfDestroy({ destroy }: ServerState): Fall | undefined {
  return destroy?.status === 'failed' || destroy?.status === 'skipped' ? destroy.failure && { step: 'destroy', failure: destroy.failure } : undefined
}

/** The fault of its own that a server is to be marked as broken for. A server whose run was stopped, or that is not ours, has none. */
export function ownFaultOf(server: ServerState): Fall | undefined {
  const verdict = verdictOf(server)
  if (!verdict || verdict.status === 'skipped') return undefined
  const falls = verdict.status === 'failed' ? [verdict, fallOfDestroy(server)] : [fallOfDestroy(server)]
  return falls.find((fall) => fall && blames[fall.failure.type].marked)
}

/** What has become of a server. `unfinished` is reported as skipped. */
export type Status = 'passed' | 'failed' | 'skipped' | 'unfinished'

export function statusOf(server: ServerState): Status {
  const verdict = verdictOf(server)
  if (server.phase !== 'finished' || !verdict) return 'unfinished'
  const fall = fallOf(server)
  return fall ? blames[fall.failure.type].server : 'passed'
}

/** Whether, and why, a server was or should have been marked as broken. */
export interface Broken {
  readonly due: boolean
  readonly marked: boolean
  /** Why the mark was not made though it was due. */
  readonly withheld?: string
  readonly reason: string | null
  readonly error?: string
}

export function brokenOf(server: ServerState, { markBroken }: Pick<Plan, 'markBroken'>): Broken {
  const fault = markBroken ? ownFaultOf(server) : undefined
  const { mark } = server
  return {
    due: fault !== undefined,
    marked: mark?.status === 'passed',
    ...(fault && mark?.status === 'skipped' && { withheld: mark.because }),
    reason: fault ? `${fault.step}: ${fault.failure.message}` : null,
    ...(mark?.status === 'failed' && { error: mark.failure.message }),
  }
}

/** Whether the provisioner was away when the server should have been wiped: the wipe is still missing. */
export function isWipeMissing({ destroy }: ServerState): boolean {
  return destroy?.status === 'failed' && destroy.failure.type === 'ProvisionerUnavailableError'
}
