import { expect, test } from 'vitest'
import type { IronicNode } from '../../src/clients/ironic-api.ts'
import { instanceUuid } from '../../src/provisioners/ironic-claim.ts'
import { waysOut } from '../../src/provisioners/ironic-ownership.ts'
import type { IronicPolicy } from '../../src/provisioners/ironic-settings.ts'
import type { Fate, Script } from '../fixtures/fake-ironic.ts'
import { ironicSite } from '../fixtures/ironic-site.ts'

interface Case {
  readonly node?: Partial<IronicNode>
  readonly script?: Script
  readonly policy?: Partial<IronicPolicy>
  /** How it ends, and what the node was asked for on the way. */
  readonly ends: string
  readonly asked: readonly string[]
}

const ours = instanceUuid('r', 'n1')
const theirs = '11111111-1111-4111-8111-111111111111'
const noteOf = (run: string, instance_uuid: string | null, more: object = {}): Partial<IronicNode> => ({ instance_uuid, extra: { rackbench: { run, key: `${run}/n1/install/0`, instance_uuid, since: null, ...more } } })
const leftBy = (run: string): Partial<IronicNode> => noteOf(run, null, { left: { at: '2026-11-21T22:00:00.000Z', since: 'then' } })
const mark = { maintenance: true, maintenance_reason: 'rackbench: check: too slow (rackbench run old)' }
const cleanFailure = { provision_state: 'clean failed', maintenance: true, maintenance_reason: 'boom', last_error: 'boom', fault: 'clean failure' }
const notOurs = (why: string): string => `ServerNotOursError: node n1 ${why}`

