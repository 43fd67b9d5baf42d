import { ProvisionerUnavailableError, ServerNotOursError, ServerOperationError } from '../model/fault.ts'
import { numberOf } from '../model/operation.ts'
import type { Installed, Server } from '../model/server.ts'
import type { Behaviour, RackStep, Script } from './simulation.ts'

/** What a simulated machine really is, whatever anybody believes. */
export const machineStates = ['clean', 'half-installed', 'installed', 'half-wiped', 'in-use'] as const
export type MachineState = (typeof machineStates)[number]

/** A mark that a machine bears. `run` is the run that made it, if a run did. */
export interface Mark {
  readonly run?: string
  readonly reason: string
}

/** What is asked of a machine, under an idempotency key. */
export type Order = { readonly server: Server; readonly key: string } & (
  | { readonly step: 'install'; readonly os: string }
  // What `install` answered, to whomever. A rack that has not touched the machine itself believes it.
  | { readonly step: 'benchmark'; readonly installed?: Installed | undefined }
  | { readonly step: 'destroy' }
  | { readonly step: 'markAsBroken'; readonly reason: string }
)

/** A machine that was touched. */
export interface Machine {
  /** What it was before anybody touched it. */
  readonly atFirst: Script['state']
  /** Nothing until an operation has begun to change it. */
  state?: MachineState
  mark?: Mark | undefined
  /** How often a step was tried that is unavailable or busy at first. */
  tries?: Partial<Record<RackStep, number>>
  /** Whether it was measured since it was installed. */
  isMeasured?: boolean
}

export function machineOf({ state }: Script): Machine {
  return { atFirst: state, ...(state === 'broken' && { mark: { reason: 'broken from the start' } }) }
}

export function stateOf({ state, atFirst }: Machine): MachineState {
  return state ?? (atFirst === 'broken' ? 'clean' : atFirst)
}

/** The operation that a machine carries out. */
export interface Going {
  readonly step: RackStep
  /** Whether nobody waits for it. */
  readonly isOrphan: boolean
}

/**
 * Lets an order begin, or says why it may not. What refuses is not remembered under the order's key.
 *
 * @throws ProvisionerUnavailableError, ServerNotOursError; ServerOperationError for a benchmark of what is not installed.
 */
export function admit(machine: Machine, order: Order, behaviour: Behaviour, going: Going | undefined): void {
  const { server: { id }, step } = order
  keepWaiting(machine, step, behaviour)
  refuseOthers(machine, order)
  if (going && !mayCancel(going)) throw new ProvisionerUnavailableError(`server ${id} is busy: ${going.step} goes on`, { busy: true })
  if (step !== 'benchmark') return
  if (machine.state === undefined && order.installed) Object.assign(machine, { state: 'installed', ...(numberOf(order.key) > 1 && { isMeasured: true }) })
  if (stateOf(machine) !== 'installed') throw new ServerOperationError(`server ${id} is not installed`)
}

function keepWaiting(machine: Machine, step: RackStep, { unavailable = 0, busy = 0 }: Behaviour): void {
  const tries = machine.tries?.[step] ?? 0
  if (tries >= unavailable + busy) return
  machine.tries = { ...machine.tries, [step]: tries + 1 }
  if (tries < unavailable) throw new ProvisionerUnavailableError('the simulated provisioner does not answer')
  throw new ProvisionerUnavailableError('the simulated provisioner is busy', { busy: true })
}

function refuseOthers(machine: Machine, { server: { id }, step, key }: Order): void {
  if (stateOf(machine) === 'in-use') throw new ServerNotOursError(`server ${id} is in use by somebody else`)
  const { mark } = machine
  if (mark && (step === 'install' || (step === 'markAsBroken' && mark.run !== runOf(key)))) {
    throw new ServerNotOursError(`server ${id} is already marked as broken: ${mark.reason}`)
  }
}

/** An install or benchmark that nobody waits for gives way to whatever is asked for next. */
function mayCancel({ step, isOrphan }: Going): boolean {
  return isOrphan && (step === 'install' || step === 'benchmark')
}

/** What an operation that has begun makes of the machine as long as it has not succeeded. */
export function disturb(machine: Machine, { step }: Order): void {
  if (step === 'install') machine.state = 'half-installed'
  if (step === 'destroy') machine.state = 'half-wiped'
}

/** What an operation that succeeds makes of the machine, and answers. */
export function succeed(machine: Machine, order: Order, script: Script): unknown {
  if (order.step === 'benchmark') return measure(machine, script.benchmark)
  if (order.step === 'markAsBroken') machine.mark ??= { run: runOf(order.key), reason: order.reason }
  if (order.step === 'destroy') machine.state = 'clean'
  if (order.step !== 'install') return undefined
  machine.state = 'installed'
  delete machine.isMeasured
  const address = script.address ?? order.server.address
  return { ...(address !== undefined && { address }), facts: { ...script.labels, os: order.os } } satisfies Installed
}

function measure(machine: Machine, behaviour: Behaviour): unknown {
  const isAgain = machine.isMeasured === true && 'answerAgain' in behaviour
  machine.isMeasured = true
  return isAgain ? behaviour.answerAgain : behaviour.answer
}

/** What a machine says while an operation goes on. */
export function linesOf(order: Order): readonly string[] {
  if (order.step === 'install') return ['PXE boot', `writing ${order.os} to disk`, 'first boot']
  if (order.step === 'benchmark') return ['warming up', 'measuring']
  return order.step === 'destroy' ? ['erasing disks', 'power off'] : ['taking the server out of the pool']
}

/** The run that a key belongs to. */
function runOf(key: string): string {
  return key.split('/', 1)[0] ?? key
}
