import { expect, test } from 'vitest'
import type { IronicNode } from '../../src/clients/ironic-api.ts'
import { instanceUuid } from '../../src/provisioners/ironic-claim.ts'
import type { Script } from '../fixtures/fake-ironic.ts'
import { ironicSite } from '../fixtures/ironic-site.ts'

const ours = instanceUuid('r', 'n1')
const theirs = '11111111-1111-4111-8111-111111111111'
const held = (provision_state: string, more: Partial<IronicNode> = {}, note: object = {}): Partial<IronicNode> => ({
  provision_state, instance_uuid: ours, extra: { rackbench: { run: 'r', key: 'r/n1/install/1', instance_uuid: ours, since: 'before', ...note } }, ...more,
})
const left = { instance_uuid: null, left: { at: '2026-11-21T22:00:00.000Z', since: 'then' } }
const mark = { maintenance: true, maintenance_reason: 'rackbench: check: too slow (rackbench run old)' }

interface Case {
  readonly node: Partial<IronicNode>
  readonly script?: Script
  readonly markFollows?: string
  readonly ends: string
  readonly asked: readonly string[]
  /** What it is in the end. */
  readonly is?: Partial<IronicNode>
}

const wiped = { provision_state: 'available', instance_uuid: null, maintenance: false, retired: false }
const notOurs = (why: string): string => `ServerNotOursError: node n1 ${why}`

const cases: Readonly<Record<string, Case>> = {
  'active': { node: held('active'), ends: 'wiped', asked: ['deleted'], is: wiped },
  'deploy failed': { node: held('deploy failed'), ends: 'wiped', asked: ['deleted'], is: wiped },
  'error': { node: held('error'), ends: 'wiped', asked: ['deleted'], is: wiped },
  'clean already': { node: {}, ends: 'wiped', asked: [], is: wiped },
  'manageable': { node: { provision_state: 'manageable' }, ends: 'wiped', asked: [] },
  'reserved and never installed': { node: held('available'), ends: 'wiped', asked: ['patch'], is: { ...wiped, extra: {} } },
  'clean failed': { node: { provision_state: 'clean failed' }, ends: 'wiped', asked: ['manage', 'provide'], is: wiped },
  'clean failed, put into maintenance by Ironic': {
    node: { provision_state: 'clean failed', maintenance: true, maintenance_reason: 'boom', last_error: 'boom', fault: 'clean failure' },
    ends: 'wiped', asked: ['no maintenance', 'manage', 'provide'], is: wiped,
  },
  'clean failed, of a mark': { node: { provision_state: 'clean failed', ...mark }, ends: 'wiped', asked: ['patch', 'no maintenance', 'manage', 'provide', 'maintenance', 'patch'], is: { provision_state: 'available', instance_uuid: null, extra: {}, ...mark } },
  'of somebody': { node: { provision_state: 'active', instance_uuid: theirs }, ends: notOurs(`is in use by instance ${theirs}`), asked: [] },
  'of another run': { node: held('active', {}, { run: 'old' }), ends: notOurs('is in use by rackbench run old'), asked: [] },
  'left by this run': { node: held('active', { instance_uuid: null, provision_updated_at: 'then' }, left), ends: 'wiped', asked: ['patch', 'deleted'], is: wiped },
  'left by another run': { node: held('active', { instance_uuid: null, provision_updated_at: 'then' }, { ...left, run: 'old' }), ends: notOurs('is in use by rackbench run old'), asked: [] },
  'under maintenance': { node: held('active', { maintenance: true, maintenance_reason: 'ticket 42' }), ends: notOurs('is under maintenance: ticket 42'), asked: [] },
  'installed and marked': {
    node: held('active', mark), ends: 'wiped', asked: ['patch', 'no maintenance', 'deleted', 'maintenance', 'patch'],
    is: { provision_state: 'manageable', retired: false, instance_uuid: null, extra: {}, ...mark },
  },
  'installed although it was marked': {
    node: held('active', {}, { mark: mark.maintenance_reason }), ends: 'wiped', asked: ['patch', 'deleted', 'maintenance', 'patch'],
    is: { provision_state: 'manageable', retired: false, extra: {}, ...mark },
  },
  'installed, and to be marked next': {
    node: held('active'), markFollows: 'check: too slow (rackbench run r)', ends: 'wiped', asked: ['patch', 'deleted'],
    is: { provision_state: 'manageable', retired: true, maintenance: false },
  },
  'reserved, and to be marked next': { node: held('available'), markFollows: 'x', ends: 'wiped', asked: [], is: { instance_uuid: ours } },
  'protected by somebody, and to be marked next': {
    node: held('active', { protected: true }), markFollows: 'x', ends: notOurs('is protected'), asked: [],
    is: { retired: false },
  },
  'clean failed, of a mark, and it cannot be cleaned': {
    node: { provision_state: 'clean failed', ...mark }, script: { clean: { fails: 'erase failed' } }, ends: 'ServerOperationError: erase failed',
    asked: ['patch', 'no maintenance', 'manage', 'provide', 'maintenance', 'patch'], is: { provision_state: 'clean failed', instance_uuid: null, extra: {}, ...mark },
  },
  'clean failed, and to be marked next': {
    node: held('clean failed'), markFollows: 'x', ends: 'wiped', asked: ['patch', 'manage', 'provide'],
    is: { provision_state: 'available', maintenance: false, instance_uuid: ours },
  },
  'marked, of a machine that cannot be cleaned': {
    node: held('active', mark), script: { clean: { fails: 'erase failed' } }, ends: 'ServerOperationError: erase failed',
    asked: ['patch', 'no maintenance', 'deleted', 'maintenance', 'patch'],
    is: { provision_state: 'clean failed', retired: false, ...mark },
  },
  'a machine that cannot be cleaned': { node: held('active'), script: { clean: { fails: 'erase failed' } }, ends: 'ServerOperationError: erase failed', asked: ['deleted'] },
  'a machine that cannot be torn down': { node: held('active'), script: { tearDown: { fails: 'Failed to tear down' } }, ends: 'ServerOperationError: Failed to tear down', asked: ['deleted'] },
}