const cases: Readonly<Record<string, Case>> = {
  'available': { ends: 'installed', asked: ['patch', 'active'] },
  'available, without a reservation': { policy: { reserve: false }, ends: 'installed', asked: ['patch', 'active'] },
  'active, of this run': { node: { provision_state: 'active', ...noteOf('r', ours) }, ends: 'installed', asked: ['patch', 'rebuild'] },
  'active, of another run': { node: { provision_state: 'active', ...noteOf('old', theirs) }, ends: notOurs(`is in use by rackbench run old: ${waysOut}`), asked: [] },
  'active, and left by another run': { node: { provision_state: 'active', provision_updated_at: 'then', ...leftBy('old') }, ends: 'installed', asked: ['patch', 'rebuild'] },
  'active, and left by this run': { node: { provision_state: 'active', provision_updated_at: 'then', ...leftBy('r') }, ends: 'installed', asked: ['patch', 'rebuild'] },
  'deploy failed, and left by another run': { node: { provision_state: 'deploy failed', provision_updated_at: 'then', ...leftBy('old') }, ends: 'installed', asked: ['patch', 'active'] },
  'active, left by another run, without a reservation': { node: { provision_state: 'active', provision_updated_at: 'then', ...leftBy('old') }, policy: { reserve: false }, ends: 'installed', asked: ['patch', 'rebuild'] },
  'active, left by another run, and installed by somebody since': { node: { provision_state: 'active', provision_updated_at: 'now', ...leftBy('old') }, ends: notOurs('is in use by somebody without an instance_uuid'), asked: [] },
  'active, left by another run, and taken by somebody': { node: { provision_state: 'active', provision_updated_at: 'then', ...leftBy('old'), instance_uuid: theirs }, ends: notOurs(`is in use by instance ${theirs}`), asked: [] },
  'marked, and left by another run': { node: { provision_state: 'active', provision_updated_at: 'then', ...leftBy('old'), ...mark }, ends: notOurs(`is marked as broken: ${mark.maintenance_reason}`), asked: [] },
  'active, of another run, to be taken': { node: { provision_state: 'active', ...noteOf('old', theirs) }, policy: { takeInstalled: true }, ends: 'installed', asked: ['patch', 'rebuild'] },
  'active, of somebody': { node: { provision_state: 'active', instance_uuid: theirs }, ends: notOurs(`is in use by instance ${theirs}`), asked: [] },
  'active, of somebody, with a note that is past': { node: { provision_state: 'active', ...noteOf('r', ours), instance_uuid: theirs }, ends: notOurs(`is in use by instance ${theirs}`), asked: [] },
  'active, of somebody, to be taken': { node: { provision_state: 'active', instance_uuid: theirs }, policy: { takeInstalled: true }, ends: 'installed', asked: ['patch', 'rebuild'] },
  'active, without an instance': { node: { provision_state: 'active' }, ends: notOurs('is in use by somebody without an instance_uuid'), asked: [] },
  'available, reserved by somebody': { node: { instance_uuid: theirs }, policy: { takeInstalled: true }, ends: notOurs(`is in use by instance ${theirs}`), asked: [] },
  'deploying, of somebody': { node: { provision_state: 'deploying', instance_uuid: theirs }, policy: { takeInstalled: true }, ends: notOurs(`is in use by instance ${theirs}`), asked: [] },
  'deploy failed': { node: { provision_state: 'deploy failed', last_error: 'old' }, ends: 'installed', asked: ['patch', 'active'] },
  'error': { node: { provision_state: 'error' }, ends: 'installed', asked: ['patch', 'rebuild'] },
  'manageable': { node: { provision_state: 'manageable' }, ends: 'installed', asked: ['patch', 'provide', 'active'] },
  'clean failed': { node: { provision_state: 'clean failed' }, ends: 'installed', asked: ['patch', 'manage', 'provide', 'active'] },
  'clean failed, put into maintenance by Ironic': { node: cleanFailure, ends: 'installed', asked: ['patch', 'no maintenance', 'manage', 'provide', 'active'] },
  'clean failed, and somebody looks at it': { node: { ...cleanFailure, maintenance_reason: 'ticket 42' }, ends: notOurs('is under maintenance: ticket 42 (clean failure)'), asked: [] },
  'under maintenance': { node: { maintenance: true, maintenance_reason: 'ticket 42' }, policy: { includeBroken: true, takeInstalled: true }, ends: notOurs('is under maintenance: ticket 42'), asked: [] },
  'under maintenance, for no reason': { node: { maintenance: true }, ends: notOurs('is under maintenance: no reason given'), asked: [] },
  'without power': { node: { maintenance: true, maintenance_reason: 'no power', fault: 'power failure' }, ends: notOurs('is under maintenance: no power (power failure)'), asked: [] },
  'marked': { node: mark, ends: notOurs(`is marked as broken: ${mark.maintenance_reason}`), asked: [] },
  'marked, to be taken': { node: { provision_state: 'manageable', ...mark }, policy: { includeBroken: true }, ends: 'installed', asked: ['patch', 'no maintenance', 'provide', 'active'] },
  'marked and installed by another run, to be taken': { node: { provision_state: 'active', ...mark, ...noteOf('old', theirs) }, policy: { includeBroken: true }, ends: 'installed', asked: ['patch', 'no maintenance', 'rebuild'] },
  'wiped, and waiting for its mark': { node: { provision_state: 'manageable', retired: true, ...noteOf('old', null, { mark: 'rackbench: x', retired: true }) }, ends: notOurs('is being taken out of the pool: rackbench: x'), asked: [] },
  'retired': { node: { retired: true, provision_state: 'manageable' }, ends: notOurs('is retired'), asked: [] },
  'protected, to be taken': { node: { provision_state: 'active', protected: true }, policy: { takeInstalled: true }, ends: notOurs('is protected'), asked: [] },
  'enroll': { node: { provision_state: 'enroll' }, ends: notOurs('is in state "enroll"'), asked: [] },
  'cleaned by hand': { node: { provision_state: 'cleaning', target_provision_state: 'manageable' }, ends: notOurs('is being cleaned by hand'), asked: [] },
  'a deploy that fails': { script: { deploy: { fails: 'PXE boot timed out' } }, ends: 'ServerOperationError: PXE boot timed out', asked: ['patch', 'active'] },
  'a deploy that fails for its image': { script: { deploy: { fails: 'Failed to prepare to deploy: Validation of image href http://x/y failed' } }, ends: 'RequestRefusedError: Failed to prepare to deploy: Validation of image href http://x/y failed', asked: ['patch', 'active'] },
  'a deploy that dies with its conductor': { script: { deploy: { fails: "The deploying state can't be resumed by conductor 127.0.0.1. Moving to fail state." } }, ends: "ProvisionerUnavailableError: The deploying state can't be resumed by conductor 127.0.0.1. Moving to fail state.", asked: ['patch', 'active'] },
  'a deploy that fails for no reason': { script: { deploy: { fails: '' } }, ends: 'ServerOperationError: Ironic says no more of it than "deploy failed"', asked: ['patch', 'active'] },
  'a machine that cannot be cleaned': { node: { provision_state: 'manageable' }, script: { clean: { fails: 'erase failed', maintains: true } }, ends: 'ServerOperationError: erase failed', asked: ['patch', 'provide'] },
}

test.for(Object.entries(cases))('install, where the node is: %s', async ([, { node, script, policy, ends, asked }]) => {
  const site = ironicSite()
  site.ironic.add('n1', node, script)
  expect([await site.install('n1', { policy }), site.asked('n1')]).toEqual([ends, asked])
})

