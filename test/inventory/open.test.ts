import { expect, test } from 'vitest'
import { suggestion } from '../../src/config/nearest.ts'
import type { InventorySettings } from '../../src/inventory/open.ts'
import { openInventory, problemsOfInventory } from '../../src/inventory/open.ts'
import type { InventoryWorld } from '../../src/inventory/world.ts'
import { inventoryTypes } from '../../src/model/choices.ts'
import { systemClock } from '../../src/model/clock.ts'
import type { ServerId } from '../../src/model/server.ts'

const world: InventoryWorld = { clock: systemClock, env: {}, suggest: suggestion }
const context = { signal: new AbortController().signal, log: () => {} }
const id = (text: string): ServerId => text as ServerId
const refusal = (named: InventorySettings, more: Partial<InventoryWorld> = {}): Promise<unknown> => openInventory(named, { ...world, ...more }).then(() => 'opened', ({ problems }: { problems: unknown }) => problems)

test.each(inventoryTypes)('the inventory %s is there, and says what is wrong with its settings', async (type) => {
  const problems = await problemsOfInventory({ type, settings: { lsit: 5 } }, world)
  expect(problems.length).toBeGreaterThan(0)
  expect(problems.filter((problem) => !problem.startsWith(`inventory: ${type}: `) || problem.includes('\n'))).toEqual([])
})

test('of ironic every problem is told, with what was meant, and no secret', async () => {
  const settings = { adress: '/a', auth: { type: 'http_basic', user: 'a:b', password: 5, pasword: 'hunter2-hunter2' }, url: 'https://u:hunter2-hunter2@ironic/v1?x', facts: { 'a b': '/x' } }
  const problems = await problemsOfInventory({ type: 'ironic', settings }, world)
  expect(problems).toEqual([
    'inventory: ironic: url: expected an address without a query, got "https://***@ironic/v1?***"',
    'inventory: ironic: auth.user: has a colon or a line break in it, got "***"',
    'inventory: ironic: auth.password: expected a string, got "***"',
    'inventory: ironic: auth: unknown key "pasword"',
    'inventory: ironic: facts.a b: is no name of a label',
    'inventory: ironic: unknown key "adress"; did you mean address?',
  ])
  expect(await problemsOfInventory({ type: 'ironic', settings: { url: 'https://u:p@ironic/v1/' } }, world)).toEqual([
    'inventory: ironic: url: has a password in it: write auth: {type: http_basic, user: ..., password: "${NAME}"}',
    'inventory: ironic: url: leave /v1 out',
  ])
  expect(await problemsOfInventory({ type: 'ironic', settings: { url: 'https://ironic:6385' } }, world)).toEqual([])
})

test('provisioner gives what the provisioner lists, under its name', async () => {
  const provisioner = {
    name: 'mine',
    ids: ['104', '107'],
    async *list() {
      for (const one of this.ids) yield { id: id(one), labels: {}, state: 'clean' as const }
    },
  }
  const inventory = await openInventory({ type: 'provisioner', settings: {} }, { ...world, provisioner })
  expect([inventory.name, await inventory.read(context)]).toEqual(['mine', { servers: [{ id: '104', labels: { state: 'clean' } }, { id: '107', labels: { state: 'clean' } }], unreadable: [], notes: [] }])
})

test('provisioner needs one that can list, and has no settings of its own', async () => {
  expect([
    await refusal({ type: 'provisioner', settings: {} }, { provisioner: { name: 'command' } }),
    await refusal({ type: 'provisioner', settings: {} }),
    await refusal({ type: 'provisioner', settings: { url: 'x' } }),
    await problemsOfInventory({ type: 'provisioner', settings: {} }, world),
  ]).toEqual([
    ['inventory: provisioner: the provisioner command cannot list its servers'],
    ['inventory: provisioner: no provisioner is configured'],
    ['inventory: provisioner: has no setting "url": write the settings of the provisioner under provisioner'],
    [],
  ])
})

test('a module whose list() is no list is at fault itself', async () => {
  const inventory = await openInventory({ type: 'provisioner', settings: {} }, { ...world, provisioner: { name: 'mine', list: (() => 5) as never } })
  await expect(async () => inventory.read(context)).rejects.toThrow('list() did not answer with an async iterable')
})
