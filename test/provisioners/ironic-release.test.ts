import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { IronicNode } from '../../src/clients/ironic-api.ts'
import { instanceUuid, noteOf } from '../../src/provisioners/ironic-claim.ts'
import { waysOut } from '../../src/provisioners/ironic-ownership.ts'
import type { IronicPolicy } from '../../src/provisioners/ironic-settings.ts'
import type { Fate } from '../fixtures/fake-ironic.ts'
import type { IronicSite } from '../fixtures/ironic-site.ts'
import { ironicSite } from '../fixtures/ironic-site.ts'

const ours = instanceUuid('r', 'n1')
const theirs = '11111111-1111-4111-8111-111111111111'
const held = (provision_state: string, more: Partial<IronicNode> = {}, note: object = {}): Partial<IronicNode> => ({
  provision_state, provision_updated_at: 'then', instance_uuid: ours, extra: { theirs: 1, rackbench: { run: 'r', key: 'r/n1/install/1', instance_uuid: ours, since: 'before', ...note } }, ...more,
})
const left = { at: expect.stringMatching(/^\d{4}-.*Z$/) as string, since: 'then' }
const isLeft = (more: object = {}): object => ({ instance_uuid: null, extra: { theirs: 1, rackbench: { run: 'r', key: 'r/n1/install/1', instance_uuid: null, since: 'before', left, ...more } } })
const untouched = { asked: [], is: {} }

interface Case {
  readonly node: Partial<IronicNode>
  readonly policy?: Partial<IronicPolicy>
  readonly asked: readonly string[]
  readonly is: object
}

const cases: Readonly<Record<string, Case>> = {
  'installed': { node: held('active'), asked: ['patch'], is: isLeft() },
  'failed to install': { node: held('deploy failed'), asked: ['patch'], is: isLeft() },
  'failed to be wiped': { node: held('error'), asked: ['patch'], is: isLeft() },
  'reserved and never installed': { node: held('available'), asked: ['patch'], is: { instance_uuid: null, extra: { theirs: 1 } } },
  'marked': { node: held('active', { maintenance: true, maintenance_reason: 'rackbench: x (rackbench run r)' }), asked: ['patch'], is: { ...isLeft(), maintenance: true } },
  'under maintenance since': { node: held('active', { maintenance: true, maintenance_reason: 'ticket 42' }), asked: ['patch'], is: { ...isLeft(), maintenance_reason: 'ticket 42' } },
  'installed though it had a mark': { node: held('active', {}, { mark: 'rackbench: x (rackbench run old)' }), asked: ['maintenance', 'patch'], is: { ...isLeft(), maintenance: true, maintenance_reason: 'rackbench: x (rackbench run old)' } },
  'under maintenance since, though it had a mark': { node: held('active', { maintenance: true, maintenance_reason: 'ticket 42' }, { mark: 'rackbench: x' }), asked: ['patch'], is: { ...isLeft({ mark: 'rackbench: x' }), maintenance_reason: 'ticket 42' } },
  'installed without a reservation': { node: held('active', { instance_uuid: null }, { instance_uuid: null }), policy: { reserve: false }, asked: ['patch'], is: isLeft() },
  'installed for an instance that others have set': { node: held('active'), policy: { reserve: false }, ...untouched },
  'still under way': { node: held('deploying'), ...untouched },
  'wiped': { node: { provision_state: 'available' }, ...untouched },
  'of somebody': { node: { provision_state: 'active', instance_uuid: theirs }, ...untouched },
  'of somebody, with a note that is past': { node: held('active', { instance_uuid: theirs }), ...untouched },
  'of another run': { node: held('active', {}, { run: 'old' }), ...untouched },
  'left already': { node: { ...held('active'), ...(isLeft({ left: { at: 'x', since: 'then' } }) as Partial<IronicNode>) }, ...untouched },
}

test.for(Object.entries(cases))('release lets go of what is this run\'s and at rest, where the node is: %s', async ([, { node, policy, asked, is }]) => {
  const site = ironicSite()
  site.ironic.add('n1', node)
  const before = structuredClone(site.ironic.nodes.get('n1'))
  expect([await site.release('n1', { policy }), site.asked('n1'), site.ironic.nodes.get('n1')]).toEqual(['let go', asked, { ...before, ...is }])
})

test('a node that is still under way stays reserved, and the log says what sets it free', async () => {
  const site = ironicSite()
  site.ironic.add('n1', held('deploying'))
  await site.release('n1')
  expect(site.said).toEqual([`ironic: it is in state "deploying", so it stays reserved for this run; ${waysOut}`])
})

test('an install that may be on its way is waited for: what it begins is not left', async () => {
  const site = ironicSite()
  site.ironic.add('n1', {}, { deploy: { takes: 500 } })
  const api = site.ironic.client((call) => (call === 'order' ? 'late' : 'arrives'))
  await site.install('n1', { api })
  const more = { inDoubt: { os: 'debian-12', idempotencyKey: 'r/n1/install/1' } }
  expect([await site.release('n1', { more }), site.asked('n1')]).toEqual(['let go', ['patch', 'active']])
  await site.clock.advance(1000)
  expect([await site.release('n1', { more }), noteOf(site.ironic.nodes.get('n1')!)?.left !== undefined]).toEqual(['let go', true])
})

