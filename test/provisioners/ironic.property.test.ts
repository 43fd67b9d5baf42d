import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { IronicNode } from '../../src/clients/ironic-api.ts'
import { instanceUuid } from '../../src/provisioners/ironic-claim.ts'
import type { Fate, Script } from '../fixtures/fake-ironic.ts'
import type { IronicSite } from '../fixtures/ironic-site.ts'
import { ironicSite } from '../fixtures/ironic-site.ts'

const ours = instanceUuid('r', 'n1')
const theirs = '11111111-1111-4111-8111-111111111111'
const states = ['enroll', 'manageable', 'available', 'active', 'deploy failed', 'clean failed', 'error'] as const
const fates = ['arrives', 'arrives', 'request lost', 'answer lost', 'late', 'busy'] as const satisfies readonly Fate[]

const note = (run: string, instance_uuid: string): Partial<IronicNode> => ({ instance_uuid, extra: { rackbench: { run, key: `${run}/n1/install/0`, instance_uuid, since: 'before' } } })
const leftBy = (run: string): Partial<IronicNode> => ({ provision_updated_at: 'then', extra: { rackbench: { run, key: `${run}/n1/install/0`, instance_uuid: null, since: 'before', left: { at: 'then', since: 'then' } } } })
const ownedBy = fc.constantFrom<Partial<IronicNode>>({}, note('r', ours), note('old', theirs), leftBy('old'), leftBy('r'), { instance_uuid: theirs })
const maintained = fc.constantFrom<Partial<IronicNode>>(
  {}, {}, { maintenance: true, maintenance_reason: 'ticket 42' }, { maintenance: true, maintenance_reason: 'rackbench: x (rackbench run old)' },
  { maintenance: true, maintenance_reason: 'boom', last_error: 'boom', fault: 'clean failure' }, { retired: true },
)
const scripts = fc.record({
  deploy: fc.record({ takes: fc.constantFrom(1, 20), fails: fc.constantFrom('PXE boot timed out', "can't be resumed by conductor"), times: fc.constantFrom(0, 0, 1, Infinity) }),
  clean: fc.record({ takes: fc.constantFrom(1, 20), fails: fc.constant('erase failed'), times: fc.constantFrom(0, 0, 1), maintains: fc.boolean() }),
})
const worlds = fc.record({
  node: fc.tuple(fc.constantFrom(...states), ownedBy, maintained).map(([provision_state, owner, why]): Partial<IronicNode> => ({ provision_state, ...owner, ...why })),
  script: scripts,
  fates: fc.array(fc.constantFrom(...fates), { maxLength: 12 }),
})

/** A step as a run carries it out: again under its key while the provisioner is unavailable. */
async function persistently(step: () => Promise<string>): Promise<string> {
  for (let tries = 0; ; tries++) {
    const end = await step()
    if (!end.startsWith('ProvisionerUnavailableError') || tries > 30) return end
  }
}

function worldOf({ node, script, fates: given }: { readonly node: Partial<IronicNode>; readonly script: Script; readonly fates: readonly Fate[] }): { readonly site: IronicSite; readonly api: ReturnType<IronicSite['ironic']['client']> } {
  const site = ironicSite()
  site.ironic.add('n1', structuredClone(node), script)
  const left = [...given]
  return { site, api: site.ironic.client((call) => {
    const fate = left.shift() ?? 'arrives'
    return fate === 'late' && call === 'maintenance' ? 'request lost' : fate
  }) }
}

/** Nobody may touch it but its owner. */
function isForeign({ instance_uuid, maintenance_reason, retired }: Partial<IronicNode>): boolean {
  return instance_uuid === theirs || maintenance_reason === 'ticket 42' || retired === true
}

const table = /^(?:installed|(?:ServerOperationError|ServerNotOursError|ProvisionerUnavailableError): .+)$/

test('whatever state a node is in and whatever gets lost, install ends installed or in an error of the table, and leaves a foreign node alone', async () => {
  await fc.assert(fc.asyncProperty(worlds, async (world) => {
    const { site, api } = worldOf(world)
    const before = structuredClone(site.ironic.nodes.get('n1'))
    const end = await persistently(() => site.install('n1', { api }))
    await site.run(site.ironic.quiet())
    const node = site.ironic.nodes.get('n1')!
    expect(end).toMatch(table)
    if (end === 'installed') expect([node.provision_state, site.ironic.installsOf('n1') > 0]).toEqual(['active', true])
    if (isForeign(world.node)) expect([end.split(':')[0], site.asked('n1'), node.provision_state, node.extra]).toEqual(['ServerNotOursError', [], before?.provision_state, before?.extra])
  }), { numRuns: 300 })
}, 120_000)

test('whatever gets lost, a wipe after an install leaves the node clean or in an error of the table, and takes nothing of anybody else', async () => {
  await fc.assert(fc.asyncProperty(worlds, fc.option(fc.constant('check: too slow (rackbench run r)'), { nil: undefined }), async (world, markFollows) => {
    const { site, api } = worldOf(world)
    // What has a mark of ours, rackbench has done with, whichever run it was.
    const isMarkedByUs = world.node.maintenance_reason?.startsWith('rackbench: ') && world.node.extra !== undefined
    const foreign = isForeign(world.node) && !isMarkedByUs
    const before = structuredClone(site.ironic.nodes.get('n1'))
    await site.install('n1', { api })
    const more = { inDoubt: { os: 'debian-12', idempotencyKey: 'r/n1/install/1' }, ...(markFollows !== undefined && { markFollows }) }
    const end = await persistently(() => site.destroy('n1', { api, more }))
    await site.run(site.ironic.quiet())
    const node = site.ironic.nodes.get('n1')!
    expect(end).toMatch(/^(?:wiped|(?:ServerOperationError|ServerNotOursError|ProvisionerUnavailableError): .+)$/)
    if (foreign && world.node.retired !== true) expect([node.provision_state, node.instance_uuid, node.maintenance_reason]).toEqual([before?.provision_state, before?.instance_uuid, before?.maintenance_reason])
    else if (end === 'wiped') {
      expect(['available', 'manageable']).toContain(node.provision_state)
      if (markFollows === undefined) expect([node.instance_uuid, noteOf(node)]).toEqual([null, expect.not.objectContaining({ mark: expect.anything() as unknown })])
      else expect(await persistently(() => site.mark('n1', markFollows, { api, policy: { includeBroken: true } }))).toBe('marked')
    }
  }), { numRuns: 300 })
}, 120_000)

const noteOf = ({ extra }: Pick<IronicNode, 'extra'>): unknown => extra['rackbench'] ?? {}
