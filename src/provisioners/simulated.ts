import type { Clock } from '../model/clock.ts'
import type { Provisioner, StepContext } from '../model/provisioner.ts'
import type { Installed, Server, ServerId } from '../model/server.ts'
import { fixedRule } from '../simulator/fixed-rule.ts'
import type { Order } from '../simulator/machine.ts'
import type { Rack } from '../simulator/rack.ts'
import { rackOf } from '../simulator/rack.ts'
import { readSimulation } from '../simulator/simulation.ts'

/**
 * A provisioner with a rack of its own, which lives as long as it does.
 *
 * @param simulation What a simulation file holds; without one, every server exists and behaves by a fixed rule of its ID.
 * @throws UsageError with a line for each thing that is wrong in it.
 */
export function simulated(simulation: unknown, clock: Clock): Provisioner {
  return simulatedOn(rackOf(simulation === undefined ? fixedRule : readSimulation(simulation), clock))
}

/** A provisioner of a rack that may have others, as a real one is used by many processes. */
export function simulatedOn(rack: Rack): Provisioner {
  async function obey(order: Order, { signal, log }: Pick<StepContext, 'signal' | 'log'>): Promise<unknown> {
    signal.throwIfAborted()
    return rack.order(order).wait({ signal, log })
  }
  return {
    name: 'simulated',
    async install(server, os, context) {
      return (await obey({ step: 'install', server, os, key: context.idempotencyKey }, context)) as Installed
    },
    async benchmark(server, context) {
      return (await obey({ step: 'benchmark', server, installed: context.installed, key: context.idempotencyKey }, context)) as number
    },
    async destroy(server, context) {
      await obey({ step: 'destroy', server, key: context.idempotencyKey }, context)
    },
    async markAsBroken(server, reason, context) {
      await obey({ step: 'markAsBroken', server, reason, key: context.idempotencyKey }, context)
    },
    async check({ log }) {
      log('simulated: every machine of this rack is made up', 'debug')
    },
    async *list({ signal, log }) {
      const { listed: named, isOpen } = rack.simulation
      if (isOpen) log(named.length === 0 ? 'every server exists in this rack: there is nothing to list' : 'every other server exists in this rack, too')
      for (const id of named) {
        signal.throwIfAborted()
        yield listed(rack, id)
      }
    },
    async clearMark({ id }) {
      rack.clearMark(id)
    },
  }
}

function listed(rack: Rack, id: ServerId): Server & { readonly state: 'clean' | 'installed' | 'broken' } {
  const { address, labels = {} } = rack.simulation.scriptOf(id) ?? {}
  const { state, mark } = rack.look(id)
  return { id, labels, ...(address !== undefined && { address }), state: mark ? 'broken' : state === 'clean' ? 'clean' : 'installed' }
}
