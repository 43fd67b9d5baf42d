import type { Clock } from '../model/clock.ts'
import { ServerNotOursError, UnknownServerError } from '../model/fault.ts'
import type { ServerId } from '../model/server.ts'
import type { Machine, MachineState, Mark, Order } from './machine.ts'
import { admit, disturb, linesOf, machineOf, stateOf, succeed } from './machine.ts'
import type { Operation, Outcome } from './operation.ts'
import { begin, ended } from './operation.ts'
import type { RackStep, Script, Simulation } from './simulation.ts'

/** An order that has reached the rack. `begun` tells whether it began an operation; if not, it joined or repeated one, or was refused. */
export interface Call {
  readonly id: ServerId
  readonly step: RackStep
  readonly key: string
  readonly begun: boolean
}

/** Simulated machines. They outlive provisioners, as real machines outlive processes. */
export interface Rack {
  readonly simulation: Simulation
  /**
   * Begins what is ordered, or answers the operation that the same key began before.
   *
   * @param log Hears the operation's lines, besides those who wait for it.
   * @throws UnknownServerError, ProvisionerUnavailableError, ServerNotOursError; ServerOperationError for a benchmark of what is not installed.
   */
  readonly order: (order: Order, log?: (line: string) => void) => Operation
  /**
   * Undoes `markAsBroken`.
   *
   * @throws UnknownServerError; ServerNotOursError if the machine is in use.
   */
  readonly clearMark: (id: ServerId) => void
  /**
   * What a machine really is.
   *
   * @throws UnknownServerError
   */
  readonly look: (id: ServerId) => { readonly state: MachineState; readonly mark?: Mark }
  /** How many operations are going on. */
  readonly busy: () => number
  /** How many there were at once, at most. */
  readonly busiest: () => number
}

interface RackMachine extends Machine {
  running?: { readonly step: RackStep; readonly operation: Operation } | undefined
}

/** A rack whose machines behave as the simulation says. Those that nobody touches cost nothing. `heard` is told of each call. */
export function rackOf(simulation: Simulation, clock: Clock, heard: (call: Call) => void = () => {}): Rack {
  const touched = new Map<ServerId, RackMachine>()
  /** What was begun, so that the same key does not begin it again. Of an operation that is over only the outcome is kept. */
  const begun = new Map<string, Operation | Outcome>()
  let busy = 0
  let busiest = 0

  function find(id: ServerId): { machine: RackMachine; script: Script } {
    const script = simulation.scriptOf(id)
    if (!script) throw new UnknownServerError(`there is no server ${id} in the simulated rack`)
    return { machine: touched.get(id) ?? machineOf(script), script }
  }
  function start(machine: RackMachine, script: Script, order: Order, log: ((line: string) => void) | undefined): Operation {
    machine.running?.operation.cancel()
    const { step } = order
    const name = nameOf(order)
    const operation = begin({
      step,
      behaviour: script[step],
      lines: linesOf(order),
      succeed: () => succeed(machine, order, script),
      end(how) {
        busy--
        machine.running = undefined
        // A cancelled operation is forgotten: its key begins it anew.
        if (how === 'cancelled') begun.delete(name)
        else begun.set(name, how)
      },
      log,
    }, clock)
    begun.set(name, operation)
    machine.running = { step, operation }
    disturb(machine, order)
    busiest = Math.max(busiest, ++busy)
    return operation
  }
  return {
    simulation,
    order(order, log) {
      const { server: { id }, step, key } = order
      let isBegun = false
      try {
        const { machine, script } = find(id)
        touched.set(id, machine)
        const same = begun.get(nameOf(order))
        if (same) return 'is' in same ? ended(same) : same
        const { running } = machine
        admit(machine, order, script[step], running && { step: running.step, isOrphan: running.operation.isOrphan() })
        isBegun = true
        return start(machine, script, order, log)
      } finally {
        heard({ id, step, key, begun: isBegun })
      }
    },
    clearMark(id) {
      const { machine } = find(id)
      if (stateOf(machine) === 'in-use') throw new ServerNotOursError(`server ${id} is in use by somebody else`)
      machine.mark = undefined
      touched.set(id, machine)
    },
    look(id) {
      const { machine } = find(id)
      return { state: stateOf(machine), ...(machine.mark && { mark: machine.mark }) }
    },
    busy: () => busy,
    busiest: () => busiest,
  }
}

function nameOf({ server: { id }, step, key }: Order): string {
  return [id, step, key].join('/')
}
