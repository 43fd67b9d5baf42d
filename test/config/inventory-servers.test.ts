import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Configured } from '../../src/config/configure.ts'
import { configure } from '../../src/config/configure.ts'
import type { Choice, FoundServers } from '../../src/config/inventory-servers.ts'
import { chooseServers } from '../../src/config/inventory-servers.ts'
import { IncompleteError, UsageError } from '../../src/model/problem.ts'
import type { Server, ServerId } from '../../src/model/server.ts'
import { configured, inFolder, problemsOf } from './in-folder.ts'

const server = (id: string, model = 'R640'): Server => ({ id: id as ServerId, address: `10.0.0.${id.length}`, labels: { model } })
const fleet = (count: number): Server[] => Array.from({ length: count }, (_, n) => server(String(101 + n)))
const given = <T>(label: string, value: T) => ({ label, value, folder: '/w' })

/** An inventory in which a condition, if there is one, is met by servers of one model. */
function found(servers: readonly Server[], more: Partial<FoundServers> & { readonly model?: string } = {}): FoundServers {
  const { model, ...rest } = more
  return { servers, unreadable: [], notes: [], select: (from) => from.filter(({ labels }) => model === undefined || labels['model'] === model), whyNone: (from) => (from.length === 0 ? 'the inventory is empty' : `none of ${from.length} meets it`), ...rest }
}
const all: Choice = { named: [], layer: {} }
const ids = (servers: readonly Server[]): string[] => servers.map(({ id }) => id)

function thrown(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}

describe('servers of an inventory', () => {
  test('are all taken as they are, with their addresses and labels', () => {
    expect(chooseServers(found(fleet(2), { notes: ['one was there twice'] }), all)).toEqual({ servers: fleet(2), notes: ['one was there twice'] })
  })

  test('share labels that are alike', () => {
    const { servers } = chooseServers(found(fleet(3)), all)
    expect(new Set(servers.map(({ labels }) => labels)).size).toBe(1)
  })

  test('that are named are taken in the order of their names', () => {
    expect(ids(chooseServers(found(fleet(5)), { ...all, named: ['104', '102'] as ServerId[] }).servers)).toEqual(['104', '102'])
  })

  test('that are named and not there are a mistake, each by its name', () => {
    const error = thrown(() => chooseServers(found(fleet(5)), { ...all, named: ['104', '1O2', '900'] as ServerId[] }))
    expect(error).toEqual(new UsageError(['the inventory has no servers 1O2, 900: correct what was named, or leave --inventory out']))
  })

  test('of which none is left are no run that passes', () => {
    const errors = [found([]), found(fleet(3), { model: 'X' })].map((one) => thrown(() => chooseServers(one, all)))
    expect(errors).toEqual([new IncompleteError(['no server to benchmark: the inventory is empty']), new IncompleteError(['no server to benchmark: none of 3 meets it'])])
    expect((errors[0] as IncompleteError).exitCode).toBe(3)
  })

  test('are those that did not pass earlier; one that is gone is told', () => {
    const earlier = new Map([['101', 'passed'], ['102', 'not passed'], ['103', 'not passed'], ['900', 'not passed']] as [ServerId, 'passed' | 'not passed'][])
    expect(chooseServers(found(fleet(5)), { ...all, earlier, layer: { 'failed-in': given('--failed-in', 'r.json') } })).toEqual({
      servers: [server('102'), server('103')],
      notes: ['1 server that did not pass in r.json left out, which the inventory does not give: 900'],
    })
  })

  test('are limited after they are sampled, and both are told', () => {
    const { servers, notes } = chooseServers(found(fleet(100)), { ...all, layer: { sample: given('--sample', { percent: 10 }), limit: given('--limit', 4) } }, () => 'luck')
    expect(servers).toHaveLength(4)
    expect(notes).toEqual(['--sample 10%: 10 of 100 servers by chance; --sample-seed "luck" takes the same again', '--limit 4: the first 4 of 10 servers'])
  })

  test('are, all shards of a build together, what would be chosen without', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }), (count, of, percent, limit) => {
        const layer = { sample: given('--sample', { percent }), limit: given('--limit', limit) }
        const buildTag = 'jenkins-night-7'
        const whole = chooseServers(found(fleet(count)), { ...all, layer: { ...layer, 'sample-seed': given('--sample-seed', buildTag) } }).servers
        const parts = Array.from({ length: of }, (_, n) => {
          const part = thrown(() => chooseServers(found(fleet(count)), { ...all, buildTag, layer: { ...layer, shard: given('--shard', { index: n + 1, of }) } }).servers)
          return part instanceof UsageError ? [] : (part as readonly Server[])
        })
        expect(ids(parts.flat()).toSorted()).toEqual(ids(whole).toSorted())
      }),
    )
  })
})

