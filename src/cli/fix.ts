import { formatDuration } from '../model/duration.ts'
import type { Failure, FaultType } from '../model/fault.ts'
import { blames } from '../model/fault.ts'
import { operationKey } from '../model/operation.ts'
import type { Plan } from '../model/plan.ts'
import type { LogLevel, Provisioner, StepContext } from '../model/provisioner.ts'
import type { Server, ServerId } from '../model/server.ts'
import type { Outage } from '../run/outage.ts'
import type { Limits } from '../run/time-limit.ts'
import type { Ended } from '../run/tries.ts'
import { carryOutTries } from '../run/tries.ts'

/** What is done besides clearing the mark: wiping first, clearing though the server is not clean, or neither. */
export type Way = 'wipe' | 'as-is' | 'only if clean'

export interface FixOptions extends Pick<Limits, 'clock' | 'stop'> {
  readonly provisioner: Provisioner
  readonly way: Way
  readonly plan: Pick<Plan, 'limitsMs' | 'graceMs' | 'retries' | 'maxOutageMs'>
  /** Names what is asked for: the provisioner is told of it in each key. */
  readonly run: string
  readonly outage: Outage
  /** What the provisioner says of a server, and what is tried again. */
  readonly say: (server: ServerId, message: string, level: LogLevel) => void
}

/** Takes a server's mark from it. @returns What is wrong, and what to do about it; nothing if the mark is cleared. */
export async function fix(server: Server, options: FixOptions): Promise<string | undefined> {
  const { provisioner, way } = options
  if (way === 'wipe') {
    const problem = problemOf(await carryOut('destroy', server, options, async (context) => provisioner.destroy(server, context)), 'wiped', way)
    if (problem !== undefined) return problem
  }
  return problemOf(await carryOut('mark', server, options, async (context) => provisioner.clearMark!(server, { ...context, asIs: way === 'as-is' })), 'cleared', way)
}

async function carryOut(step: 'destroy' | 'mark', { id }: Server, { plan, clock, stop, run, outage, say }: FixOptions, work: (context: StepContext) => Promise<void>): Promise<Ended<void>> {
  let number = 1
  const { limitsMs, ...patience } = plan
  return carryOutTries<void>(
    {
      ...patience,
      limitMs: limitsMs[step],
      clock,
      stop,
      outage,
      random: Math.random,
      async onRetry({ failure, delayMs }) {
        if (blames[failure.type].outcomeKnown) number++
        say(id, `tried again in ${formatDuration(delayMs)}: ${failure.message}`, 'warn')
      },
    },
    async ({ signal, attempt, holdStarts }) =>
      work({ signal, attempt, holdStarts, graceMs: plan.graceMs, idempotencyKey: operationKey(run, id, step, number), log: (message, level = 'info') => say(id, message, level) }),
  )
}

function problemOf(ended: Ended<void>, what: 'wiped' | 'cleared', way: Way): string | undefined {
  if (ended.is === 'done') return undefined
  const not = what === 'wiped' ? 'not wiped, and its mark stays' : 'its mark stays'
  if (ended.is === 'stopped') return `${not}: stopped`
  const { failure } = ended.classified
  return `${not}: ${failure.message} (${failure.type}): ${todoOf(failure, what, way)}`
}

const todos: Readonly<Partial<Record<FaultType, string>>> = {
  ServerNotOursError: 'leave it to whoever has it; only marks that rackbench set are cleared',
  UnknownServerError: 'look at the ID; `rackbench servers` lists those that there are',
  ProvisionerUnavailableError: 'see that the provisioner runs, and that this machine reaches it; then call this again',
  RequestRefusedError: 'look at the credentials and the settings of the provisioner',
  DefectError: 'correct what is named here: the adapter or this machine is at fault',
}

function todoOf({ type }: Failure, what: 'wiped' | 'cleared', way: Way): string {
  if (type === 'RequestRefusedError' && what === 'cleared' && way === 'only if clean') return 'if it is not clean, --wipe wipes it first, and --as-is clears the mark all the same'
  return todos[type] ?? 'look at the server, then call this again'
}
