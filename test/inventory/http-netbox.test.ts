import { expect, test } from 'vitest'
import { openHttpInventory } from '../../src/inventory/http.ts'
import { systemClock } from '../../src/model/clock.ts'
import type { Reading } from '../../src/model/inventory.ts'
import type { FleetService } from '../fixtures/fleet-service.ts'
import { fleetService, json } from '../fixtures/fleet-service.ts'

/** A device as NetBox 4 lists it. */
const device = {
  id: 1,
  url: 'http://netbox/api/dcim/devices/1/',
  display: 'fra1-a01-17 (7CXR2)',
  name: 'fra1-a01-17',
  device_type: { id: 6, url: 'http://netbox/api/dcim/device-types/6/', display: 'PowerEdge R640', manufacturer: { id: 3, display: 'Dell', name: 'Dell', slug: 'dell', description: '' }, model: 'PowerEdge R640', slug: 'r640' },
  role: { id: 1, display: 'Compute', name: 'Compute', slug: 'compute', description: '' },
  tenant: { id: 5, display: 'Dunder', name: 'Dunder', slug: 'dunder' },
  platform: null,
  serial: '7CXR2',
  asset_tag: null,
  site: { id: 2, display: 'Frankfurt 1', name: 'Frankfurt 1', slug: 'fra1' },
  location: null,
  rack: { id: 9, display: 'A01', name: 'A01', description: '' },
  position: 17,
  face: { value: 'front', label: 'Front' },
  status: { value: 'active', label: 'Active' },
  primary_ip: { id: 1, display: '172.16.0.1/24', family: { value: 4, label: 'IPv4' }, address: '172.16.0.1/24', description: '' },
  primary_ip4: { id: 1, display: '172.16.0.1/24', family: { value: 4, label: 'IPv4' }, address: '172.16.0.1/24', description: '' },
  primary_ip6: null,
  oob_ip: null,
  cluster: null,
  tags: [{ id: 4, display: 'nvme', name: 'nvme', slug: 'nvme', color: '9e9e9e' }, { id: 5, display: 'burn-in', name: 'burn-in', slug: 'burn-in', color: '9e9e9e' }],
  custom_fields: { contract: 'C-1' },
}
const fra = { id: 'fra1-a01-17', address: '172.16.0.1', labels: { model: 'PowerEdge R640', manufacturer: 'Dell', role: 'Compute', tenant: 'Dunder', serial: '7CXR2', site: 'Frankfurt 1', rack: 'A01', position: '17', status: 'active', tags: 'nvme,burn-in' } }

async function netbox(...pages: readonly (readonly unknown[])[]): Promise<FleetService> {
  const service = await fleetService()
  pages.forEach((results, index) => {
    const next = index + 1 < pages.length ? `${service.url}/api/dcim/devices/?limit=1000&offset=${index + 1}000` : null
    service.routes[index === 0 ? '/api/dcim/devices/?limit=1000&exclude=config_context' : `/api/dcim/devices/?limit=1000&offset=${index}000`] = json({ count: 2, next, previous: null, results })
  })
  return service
}

async function read(settings: Readonly<Record<string, unknown>>): Promise<Reading> {
  const inventory = await openHttpInventory({ preset: 'netbox', ...settings }, { clock: systemClock })
  return inventory.read({ signal: new AbortController().signal, log: () => {} })
}

test('NetBox lists its devices in pages, with all that is needed: there is no second call', async () => {
  const older = { ...device, id: 2, name: 'fra1-a01-18', role: undefined, device_role: { name: 'Storage' }, primary_ip: { id: 2, family: 6, address: '2001:db8::12/64' }, tags: [] }
  await using service = await netbox([device, older], [{ ...device, id: 3, name: null, asset_tag: 'x' }, { ...device, id: 4, name: 'fra1-a01-19', primary_ip: null, primary_ip4: null }])
  const { tags: _, ...labels } = fra.labels
  const { address: __, ...withoutAddress } = fra
  expect(await read({ url: service.url, token: 'hunter2-hunter2' })).toEqual({
    servers: [fra, { id: 'fra1-a01-18', address: '2001:db8::12', labels: { ...labels, role: 'Storage' } }, { ...withoutAddress, id: 'fra1-a01-19' }],
    unreadable: [{ id: 'entry 3', problem: 'has no ID at /name' }],
    notes: ['1 server has no address at /primary_ip/address, /primary_ip4/address, /primary_ip6/address: fra1-a01-19'],
  })
  expect(service.asked.map(({ headers }) => headers.authorization)).toEqual(['Token hunter2-hunter2', 'Token hunter2-hunter2'])
})

test('a token of version 2 is a bearer token', async () => {
  await using service = await netbox([])
  await read({ url: service.url, token: 'nbt_abcdefgh.0123456789' })
  expect(service.asked[0]?.headers.authorization).toBe('Bearer nbt_abcdefgh.0123456789')
})

test('what the preset says, each setting may say otherwise', async () => {
  await using service = await netbox([device])
  service.routes['/api/dcim/devices/?site=fra1'] = json({ results: [device] })
  const settings = { list: `${service.url}/api/dcim/devices/?site=fra1`, id: '/serial', labels: { contract: '/custom_fields/contract' }, address: '/primary_ip4/address' }
  expect((await read(settings)).servers).toEqual([{ id: '7CXR2', address: '172.16.0.1', labels: { contract: 'C-1' } }])
})

test('the address of the list may be that of NetBox itself', async () => {
  await using service = await netbox([device])
  expect((await read({ list: `${service.url}/` })).servers).toEqual([fra])
})