test('what is installed is what the settings say, with the names of system and node in it', async () => {
  const site = ironicSite()
  site.ironic.add('n1', { properties: { model: 'R640' }, extra: { address: '10.0.0.1', note: 'theirs' } })
  const orders: unknown[] = []
  const api = site.ironic.client()
  const spied = { ...api, order: (...given: Parameters<typeof api.order>) => (orders.push(given[1]), api.order(...given)) }
  const deploy = { instanceInfo: { image_source: 'http://images/{os}.qcow2', a: { b: ['{id}', 1] } }, configDrive: { meta_data: { name: '{id}' } }, steps: [{ interface: 'bios', step: 'x' }] }
  const answer = await site.run(site.provisioner({ deploy }, spied).install(site.server('n1'), 'debian-12', site.context('r/n1/install/1')))
  expect([answer, orders, site.ironic.nodes.get('n1')]).toEqual([
    { address: '10.0.0.1', facts: { model: 'R640', resource_class: 'gpu' } },
    [{ target: 'active', configdrive: { meta_data: { name: 'n1' } }, deploy_steps: [{ interface: 'bios', step: 'x' }] }],
    expect.objectContaining({
      instance_uuid: ours,
      instance_info: { image_source: 'http://images/debian-12.qcow2', a: { b: ['n1', 1] } },
      extra: { address: '10.0.0.1', note: 'theirs', rackbench: { run: 'r', key: 'r/n1/install/1', instance_uuid: ours, since: expect.any(String) as string } },
    }),
  ])
})

test('the history of the node since the step began goes to its log', async () => {
  const site = ironicSite()
  site.ironic.add('n1', {}, { deploy: { fails: 'PXE boot timed out' } })
  await site.install('n1')
  expect(site.said.filter((line) => line.includes('history'))).toEqual([expect.stringMatching(/^ironic's history: \S+ ERROR: PXE boot timed out$/)])
})

test('an install that died with its conductor is begun anew under its key', async () => {
  const site = ironicSite()
  site.ironic.add('n1', {}, { deploy: { fails: "can't be resumed by conductor", times: 1 } })
  expect([await site.install('n1'), await site.install('n1')]).toEqual(["ProvisionerUnavailableError: can't be resumed by conductor", 'installed'])
  expect(site.asked('n1')).toEqual(['patch', 'active', 'patch', 'active'])
})

test('a server that failed under a key has failed under it for good; another key tries again', async () => {
  const site = ironicSite()
  site.ironic.add('n1', {}, { deploy: { fails: 'PXE boot timed out', times: 1 } })
  const failed = 'ServerOperationError: PXE boot timed out'
  expect([await site.install('n1'), await site.install('n1'), await site.install('n1', { key: 'r/n1/install/2' })]).toEqual([failed, failed, 'installed'])
})

test.for([['active', 'rebuild'], ['deploy failed', 'active']] as const)('an order that Ironic was too busy for is no install, though the node has moved: %s', async ([provision_state, target]) => {
  const site = ironicSite()
  site.ironic.add('n1', { provision_state, ...noteOf('r', ours) })
  const fates: Fate[] = ['busy']
  const api = site.ironic.client((call) => (call === 'order' ? (fates.shift() ?? 'arrives') : 'arrives'))
  expect([await site.install('n1', { api }), site.ironic.installsOf('n1')]).toEqual([expect.stringContaining('ProvisionerUnavailableError: 503'), 0])
  expect([await site.install('n1', { api }), site.asked('n1').at(-1)]).toEqual(['installed', target])
})

test('an order that is late is not given a second time', async () => {
  const site = ironicSite()
  site.ironic.add('n1', { provision_state: 'active', ...noteOf('r', ours) })
  const fates: Fate[] = ['late']
  const api = site.ironic.client((call) => (call === 'order' ? (fates.shift() ?? 'arrives') : 'arrives'))
  expect([await site.install('n1', { api }), await site.install('n1', { api }), site.ironic.installsOf('n1')]).toEqual([expect.stringContaining('no answer'), 'installed', 1])
})

test('two runs never take one node, and the second is told which run has it', async () => {
  const site = ironicSite()
  site.ironic.add('n1')
  const ends = await Promise.all(['r1/n1/install/1', 'r2/n1/install/1'].map((key) => site.install('n1', { key })))
  expect([ends.toSorted(), site.ironic.installsOf('n1')]).toEqual([[expect.stringMatching(/^ServerNotOursError: node n1 is in use by rackbench run r[12]: "rackbench resume"/), 'installed'], 1])
})

test('a node that somebody takes away in mid-install is somebody else\'s', async () => {
  const site = ironicSite()
  site.ironic.add('n1', {}, { deploy: { takes: 5, waits: 1000 } })
  const installing = site.install('n1')
  await site.clock.advance(100)
  await site.run(site.ironic.client().order('n1', { target: 'deleted' }, new AbortController().signal))
  expect(await installing).toBe('ServerNotOursError: node n1 was taken away while it was installed: it is in state "available"')
})
