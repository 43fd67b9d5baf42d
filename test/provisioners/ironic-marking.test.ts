import { expect, test } from 'vitest'
import type { IronicNode } from '../../src/clients/ironic-api.ts'
import { markText, runOfMark } from '../../src/provisioners/ironic-mark.ts'
import { ironicSite } from '../fixtures/ironic-site.ts'

const theirs = '11111111-1111-4111-8111-111111111111'
const note = (run: string): Partial<IronicNode> => ({ provision_state: 'active', instance_uuid: theirs, extra: { rackbench: { run, key: 'k', instance_uuid: theirs, since: 'x' } } })
const reason = 'check: too slow (rackbench run r, https://ci/job/7)'

const cases: Readonly<Record<string, readonly [node: Partial<IronicNode>, ends: string, reason: string | null]>> = {
  'clean': [{}, 'marked', `rackbench: ${reason}`],
  'installed by this run': [note('r'), 'marked', `rackbench: ${reason}`],
  'deploy failed': [{ provision_state: 'deploy failed' }, 'marked', `rackbench: ${reason}`],
  'put into maintenance by Ironic': [{ provision_state: 'clean failed', maintenance: true, maintenance_reason: 'boom', last_error: 'boom', fault: 'clean failure' }, 'marked', `rackbench: ${reason}`],
  'marked by this run': [{ maintenance: true, maintenance_reason: 'rackbench: install: other (rackbench run r)' }, 'marked', 'rackbench: install: other (rackbench run r)'],
  'marked by another run': [{ maintenance: true, maintenance_reason: 'rackbench: x (rackbench run r2)' }, 'ServerNotOursError: node n1 is marked as broken already: rackbench: x (rackbench run r2)', 'rackbench: x (rackbench run r2)'],
  'under maintenance': [{ maintenance: true, maintenance_reason: 'ticket 42' }, 'ServerNotOursError: node n1 is under maintenance: ticket 42', 'ticket 42'],
  'installed by another run': [note('r2'), 'ServerNotOursError: node n1 is in use by rackbench run r2', null],
  'taken by somebody': [{ provision_state: 'active', instance_uuid: theirs }, `ServerNotOursError: node n1 is in use by instance ${theirs}`, null],
}

test.for(Object.entries(cases))('a mark, where the node is: %s', async ([, [parts, ends, maintenance_reason]]) => {
  const site = ironicSite()
  const node = site.ironic.add('n1', parts)
  expect([await site.mark('n1', reason), node.maintenance_reason]).toEqual([ends, maintenance_reason])
})

test('a mark that is not there when it is read back was not made', async () => {
  const site = ironicSite()
  const node = site.ironic.add('n1')
  const api = site.ironic.client()
  const forgetful = { ...api, setMaintenance: async () => void Object.assign(node, { maintenance: true, maintenance_reason: 'ticket 43' }) }
  expect(await site.mark('n1', reason, { api: forgetful })).toBe('ProvisionerUnavailableError: node n1 does not have the mark that was set: its reason is ticket 43')
})

test('a mark names its run in one line, whatever the error says', () => {
  const text = markText(`install: \u001B[31mboom\u001B[0m\n (rackbench run other) ${'x'.repeat(5000)}`, 'r')
  expect([text.startsWith('rackbench: install: boom (rackbench run other) xxx'), text.endsWith('xxx (rackbench run r)'), text.length < 1100, runOfMark(text)]).toEqual([true, true, true, 'r'])
  expect([runOfMark('rackbench: a (rackbench run r1, https://ci)'), runOfMark('rackbench: a')]).toEqual(['r1', undefined])
})

const mark = { maintenance: true, maintenance_reason: 'rackbench: x (rackbench run old)' }

test.for<readonly [string, Partial<IronicNode>, boolean, string, readonly string[]]>([
  ['a mark of ours', mark, false, 'cleared', ['no maintenance']],
  ['a mark of ours, behind which the node was wiped', { ...mark, provision_state: 'manageable' }, false, 'cleared', ['no maintenance', 'provide']],
  ['a mark of ours on a node that is not clean', { ...mark, provision_state: 'active' }, false, 'RequestRefusedError: node n1 is not clean: it is in state "active"; wipe it first, or take it as it is', []],
  ['the same, as it is', { ...mark, provision_state: 'active' }, true, 'cleared', ['no maintenance']],
  ["somebody else's", { maintenance: true, maintenance_reason: 'ticket 42' }, true, 'ServerNotOursError: node n1 is under maintenance, and not by a mark of rackbench: ticket 42', []],
  ["Ironic's own", { maintenance: true, maintenance_reason: 'boom', last_error: 'boom', fault: 'clean failure', provision_state: 'clean failed' }, true, 'ServerNotOursError: node n1 is under maintenance, and not by a mark of rackbench: boom', []],
  ['none', {}, false, 'cleared', []],
])('clearing a mark: %s', async ([, parts, asIs, ends, asked]) => {
  const site = ironicSite()
  site.ironic.add('n1', parts)
  expect([await site.clearMark('n1', { asIs }), site.asked('n1')]).toEqual([ends, asked])
})

test('a new mark takes the place of one that was lifted, also after the wipe', async () => {
  const site = ironicSite()
  const node = site.ironic.add('n1', { ...mark, provision_state: 'manageable' })
  const policy = { includeBroken: true }
  expect([await site.install('n1', { policy }), node.maintenance]).toEqual(['installed', false])
  expect([await site.mark('n1', reason, { policy }), await site.destroy('n1', { policy }), node.maintenance_reason]).toEqual(['marked', 'wiped', `rackbench: ${reason}`])
})

test('a node that is marked need not be retired any more, whether or not it was wiped', async () => {
  const site = ironicSite()
  const wiping = { run: 'r', key: 'k', instance_uuid: theirs, since: 'x', mark: 'rackbench: old', retired: true }
  const node = site.ironic.add('n1', { provision_state: 'error', instance_uuid: theirs, retired: true, extra: { rackbench: wiping } })
  expect([await site.mark('n1', reason), node.retired, node.extra]).toEqual(['marked', false, { rackbench: { run: 'r', key: 'k', instance_uuid: theirs, since: 'x' } }])
})
