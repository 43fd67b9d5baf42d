import { z } from 'zod'
import { ServerNotOursError, ServerOperationError, UnknownServerError } from '../model/fault.ts'
import type { ServerId } from '../model/server.ts'
import { serverIdSchema } from '../model/server.ts'
import type { End, LastingOperation } from './lasting-operation.ts'
import { lastingOperationSchema, orderOf } from './lasting-operation.ts'
import type { Machine, Order } from './machine.ts'
import { admit, disturb, machineOf, machineStates, stateOf, succeed } from './machine.ts'
import type { Script, Simulation } from './simulation.ts'
import { rackSteps, serverStates } from './simulation.ts'

const machineSchema = z.object({
  id: serverIdSchema,
  atFirst: z.enum(serverStates),
  state: z.enum(machineStates).exactOptional(),
  mark: z.object({ run: z.string().exactOptional(), reason: z.string() }).exactOptional(),
  isMeasured: z.boolean().exactOptional(),
  tries: z.partialRecord(z.enum(rackSteps), z.int().min(0)).exactOptional(),
  operations: z.array(lastingOperationSchema),
})

/** All that a rack remembers: its machines and every operation that was begun, with its key. */
export const rackRecordSchema = z.object({ version: z.literal(1), operations: z.int().min(0), machines: z.array(machineSchema) })
export type RackRecord = z.infer<typeof rackRecordSchema>

/** A machine as others see it. */
export interface Seen {
  readonly id: ServerId
  readonly address?: string
  readonly labels: Readonly<Record<string, string>>
  readonly state: 'clean' | 'installed' | 'broken'
}

/** Simulated machines whose operations go on by time, whether or not the process lives meanwhile. */
export interface LastingRack {
  /**
   * Begins what is ordered, or answers the operation that the same key began before; that is remembered for good, also if it was
   * cancelled. An install or benchmark gives way to whatever is ordered next.
   *
   * @throws UnknownServerError, ProvisionerUnavailableError, ServerNotOursError; nothing is remembered of an order that is refused.
   */
  readonly order: (order: Order) => LastingOperation
  readonly operation: (id: string) => LastingOperation | undefined
  /** @throws UnknownServerError */
  readonly look: (id: ServerId) => Seen
  /** Machines that are known by name or were touched, from one place on. */
  readonly list: (from: number, most: number) => { readonly seen: readonly Seen[]; readonly next: number | undefined }
  /** @throws UnknownServerError; ServerNotOursError if the machine is in use. */
  readonly clearMark: (id: ServerId) => void
  readonly record: () => RackRecord
}

export interface LastingRackOptions {
  readonly simulation: Simulation
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Makes the names of operations different from those of another process, which may have forgotten its own. */
  readonly mint: (number: number) => string
  readonly past?: RackRecord | undefined
  /** Hears that there is something new to be remembered. */
  readonly onChange: () => void
}

interface LastingMachine extends Machine {
  readonly operations: LastingOperation[]
}

export function lastingRackOf({ simulation, now, mint, past, onChange }: LastingRackOptions): LastingRack {
  const machines = new Map<ServerId, LastingMachine>((past?.machines ?? []).map(({ id, ...machine }) => [id, machine]))
  const operations = new Map<string, LastingOperation>([...machines.values()].flatMap((machine) => machine.operations.map((operation) => [operation.id, operation])))
  const known: ServerId[] = [...new Set([...simulation.listed, ...machines.keys()])]
  const listed = new Set(known)
  let begun = past?.operations ?? 0

  function find(id: ServerId): { machine: LastingMachine; script: Script } {
    const script = simulation.scriptOf(id)
    if (!script) throw new UnknownServerError(`there is no server ${id} in the simulated rack`)
    const machine = machines.get(id) ?? { ...machineOf(script), operations: [] }
    settle(machine, script, now())
    return { machine, script }
  }
  function touch(id: ServerId, machine: LastingMachine): void {
    machines.set(id, machine)
    if (!listed.has(id)) known.push(id)
    listed.add(id)
    onChange()
  }
  function add(machine: LastingMachine, { step, key, server, ...rest }: Order, parts: Pick<LastingOperation, 'dueAt' | 'fails' | 'retryable' | 'end'>): LastingOperation {
    const detail = 'os' in rest ? rest.os : 'reason' in rest ? rest.reason : ''
    const operation = { id: mint(++begun), server: server.id, step, key, detail, startedAt: now(), told: 0, ...parts }
    machine.operations.push(operation)
    operations.set(operation.id, operation)
    return operation
  }
  function start(machine: LastingMachine, script: Script, order: Order): LastingOperation {
    const running = runningOn(machine)
    if (running) running.end = { at: now(), is: 'cancelled', message: `${running.step} was cancelled by ${order.step}` }
    const { takesMs, hangs = false, fails, retryable } = script[order.step]
    disturb(machine, order)
    const operation = add(machine, order, { ...(!hangs && { dueAt: now() + takesMs }), ...(fails !== undefined && { fails }), ...(retryable !== undefined && { retryable }) })
    settle(machine, script, now())
    return operation
  }
  function see(id: ServerId): Seen {
    const { machine, script } = find(id)
    const state = stateOf(machine)
    return { id, ...(script.address !== undefined && { address: script.address }), labels: script.labels, state: machine.mark ? 'broken' : state === 'clean' ? 'clean' : 'installed' }
  }

  return {
    order(order) {
      const { server: { id }, step, key } = order
      const { machine, script } = find(id)
      const same = machine.operations.find((other) => other.step === step && other.key === key)
      if (same) return same
      const running = runningOn(machine)
      try {
        admit(machine, order, script[step], running && { step: running.step, isOrphan: true })
        return start(machine, script, order)
      } catch (error) {
        if (!(error instanceof ServerOperationError)) throw error
        // It could not even begin, which is the server's fault: an operation that has failed.
        return add(machine, order, { end: { at: now(), is: 'failed', message: error.message } })
      } finally {
        touch(id, machine)
      }
    },
    operation(id) {
      const operation = operations.get(id)
      if (operation) find(operation.server)
      return operation
    },
    look: see,
    list(from, most) {
      const seen = known.slice(from, from + most).map(see)
      return { seen, next: from + most < known.length ? from + most : undefined }
    },
    clearMark(id) {
      const { machine } = find(id)
      if (stateOf(machine) === 'in-use') throw new ServerNotOursError(`server ${id} is in use by somebody else`)
      delete machine.mark
      touch(id, machine)
    },
    record() {
      for (const id of machines.keys()) if (simulation.scriptOf(id)) find(id)
      return { version: 1, operations: begun, machines: [...machines].map(([id, { mark, ...machine }]) => ({ id, ...machine, ...(mark && { mark }) })) }
    },
  }
}

function runningOn({ operations }: LastingMachine): LastingOperation | undefined {
  return operations.findLast(({ end }) => end === undefined)
}

/** Ends what is due. */
function settle(machine: LastingMachine, script: Script, now: number): void {
  const running = runningOn(machine)
  if (running?.dueAt === undefined || now < running.dueAt) return
  const { dueAt: at, fails, retryable } = running
  if (fails !== undefined) running.end = { at, is: 'failed', message: fails, ...(retryable !== undefined && { retryable }) }
  else {
    const answer = succeed(machine, orderOf(running), script) as End['answer']
    running.end = { at, is: 'succeeded', ...(answer !== undefined && { answer }) }
  }
}
