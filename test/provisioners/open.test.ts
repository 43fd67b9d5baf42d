import { join } from 'node:path'
import { expect, test } from 'vitest'
import { UsageError } from '../../src/model/problem.ts'
import { openProvisioner } from '../../src/provisioners/open.ts'
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

test('command takes its verbs, and tells which it lacks', async () => {
  const settings = { install: ['./install.sh'], destroy: ['./destroy.sh'], markAsBroken: ['./retire.sh'] }
  expect((await openProvisioner({ type: 'command', settings }, virtualClock())).name).toBe('command')
  await expect(openProvisioner({ type: 'command', settings: { ...settings, install: ['x'], destroy: null } }, virtualClock())).rejects.toEqual(
    new UsageError(['provisioner.destroy: expected an array, got null; write for example [./destroy.sh, "{id}"]']),
  )
})

test('an absolute path is a module, which is given the settings', async () => {
  expect((await openProvisioner({ type: rack, settings: { directory: '/nowhere' } }, virtualClock())).name).toBe('rack')
  await expect(openProvisioner({ type: rack, settings: {} }, virtualClock())).rejects.toThrow('its default export failed: needs the setting "directory"')
})

test.each(['htpp', 'constructor', './mine.mjs', ''])('%j is no provisioner', async (type) => {
  await expect(openProvisioner({ type, settings: {} }, virtualClock())).rejects.toEqual(new UsageError([
    `provisioner: unknown type ${JSON.stringify(type)}: expected simulated, command, or the path of a module (./mine.mjs)`,
  ]))
})
