import { expect, test } from 'vitest'
import { checkInventory, inventoryNotOpened } from '../../../src/cli/doctor/inventory.ts'
import { startPatience } from '../../../src/cli/patience.ts'
import { ProvisionerUnavailableError, RequestRefusedError } from '../../../src/model/fault.ts'
import type { Inventory, Reading } from '../../../src/model/inventory.ts'
import type { ServerId } from '../../../src/model/server.ts'
import { virtualClock } from '../../fixtures/virtual-clock.ts'

const found = (ids: readonly string[], lost: readonly string[] = []): Reading => ({
  servers: ids.map((id) => ({ id: id as ServerId, labels: {} })),
  unreadable: lost.map((id) => ({ id, problem: '404' })),
  notes: [],
})

test.each<[string, Inventory['read'], string]>([
  ['with servers is told', async () => found(['a', 'b']), 'ok fleet has 2 servers'],
  ['without any is no inventory', async () => found([]), 'fail fleet has no servers'],
  ['some of which cannot be read is told with the first of those', async () => found(['a'], ['b', 'c', 'd', 'e', 'f']), 'warn fleet has 1 server, and 5 more that could not be read: b: 404, c: 404, d: 404 and 2 more'],
  ['none of which can be read is told so', async () => found([], ['b']), 'warn fleet has 0 servers, and 1 more that could not be read: b: 404'],
  ['that is away is at fault itself', async () => { throw new ProvisionerUnavailableError('ECONNREFUSED') }, 'fail fleet could not be read: the inventory, or the network to it, is away: ECONNREFUSED (ProvisionerUnavailableError)'],
  ['that refuses is told so', async () => { throw new RequestRefusedError('401') }, 'fail fleet could not be read: the inventory refuses the request: 401 (RequestRefusedError)'],
  ['that hangs has not answered', () => new Promise(() => {}), 'fail fleet could not be read: the adapter or this machine is at fault, not the inventory: it has not answered within 5m, and did not heed its signal (DefectError)'],
])('an inventory %s', async (_, read, expected) => {
  const clock = virtualClock()
  const { status, finding } = await clock.run(checkInventory({ name: 'fleet', read }, startPatience({ limitMs: 300_000, clock })))
  expect(`${status} ${finding}`).toBe(expected)
})

test('one that cannot be opened has a finding for each problem', () => {
  expect(inventoryNotOpened(['a', 'b']).map(({ status, what, finding }) => `${status} ${what}: ${finding}`)).toEqual(['fail inventory: a', 'fail inventory: b'])
})