describe('what could not be read', () => {
  const unreadable = [{ id: '201', problem: 'HTTP 500' }, { id: '2 0 2', problem: 'no server ID' }]

  test('is missing from the run, and the plan says so', () => {
    expect(chooseServers(found(fleet(1), { unreadable }), all)).toEqual({
      servers: fleet(1),
      unreadable: { count: 2, first: ['201: HTTP 500', '2 0 2: no server ID'] },
      notes: ['2 servers of the inventory could not be read, and will not be benchmarked: 201, 2 0 2'],
    })
  })

  test('is only told where that is well', () => {
    const chosen = chooseServers(found(fleet(1), { unreadable }), { ...all, layer: { 'allow-partial': given('--allow-partial', true) } })
    expect(chosen).toEqual({ servers: fleet(1), notes: ['2 servers of the inventory could not be read, and will not be benchmarked: 201, 2 0 2'] })
  })

  test('is not wanted if others are named, if it passed earlier, or if it is in another shard', () => {
    const named = chooseServers(found(fleet(2), { unreadable }), { ...all, named: ['101'] as ServerId[] })
    const earlier = new Map([['101', 'not passed'], ['201', 'passed']] as [ServerId, 'passed' | 'not passed'][])
    const unpassed = chooseServers(found(fleet(2), { unreadable }), { ...all, earlier, layer: { 'failed-in': given('--failed-in', 'r') } })
    expect([named.unreadable, unpassed.unreadable]).toEqual([undefined, undefined])
    const shards = [1, 2, 3].map((index) => chooseServers(found(fleet(90), { unreadable }), { ...all, layer: { shard: given('--shard', { index, of: 3 }) } }).unreadable?.count ?? 0)
    expect(shards.reduce((sum, count) => sum + count)).toBe(2)
  })

  test('is told if it is all that was named, and is no mistake', () => {
    expect(thrown(() => chooseServers(found(fleet(2), { unreadable }), { ...all, named: ['201'] as ServerId[] }))).toEqual(new IncompleteError(['no server to benchmark: the inventory could not tell of 201 (HTTP 500)']))
  })

  test('is told by the first ten, however many there are', () => {
    const many = Array.from({ length: 5000 }, (_, n) => ({ id: `x${n}`, problem: 'p'.repeat(5000) }))
    const { unreadable: told } = chooseServers(found(fleet(1), { unreadable: many }), all)
    expect([told?.count, told?.first.length, told?.first[0]?.length]).toEqual([5000, 10, 300])
  })
})

describe('the command line', () => {
  const file = 'rackbench.config.yaml'
  const files = { [file]: 'inventory: ./fleet.csv\nservers: [1-3]', 'fleet.csv': 'id\n101\n' }
  const simulated = { provisioner: 'simulated' }

  async function asking(flags: Record<string, string | boolean>, servers: readonly string[] = []): Promise<{ made: Configured; asked: unknown[] }> {
    const asked: unknown[] = []
    const made = await inFolder(files, (cwd) =>
      configure({
        servers, flags: { ...simulated, ...flags }, env: {}, cwd, readStdin: async () => '',
        readInventory: async (what) => {
          asked.push({ ...what, inventory: what.inventory.type })
          return found(fleet(3))
        },
      }),
    )
    return { made, asked }
  }

  test('asks the inventory with its conditions, and the plan has what it gave', async () => {
    const { made, asked } = await asking({ inventory: true, where: 'model=R6*\nrack!~^B', 'max-age': '1h', 'stale-ok': true })
    expect(asked).toEqual([{ inventory: 'file', provisioner: { type: 'simulated', settings: {} }, conditions: [{ key: 'model', is: '=', pattern: 'R6*' }, { key: 'rack', is: '!~', pattern: '^B' }], maxAgeMs: 3_600_000, staleOk: true }])
    expect(made.plan.servers).toEqual(fleet(3))
    expect(made.plan.flags).toEqual(['--provisioner=simulated', '--inventory'])
    expect(made.notes).toEqual([`${file}: servers not looked at: --inventory says which servers there are`])
  })

  test('asks nothing of an inventory that it does not name', async () => {
    const { made, asked } = await asking({})
    expect([asked, ids(made.plan.servers)]).toEqual([[], ['1', '2', '3']])
  })

  test('cannot ask an inventory that it does not name, or that is not there', async () => {
    expect(await problemsOf({ flags: { where: 'model=R640', limit: '3', sample: '10%', 'allow-partial': true } })).toEqual(['--where', '--sample', '--limit', '--allow-partial'].map((flag) => `${flag}: is asked of an inventory: add --inventory`))
    expect(await problemsOf({ flags: { inventory: true }, servers: [] })).toEqual(['--inventory: there is no inventory: write one into rackbench.config.yaml, such as inventory: ./fleet.csv'])
  })

  test('tells what is wrong with what it asks, all at once and before the inventory is read', async () => {
    expect(await problemsOf({ files, flags: { inventory: true, where: 'model', limit: '0', sample: '0%', 'max-age': '5' }, readInventory: () => Promise.reject(new Error('it is read')) })).toEqual([
      '--where: expected label=value, label!=value, label~pattern or label!~pattern, such as model=R640, got "model"',
      '--sample: expected a number of servers, or a share of them above 0% to 100%, like 10%, got "0%"',
      '--limit: expected a whole number of at least 1, got "0"',
      '--max-age: expected a duration (write 90s, 45m or 2h), got "5"',
    ])
  })

  test('cannot leave the sample of a shard to chance', async () => {
    const flags = { inventory: true, sample: '10%', shard: '1/2' }
    expect(await problemsOf({ files, flags })).toEqual(['--sample with --shard: each part must be of the same sample: give --sample-seed, the same text to each (or set BUILD_TAG, as Jenkins does)'])
    const readInventory = async (): Promise<FoundServers> => found(fleet(30))
    const build = await configured({ files, flags: { ...flags, ...simulated }, servers: [], env: { BUILD_TAG: 'jenkins-a-1' }, readInventory })
    expect(build.notes).toContain('--sample 10%: 3 of 30 servers by chance; --sample-seed "jenkins-a-1" takes the same again')
  })
})