test.for(Object.entries(cases))('destroy, where the node is: %s', async ([, { node, script, markFollows, ends, asked, is = {} }]) => {
  const site = ironicSite()
  const now = site.ironic.add('n1', node, script)
  const end = await site.destroy('n1', { more: { ...(markFollows !== undefined && { markFollows }) } })
  expect([end, site.asked('n1'), now]).toEqual([ends, asked, expect.objectContaining(is)])
})

test('a wipe cancels an install that waits for its machine, and waits for one that does not', async () => {
  const site = ironicSite()
  site.ironic.add('n1', {}, { deploy: { takes: 50, waits: 3_600_000 } })
  const stop = new AbortController()
  const installing = site.install('n1', { more: { signal: stop.signal } })
  await site.clock.advance(10)
  stop.abort(new Error('the run was stopped'))
  const begin = site.clock.elapsed()
  expect([await installing, await site.destroy('n1'), site.asked('n1')]).toEqual(['Error: the run was stopped', 'wiped', ['patch', 'active', 'deleted']])
  expect(site.clock.elapsed() - begin).toBeLessThan(1000)
})

test('a wipe waits for an order to install that is still on its way', async () => {
  const site = ironicSite()
  const node = site.ironic.add('n1')
  const api = site.ironic.client((call) => (call === 'order' ? 'late' : 'arrives'))
  expect(await site.install('n1', { api })).toContain('no answer')
  expect(await site.destroy('n1', { more: { inDoubt: { os: 'debian-12', idempotencyKey: 'r/n1/install/1' } } })).toBe('wiped')
  await site.clock.advance(1000)
  expect([site.asked('n1'), node]).toEqual([['patch', 'active', 'deleted'], expect.objectContaining(wiped)])
})

test('from before its wipe until after its mark, the scheduler cannot take a node', async () => {
  const site = ironicSite()
  const node = site.ironic.add('n1')
  const takeable: string[] = []
  await site.install('n1')
  const reason = 'check: score 31 is below 50 (rackbench run r, https://ci/job/7)'
  const api = site.ironic.client((call) => {
    if (node.provision_state === 'available' && !node.maintenance && node.instance_uuid === null) takeable.push(call)
    return 'arrives'
  })
  expect([await site.destroy('n1', { api, more: { markFollows: reason } }), await site.mark('n1', reason, { api })]).toEqual(['wiped', 'marked'])
  expect([takeable, node]).toEqual([[], expect.objectContaining({ provision_state: 'manageable', retired: false, maintenance: true, maintenance_reason: `rackbench: ${reason}`, extra: {} })])
})

test('a wipe that was given up in the middle is taken up by another process, its mark with it', async () => {
  const site = ironicSite()
  const node = site.ironic.add('n1', held('active', mark))
  const api = site.ironic.client((call) => (call === 'order' ? 'answer lost' : 'arrives'))
  expect([await site.destroy('n1', { api }), await site.destroy('n1')]).toEqual([expect.stringContaining('no answer'), 'wiped'])
  expect(node).toEqual(expect.objectContaining({ provision_state: 'manageable', retired: false, ...mark }))
})
