import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/model/clock.ts'
import { ProvisionerUnavailableError } from '../../src/model/fault.ts'
import type { StepContext } from '../../src/model/provisioner.ts'
import type { Server, ServerId } from '../../src/model/server.ts'
import { simulated, simulatedOn } from '../../src/provisioners/simulated.ts'
import type { Call } from '../../src/simulator/rack.ts'
import { rackOf } from '../../src/simulator/rack.ts'
import { readSimulation } from '../../src/simulator/simulation.ts'
import { provisionerContract } from '../contracts/provisioner.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

const serverOf = (id: string, labels: Server['labels'] = {}): Server => ({ id: id as ServerId, labels })

provisionerContract('simulated', async () => {
  const soon = { takes: '5ms' }
  const calls: Call[] = []
  const simulation = readSimulation({
    strict: true,
    defaults: { install: soon, benchmark: soon, destroy: soon, markAsBroken: soon },
    servers: { '101': {}, '102': { install: { takes: '1h' } }, '103': { install: { fails: 'PXE boot timed out' } }, '104': {} },
  })
  const rack = rackOf(simulation, systemClock, (call) => calls.push(call))
  return {
    server: serverOf('101', { password: 'hunter2-hunter2' }),
    slow: serverOf('102'),
    lasting: serverOf('104'),
    failing: { server: serverOf('103', { password: 'hunter2-hunter2' }), message: 'PXE boot timed out' },
    stranger: serverOf('999', { password: 'hunter2-hunter2' }),
    adapter: async () => simulatedOn(rack),
    async cutOff(server, context) {
      const isLost = { first: true }
      // What lies between the adapter and its rack is a call: the order arrives, and what it answers does not come back.
      const provisioner = simulatedOn({
        ...rack,
        order(order) {
          const operation = rack.order(order)
          if (!isLost.first) return operation
          isLost.first = false
          throw new ProvisionerUnavailableError('the answer was lost')
        },
      })
      await expect(provisioner.install(server, 'debian-12', context)).rejects.toThrow('the answer was lost')
      return provisioner
    },
    async stateOf({ id }) {
      const { state } = rack.look(id)
      return state === 'clean' || state === 'installed' ? state : 'in between'
    },
    isMarked: async ({ id }) => rack.look(id).mark !== undefined,
    installsOf: async ({ id }) => calls.filter((call) => call.id === id && call.step === 'install' && call.begun).length,
    secrets: ['hunter2-hunter2'],
    cannot: { elsewhere: 'the rack lives in the process, and dies with it' },
    [Symbol.asyncDispose]: async () => {},
  }
})

function contextOf(idempotencyKey: string, said: string[] = []): StepContext {
  return { signal: new AbortController().signal, log: (message) => said.push(message), attempt: 1, idempotencyKey }
}

describe('simulated', () => {
  test('a server goes through its steps, saying what it does', async () => {
    const clock = virtualClock()
    const provisioner = simulated({ servers: { '114': { address: '10.0.0.14', labels: { model: 'R640' }, benchmark: { metrics: { cpu: 900 } } } } }, clock)
    const server = serverOf('114')
    const said: string[] = []
    const installed = await clock.run(provisioner.install(server, 'debian-12', contextOf('r/114/install/1', said)))
    const metrics = await clock.run(provisioner.benchmark!(server, contextOf('r/114/benchmark/1', said)))
    await clock.run(provisioner.destroy(server, contextOf('r/114/destroy/1', said)))
    await clock.run(provisioner.markAsBroken(server, 'cpu 900 is below 1000', contextOf('r/114/mark/1', said)))
    expect({ installed, metrics, elapsed: Math.round(clock.elapsed()) }).toEqual({
      installed: { address: '10.0.0.14', facts: { model: 'R640', os: 'debian-12' } },
      metrics: { cpu: 900 },
      elapsed: 3500,
    })
    expect(said).toEqual([
      'simulated: PXE boot', 'simulated: writing debian-12 to disk', 'simulated: first boot',
      'simulated: warming up', 'simulated: measuring',
      'simulated: erasing disks', 'simulated: power off',
      'simulated: taking the server out of the pool',
    ])
  })

  test('list tells the servers of the file, and those alone', async () => {
    const listed = async (simulation: unknown): Promise<unknown[]> => {
      const servers: unknown[] = []
      for await (const server of simulated(simulation, virtualClock()).list!(contextOf('none'))) servers.push(server)
      return servers
    }
    expect(await listed(undefined)).toEqual([])
    expect(await listed({ servers: { a: null, b: { state: 'broken', labels: { model: 'r640' }, address: '10.0.0.2' }, c: { state: 'in-use' } } })).toEqual([
      { id: 'a', labels: {}, state: 'clean' },
      { id: 'b', labels: { model: 'r640' }, address: '10.0.0.2', state: 'broken' },
      { id: 'c', labels: {}, state: 'installed' },
    ])
  })

  test('list says that others exist too, unless the file is strict', async () => {
    const said = async (simulation: unknown): Promise<string[]> => {
      const lines: string[] = []
      for await (const _ of simulated(simulation, virtualClock()).list!({ signal: new AbortController().signal, log: (line) => lines.push(line) }));
      return lines
    }
    expect(await said(undefined)).toEqual(['every server exists in this rack: there is nothing to list'])
    expect(await said({ servers: { a: null } })).toEqual(['every other server exists in this rack, too'])
    expect(await said({ strict: true, servers: { a: null } })).toEqual([])
  })

  test('what is wrong in the simulation is told at once', () => {
    expect(() => simulated({ strict: 'yes' }, virtualClock())).toThrow('simulation: strict: expected a boolean, got "yes"')
  })
})
