import { describe, expect } from 'vitest'
import { bring, change, deadMachine, enrol, failNextDeploy, imageThatIsThere, nodeReaches, nodeStates, waiting } from './ironic/nodes.ts'
import { disagreements, fatesOf, nodeFate, prepare, resultsOf } from './ironic/runs.ts'
import type { RealIronic } from './ironic/start.ts'
import { startIronic } from './ironic/start.ts'
import { test } from './ironic/test.ts'

const good = Array.from({ length: 26 }, (_, index) => `good-${String(index + 1).padStart(2, '0')}`)
const odd = ['fail-1', 'fail-2', 'wait-1', 'dirty-1', 'slow-1', 'error-1', 'unclean-1', 'locked-1', 'hands-1', 'hands-2', 'taken-1', 'used-1', 'marked-1', 'retired-1'] as const

/** Each by what it has been through, or will go through. */
async function makeOdd({ ask }: RealIronic): Promise<void> {
  await change(ask, 'wait-1', waiting)
  await failNextDeploy(ask, ['fail-1', 'fail-2'])
  await bring(ask, 'dirty-1', { target: 'manage' }, ['manageable'])
  await change(ask, 'dirty-1', { bios_interface: 'redfish', driver_info: deadMachine })
  await bring(ask, 'dirty-1', { target: 'clean', clean_steps: [{ interface: 'bios', step: 'apply_configuration', args: { settings: 'garbage' } }] }, ['clean failed'])
  await ask('PUT', '/v1/nodes/hands-1/maintenance', { reason: 'ECC errors, ticket 42' })
  await change(ask, 'taken-1', { instance_uuid: '4b1e2f0a-0000-4000-8000-000000000001' })
  await bring(ask, 'used-1', { target: 'active' }, ['active'])
  await ask('PUT', '/v1/nodes/marked-1/maintenance', { reason: 'rackbench: install: no disk (rackbench run 20261121T100000Z-3f9a0c12)' })
  await bring(ask, 'retired-1', { target: 'manage' }, ['manageable'])
  await change(ask, 'retired-1', { retired: true })
}

/** What befalls three of them between install and wipe. */
const accidents = `
const [url, id] = process.argv.slice(2)
const ask = async (method, path, body) => {
  const headers = { 'X-OpenStack-Ironic-API-Version': '1.82', 'Content-Type': 'application/json' }
  const response = await fetch(url + '/v1/nodes/' + id + path, { method, headers, body: body && JSON.stringify(body) })
  if (!response.ok) throw new Error(await response.text())
}
const add = (values) => Object.entries(values).map(([name, value]) => ({ op: 'add', path: '/' + name, value }))
await ask('PUT', '/maintenance', { reason: 'hands off' })
if (id === 'error-1') await ask('PATCH', '', add({ power_interface: 'redfish', driver_info: ${JSON.stringify(deadMachine)}, deploy_interface: 'direct' }))
if (id === 'unclean-1') await ask('PATCH', '', add({ deploy_interface: 'direct' }))
if (id !== 'hands-2') await ask('DELETE', '/maintenance')
`

describe('a run on a real Ironic', () => {
  test('of 40 nodes ends for each as the node itself says', { timeout: 300_000 }, async ({ place }) => {
    await using ironic = await startIronic({ callbackTimeout: 2, powerDelay: 4 })
    const { ask, url } = ironic
    await enrol(ask, ['good-01'])
    await ironic.multiply('good-01', [...good.slice(1), ...odd])
    await makeOdd(ironic)
    await place.write('accidents.mjs', accidents)
    const benchmark = `case $1 in error-1|unclean-1|hands-2) '${process.execPath}' accidents.mjs ${url} $1 >&2 || exit 1;; esac\ncase $1 in slow-1) echo 31;; *) echo 80;; esac`
    await prepare(place, ironic, { benchmark, provisioner: { deploy: { instanceInfo: imageThatIsThere(url) } } })
    const before = await nodeStates(ask)
    await ask('PUT', '/v1/nodes/locked-1/states/power', { target: 'power on' })

    const { code } = await place.run(['run', ...odd, ...good, '-c', '20'])
    const results = await resultsOf(place)
    const after = await nodeStates(ask)
    expect(fatesOf(results)).toEqual({
      ...Object.fromEntries(good.map((id) => [id, 'passed'])),
      'fail-1': 'failed at install: ServerOperationError, marked',
      'fail-2': 'failed at install: ServerOperationError, marked',
      'wait-1': 'failed at install: ServerOperationError, marked',
      'dirty-1': 'passed',
      'slow-1': 'failed at check: PerformanceError, marked',
      'error-1': 'failed at destroy: ServerOperationError, marked',
      'unclean-1': 'failed at destroy: ServerOperationError, marked',
      'locked-1': 'passed',
      'hands-1': 'skipped at install: ServerNotOursError',
      'hands-2': 'skipped at destroy: ServerNotOursError',
      'taken-1': 'skipped at install: ServerNotOursError',
      'used-1': 'skipped at install: ServerNotOursError',
      'marked-1': 'skipped at install: ServerNotOursError',
      'retired-1': 'skipped at install: ServerNotOursError',
    })
    expect(Object.fromEntries(odd.map((id) => [id, nodeFate(after.get(id)!)]))).toEqual({
      'fail-1': 'deploy failed, marked',
      'fail-2': 'deploy failed, marked',
      'wait-1': 'deploy failed, marked',
      'dirty-1': 'available',
      'slow-1': 'active, marked',
      'error-1': 'error, marked',
      'unclean-1': 'clean failed, marked',
      'locked-1': 'available',
      'hands-1': 'available, in maintenance',
      'hands-2': 'active, in maintenance',
      'taken-1': 'available',
      'used-1': 'active',
      'marked-1': 'available, marked',
      'retired-1': 'manageable, retired',
    })
    expect([await disagreements(results, ironic, before), code]).toEqual([[], 1])
    // The node's own words are the error's.
    const messages = Object.fromEntries(results.servers.flatMap(({ id, error }) => (error ? [[id, error.message]] : [])))
    expect([messages['fail-1'], messages['wait-1']]).toEqual(['No deploy steps returned by the driver', expect.stringMatching(/^Timeout reached while waiting for callback for node /)])
    expect([messages['hands-1'], messages['taken-1']]).toEqual([expect.stringContaining('ECC errors, ticket 42'), expect.stringContaining('in use by instance 4b1e2f0a-0000-4000-8000-000000000001')])
    expect(after.get('fail-1')!.maintenance_reason).toContain(results.run.id)
    expect(await place.read('rackbench-out/logs/wait-1.log')).toMatch(/ironic's history: .*Timeout reached while waiting for callback/)
    await nodeReaches(ask, 'good-01', ['available'])
  })
})
