import { expect, test } from 'vitest'
import { systemClock } from '../../src/model/clock.ts'
import type { StepContext } from '../../src/model/provisioner.ts'
import type { Server, ServerId } from '../../src/model/server.ts'
import { ironicOn } from '../../src/provisioners/ironic.ts'
import { ProvisionerUnavailableError } from '../../src/model/fault.ts'
import { provisionerContract } from '../contracts/provisioner.ts'
import { fakeIronic } from '../fixtures/fake-ironic.ts'
import { ironicPolicy } from '../fixtures/ironic-policy.ts'

const serverOf = (id: string): Server => ({ id: id as ServerId, labels: {} })

provisionerContract('ironic', async () => {
  const ironic = fakeIronic(systemClock)
  ironic.add('n1', { extra: { address: '10.0.0.1' } })
  ironic.add('slow', {}, { deploy: { takes: 5, waits: 3_600_000 } })
  ironic.add('lasting', {}, { deploy: { takes: 1000 } })
  ironic.add('failing', {}, { deploy: { fails: 'No deploy steps returned by the driver' } })
  const adapter = async () => ironicOn(ironic.client(), ironicPolicy(), { clock: systemClock, doubtMs: 50 })
  return {
    server: serverOf('n1'),
    slow: serverOf('slow'),
    lasting: serverOf('lasting'),
    failing: { server: serverOf('failing'), message: 'No deploy steps returned by the driver' },
    stranger: serverOf('nobody'),
    adapter,
    async cutOff(server: Server, context: StepContext) {
      const provisioner = ironicOn(ironic.client((call) => (call === 'order' ? 'answer lost' : 'arrives')), ironicPolicy(), { clock: systemClock, doubtMs: 50 })
      await expect(provisioner.install(server, 'debian-12', context)).rejects.toBeInstanceOf(ProvisionerUnavailableError)
      return adapter()
    },
    async stateOf({ id }) {
      const node = ironic.nodes.get(id)
      if (node?.provision_state === 'available' || node?.provision_state === 'manageable') return 'clean'
      return node?.provision_state === 'active' && node.reservation === null ? 'installed' : 'in between'
    },
    isMarked: async ({ id }) => ironic.nodes.get(id)?.maintenance === true,
    installsOf: async ({ id }) => ironic.installsOf(id),
    secrets: [],
    cannot: { benchmark: 'Ironic measures nothing', elsewhere: 'this Ironic lives in one process; test/system/ironic-contract.test.ts has one of its own' },
    async [Symbol.asyncDispose]() {},
  }
})

test('the nodes of Ironic are listed by name or UUID, with what they say of themselves', async () => {
  const ironic = fakeIronic(systemClock)
  const said: string[] = []
  ironic.add('n1', { properties: { model: 'R640', memory_mb: 1024, cpu_arch: 'x86_64', capabilities: { a: 1 } }, extra: { rack: 'r1', address: '10.0.0.1' } })
  ironic.add('n2', { name: null, provision_state: 'active', resource_class: null })
  ironic.add('n3', { name: 'two words' })
  ironic.add('n4', { maintenance: true, maintenance_reason: 'ticket 42', resource_class: null })
  ironic.add('n5', { provision_state: 'manageable', retired: true, resource_class: null })
  const listed: unknown[] = []
  for await (const server of ironicOn(ironic.client(), ironicPolicy({ facts: { memory: '/properties/memory_mb' } }), { clock: systemClock }).list!({ signal: new AbortController().signal, log: (message) => said.push(message) })) listed.push(server)
  expect(listed).toEqual([
    { id: 'n1', address: '10.0.0.1', labels: { model: 'R640', rack: 'r1', resource_class: 'gpu', cpu_arch: 'x86_64', memory_mb: '1024', memory: '1024' }, state: 'clean' },
    { id: '00000000-0000-4000-8000-000000000001', labels: {}, state: 'installed' },
    { id: 'n4', labels: {}, state: 'broken' },
    { id: 'n5', labels: {}, state: 'broken' },
  ])
  expect(said).toEqual(['Ironic has a node whose name is no server ID, and it is left out: "two words"'])
})
