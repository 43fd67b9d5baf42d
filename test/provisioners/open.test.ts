import { join } from 'node:path'
import { expect, test } from 'vitest'
import { UsageError } from '../../src/model/problem.ts'
import { openProvisioner, problemsOfSettings } from '../../src/provisioners/open.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

const world = { clock: virtualClock(), env: {} }
const rack = join(import.meta.dirname, '../../examples/module/rack.mjs')

test('simulated takes a simulation, or none', async () => {
  expect((await openProvisioner({ type: 'simulated', settings: {} }, world)).name).toBe('simulated')
  const listed = await openProvisioner({ type: 'simulated', settings: { simulation: { servers: { '104': {} } } } }, world)
  const ids: string[] = []
  for await (const { id } of listed.list!({ signal: new AbortController().signal, log: () => {} })) ids.push(id)
  expect(ids).toEqual(['104'])
})

test('simulated refuses every other setting', async () => {
  const opening = openProvisioner({ type: 'simulated', settings: { url: 'https://example.org', token: 'x' } }, world)
  await expect(opening).rejects.toEqual(new UsageError([
    'provisioner: simulated has no setting "url"; its only one is "simulation"',
    'provisioner: simulated has no setting "token"; its only one is "simulation"',
  ]))
})

test('command takes its verbs, and tells which it lacks', async () => {
  const settings = { install: ['./install.sh'], destroy: ['./destroy.sh'], markAsBroken: ['./retire.sh'] }
  expect((await openProvisioner({ type: 'command', settings }, world)).name).toBe('command')
  await expect(openProvisioner({ type: 'command', settings: { ...settings, install: ['x'], destroy: null } }, world)).rejects.toEqual(
    new UsageError(['provisioner.destroy: expected an array, got null; write for example [./destroy.sh, "{id}"]']),
  )
})

test('an absolute path is a module, which is given the settings', async () => {
  expect((await openProvisioner({ type: rack, settings: { directory: '/nowhere' } }, world)).name).toBe('rack')
  await expect(openProvisioner({ type: rack, settings: {} }, world)).rejects.toThrow('its default export failed: needs the setting "directory"')
})

test.each(['htpp', 'constructor', './mine.mjs', ''])('%j is no provisioner', async (type) => {
  await expect(openProvisioner({ type, settings: {} }, world)).rejects.toEqual(new UsageError([
    `provisioner: unknown type ${JSON.stringify(type)}: expected simulated, http, command, ironic, or the path of a module (./mine.mjs)`,
  ]))
})

test('what a program brought cannot be opened, and is taken for no other of that name', async () => {
  await expect(openProvisioner({ type: 'program:simulated', settings: {} }, world)).rejects.toEqual(new UsageError([
    'a program of yours began this run, with a provisioner of its own (program:simulated): the command line cannot open it; that program can take the directory again (replace: true)',
  ]))
})

test('what is wrong with the settings of a built-in one is told, a module\'s are its own', async () => {
  expect(await problemsOfSettings({ type: 'simulated', settings: { token: 'x' } }, { clock: virtualClock(), env: {} })).toEqual(['provisioner: simulated has no setting "token"; its only one is "simulation"'])
  expect(await problemsOfSettings({ type: 'simulated', settings: { simulation: { defaults: { install: { takes: 5 } } } } }, { clock: virtualClock(), env: {} })).toEqual([
    'simulation: defaults.install.takes: expected a duration such as 500ms, 90s or 2h, got 5',
  ])
  expect(await problemsOfSettings({ type: 'command', settings: { install: './install.sh', destroy: ['./destroy.sh'], markAsBroken: ['./mark.sh'] } }, { clock: virtualClock(), env: {} })).toEqual([
    expect.stringContaining('provisioner.install: '),
  ])
  for (const type of ['simulated', rack, 'constructor']) expect(await problemsOfSettings({ type, settings: {} }, { clock: virtualClock(), env: {} })).toEqual([])
})