/** A node that run `r` has installed and left. */
async function leftNode(): Promise<IronicSite> {
  const site = ironicSite()
  site.ironic.add('n1')
  expect([await site.install('n1'), await site.release('n1')]).toEqual(['installed', 'let go'])
  return site
}

test('the run that has left a node still owns it: it wipes it, marks it, and installs it anew, as long as nobody else has taken it', async () => {
  for (const act of ['destroy', 'mark', 'install'] as const) {
    const site = await leftNode()
    const end = act === 'mark' ? site.mark('n1', 'check: too slow') : site[act]('n1', { key: `r/n1/${act}/2` })
    expect(await end).toBe({ destroy: 'wiped', mark: 'marked', install: 'installed' }[act])
    if (act === 'install') expect([site.ironic.nodes.get('n1')?.instance_uuid, noteOf(site.ironic.nodes.get('n1')!)]).toEqual([ours, expect.not.objectContaining({ left: expect.anything() as unknown })])
    if (act === 'destroy') expect(site.ironic.nodes.get('n1')).toMatchObject({ provision_state: 'available', instance_uuid: null, extra: {} })
  }
})

test('a run that has left a node neither wipes nor marks it once another has taken it, or has left it in its turn', async () => {
  const site = await leftNode()
  expect(await site.install('n1', { key: 'r2/n1/install/1' })).toBe('installed')
  const notOurs = 'ServerNotOursError: node n1 is in use by rackbench run r2'
  expect([await site.destroy('n1'), await site.mark('n1', 'x'), await site.release('n1', { key: 'r/n1/release/2' })]).toEqual([notOurs, notOurs, 'let go'])
  expect([site.ironic.nodes.get('n1')?.instance_uuid, await site.release('n1', { key: 'r2/n1/release/1' })]).toEqual([instanceUuid('r2', 'n1'), 'let go'])
  expect([await site.destroy('n1'), await site.mark('n1', 'x')]).toEqual([notOurs, notOurs])
})

test('a node that is marked, left, and handed back as it is can be taken by the next run', async () => {
  const site = await leftNode()
  await site.mark('n1', 'check: too slow')
  expect(await site.install('n1', { key: 'r2/n1/install/1' })).toContain('is marked as broken')
  expect([await site.clearMark('n1', { asIs: true }), await site.install('n1', { key: 'r2/n1/install/1' })]).toEqual(['cleared', 'installed'])
})

const fates = fc.array(fc.constantFrom<Fate>('arrives', 'arrives', 'arrives', 'request lost', 'answer lost', 'busy'), { maxLength: 8 })
const delay = fc.integer({ min: 0, max: 12 })
const runs = fc.array(fc.record({ fates, delay }), { minLength: 2, maxLength: 3 })

test('of several runs that want one left node exactly one has it, whatever gets lost, and also while its old run wipes it', async () => {
  await fc.assert(fc.asyncProperty(runs, fc.option(delay, { nil: undefined }), async (wanting, wipedAfter) => {
    const site = await leftNode()
    const persistently = async (step: () => Promise<string>): Promise<string> => {
      for (let tries = 0; ; tries++) {
        const end = await step()
        if (!end.startsWith('ProvisionerUnavailableError') || tries > 20) return end
      }
    }
    const later = (ms: number): Promise<void> => new Promise((resolve) => void site.clock.after(ms, resolve))
    const installs = wanting.map(async ({ fates: given, delay: ms }, index) => {
      const lost = [...given]
      const api = site.ironic.client(() => lost.shift() ?? 'arrives')
      await later(ms)
      return persistently(() => site.install('n1', { api, key: `r${index + 2}/n1/install/1` }))
    })
    const wipe = wipedAfter === undefined ? Promise.resolve('not wiped') : later(wipedAfter).then(() => persistently(() => site.destroy('n1')))
    const [wiped, ...ends] = await site.run(Promise.all([wipe, ...installs]))
    await site.run(site.ironic.quiet())
    const winners = ends.flatMap((end, index) => (end === 'installed' ? [`r${index + 2}`] : []))
    expect(ends.filter((end) => end !== 'installed' && !end.startsWith('ServerNotOursError'))).toEqual([])
    // Whoever comes while it is wiped may find it away, but nobody has it besides.
    expect(winners.length).toBeLessThanOrEqual(1)
    if (wiped === 'not wiped') expect(winners).toHaveLength(1)
    const node = site.ironic.nodes.get('n1')!
    if (winners.length === 1) expect([node.provision_state, node.instance_uuid]).toEqual(['active', instanceUuid(winners[0]!, 'n1')])
  }), { numRuns: 300 })
}, 60_000)
