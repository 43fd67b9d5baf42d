import { expect, test } from 'vitest'
import { ironicInventory, openIronicInventory } from '../../src/inventory/ironic.ts'
import { systemClock } from '../../src/model/clock.ts'
import { fakeIronic } from '../fixtures/fake-ironic.ts'
import { progress } from '../fixtures/ironic-answers.ts'
import { ironicServer } from '../fixtures/ironic-server.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

const context = { signal: new AbortController().signal, log: () => {} }
const places = { address: undefined, facts: {} }

test('each node is a server, with what it says of the machine as labels', async () => {
  const clock = virtualClock()
  const ironic = fakeIronic(clock)
  ironic.add('n1', { properties: { model: 'R640', cpus: 64 }, extra: { rack: 'A1', address: '10.0.0.1', bay: 7 }, provision_state: 'available' })
  ironic.add('n2', { provision_state: 'active', instance_uuid: '0f0f' })
  ironic.add('n3', { maintenance: true, maintenance_reason: 'disk' })
  ironic.add('n4', { retired: true })
  ironic.add('rack 1/node 5')
  const { servers, unreadable, notes } = await clock.run(ironicInventory(ironic.client(), { ...places, facts: { bay: '/extra/bay' } }).read(context))
  expect(servers.map(({ id, address, labels: { state, model, rack, cpus, bay } }) => ({ id, address, state, model, rack, cpus, bay }))).toEqual([
    { id: 'n1', address: '10.0.0.1', state: 'clean', model: 'R640', rack: 'A1', cpus: '64', bay: '7' },
    { id: 'n2', state: 'installed' },
    { id: 'n3', state: 'broken' },
    { id: 'n4', state: 'broken' },
  ])
  expect([unreadable.map(({ id }) => id), notes]).toEqual([['rack 1/node 5'], []])
})

test('over the wire it says who asks, and reads all pages', async () => {
  const more = { retired: false, protected: false, resource_class: 'baremetal', properties: {}, extra: {}, instance_info: {} }
  const nodes = Array.from({ length: 5 }, (_, index) => ({ ...progress(`n-${index}`), ...more }))
  await using server = await ironicServer(({ path }) => {
    const from = nodes.findIndex(({ uuid }) => uuid === new URL(path, 'http://ironic').searchParams.get('marker')) + 1
    return { status: 200, body: { nodes: nodes.slice(from, from + 2), ...(from + 2 < nodes.length && { next: 'http://elsewhere/' }) } }
  })
  const inventory = await openIronicInventory({ url: server.url.href, auth: { type: 'token', token: 'open-sesame' } }, { clock: systemClock })
  try {
    expect(await inventory.read(context)).toEqual({ servers: nodes.map(({ name }) => ({ id: name, labels: { state: 'clean', resource_class: 'baremetal' } })), unreadable: [], notes: [] })
    expect(server.heard.map(({ method, headers }) => `${method} ${String(headers['x-auth-token'])}`)).toEqual(Array(4).fill('GET open-sesame'))
  } finally {
    await inventory.close?.()
  }
})
