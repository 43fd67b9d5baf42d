import { join } from 'node:path'
import { expect, test } from 'vitest'
import { UsageError } from '../../src/model/problem.ts'
import { openProvisioner, problemsOfSettings } from '../../src/provisioners/open.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

const rack = join(import.meta.dirname, '../../examples/module/rack.mjs')

test('simulated takes a simulation, or none', async () => {
  expect((await openProvisioner({ type: 'simulated', settings: {} }, virtualClock())).name).toBe('simulated')
  const listed = await openProvisioner({ type: 'simulated', settings: { simulation: { servers: { '104': {} } } } }, virtualClock())
  const ids: string[] = []
  for await (const { id } of listed.list!({ signal: new AbortController().signal, log: () => {} })) ids.push(id)
  expect(ids).toEqual(['104'])
})

test('simulated refuses every other setting', async () => {
  const opening = openProvisioner({ type: 'simulated', settings: { url: 'https://example.org', token: 'x' } }, virtualClock())
  await expect(opening).rejects.toEqual(new UsageError([
    'provisioner: simulated has no setting "url"; its only one is "simulation"',
    'provisioner: simulated has no setting "token"; its only one is "simulation"',
  ]))
})

test('an absolute path is a module, which is given the settings', async () => {
  expect((await openProvisioner({ type: rack, settings: { directory: '/nowhere' } }, virtualClock())).name).toBe('rack')
  await expect(openProvisioner({ type: rack, settings: {} }, virtualClock())).rejects.toThrow('its default export failed: needs the setting "directory"')
})

test.each(['htpp', 'constructor', './mine.mjs', ''])('%j is no provisioner', async (type) => {
  await expect(openProvisioner({ type, settings: {} }, virtualClock())).rejects.toEqual(new UsageError([
    `provisioner: unknown type ${JSON.stringify(type)}: expected simulated, or the path of a module (./mine.mjs)`,
  ]))
})

test('what is wrong with the settings of a built-in one is told without opening it, a module\'s are its own', () => {
  expect(problemsOfSettings({ type: 'simulated', settings: { token: 'x' } }, virtualClock())).toEqual(['provisioner: simulated has no setting "token"; its only one is "simulation"'])
  expect(problemsOfSettings({ type: 'simulated', settings: { simulation: { defaults: { install: { takes: 5 } } } } }, virtualClock())).toEqual([
    'simulation: defaults.install.takes: expected a duration such as 500ms, 90s or 2h, got 5',
  ])
  for (const type of ['simulated', rack, 'constructor']) expect(problemsOfSettings({ type, settings: {} }, virtualClock())).toEqual([])
})
