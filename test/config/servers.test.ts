import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { configure } from '../../src/config/configure.ts'
import { UsageError } from '../../src/model/problem.ts'
import { configured, problemsOf } from './in-folder.ts'

const file = 'rackbench.config.yaml'
const noServers = 'no servers: name them (101-115, node-[01-20], @file, - for standard input), or set servers in rackbench.config.yaml'

async function selected(told: Parameters<typeof configured>[0]) {
  const { plan, notes } = await configured({ ...told, flags: { provisioner: 'simulated', ...told.flags } })
  return { ids: plan.servers.map(({ id }) => id as string), notes }
}

/** A results.json in which these servers ended like this. */
function results(statuses: Readonly<Record<string, 'passed' | 'failed' | 'skipped'>>): string {
  const ids = Object.keys(statuses)
  const of = (wanted: string) => ids.filter((id) => statuses[id] === wanted)
  return JSON.stringify({
    schemaVersion: 1,
    run: { id: 'r', startedAt: '', finishedAt: null, status: 'running', provisioner: 'simulated', os: 'o', concurrency: 1, exitCode: null, problems: [], build: {} },
    summary: { total: 0, passed: 0, failed: 0, skipped: 0, markedBroken: 0, left: { clean: 0, installed: 0, unknown: 0 } },
    passed: of('passed'),
    failed: of('failed'),
    skipped: of('skipped'),
    servers: ids.map((id) => ({
      id,
      status: statuses[id],
      worker: null,
      startedAt: null,
      durationMs: 0,
      left: 'clean',
      steps: {},
      rounds: [],
      metrics: {},
      violations: [],
      broken: { due: false, marked: false, reason: null },
    })),
  })
}

describe('servers come', () => {
  const files = { 'conf/c.yaml': 'servers: ["1-2", "@list"]', 'conf/list': '03', list: 'here' }

  test('from the file, which means its own folder, only where no argument names one', async () => {
    expect((await selected({ files, servers: [], flags: { config: 'conf/c.yaml' } })).ids).toEqual(['1', '2', '03'])
    expect((await selected({ files, servers: ['@list'], flags: { config: 'conf/c.yaml' } })).ids).toEqual(['here'])
  })

  test('from nowhere, and that is told', async () => {
    expect(await problemsOf({ servers: [] })).toEqual([noServers])
    expect(await problemsOf({ servers: [], files: { [file]: 'servers: []' } })).toEqual([noServers])
  })

  test('with their faults from the file, also where arguments win', async () => {
    expect(await problemsOf({ servers: [], files: { [file]: 'servers: "3-1"' } })).toEqual([`${file}: servers: "3-1": the range runs backwards, from 3 to 1`])
    expect(await problemsOf({ servers: ['5-4'], files: { [file]: 'servers: ["3-1"]' } })).toHaveLength(2)
  })

  test('once each, with a note', async () => {
    expect(await selected({ servers: ['1-3', '2', '3'] })).toEqual({ ids: ['1', '2', '3'], notes: ['2 duplicate IDs dropped'] })
    expect((await selected({ servers: ['1', '1'] })).notes).toEqual(['1 duplicate ID dropped'])
  })
})

describe('with --failed-in', () => {
  const files = { 'r.json': results({ a: 'passed', b: 'failed', c: 'skipped', d: 'failed' }), 'good.json': results({ a: 'passed' }) }
  const flags = { 'failed-in': 'r.json' }

  test('those that did not pass earlier are taken', async () => {
    expect(await selected({ files, flags, servers: [] })).toEqual({ ids: ['b', 'c', 'd'], notes: [] })
    expect(await selected({ files: { 'out/results.json': results({ a: 'passed', b: 'failed' }) }, flags: { 'failed-in': 'out' }, servers: [] })).toEqual({ ids: ['b'], notes: [] })
  })

  test('only those are taken that were named, too, and strangers are dropped with a note', async () => {
    expect(await selected({ files, flags, servers: ['d x a b y'] })).toEqual({ ids: ['d', 'b'], notes: ['2 servers not in r.json dropped: x, y'] })
    expect((await selected({ files: { ...files, [file]: 'servers: [c]' }, flags, servers: [] })).ids).toEqual(['c'])
  })

  test.each([
    [['x'], 'r.json', 'none of those named is in r.json'],
    [['a', 'x'], 'r.json', 'those named that are in r.json passed there'],
    [[], 'good.json', 'all servers in good.json passed'],
  ])('%j of %s leaves nobody, and that is told', async (servers, name, why) => {
    expect(await problemsOf({ files, servers, flags: { 'failed-in': name } })).toEqual([`--failed-in: no server is left: ${why}`])
  })

  test('a fault of the servers named, or of the list of the file, is not taken for an empty selection', async () => {
    expect(await problemsOf({ files, flags, servers: ['3-1'] })).toEqual(['"3-1": the range runs backwards, from 3 to 1'])
    expect(await problemsOf({ files: { [file]: 'servers: [[1]]' }, servers: [] })).toEqual([`${file}: servers: expected server IDs and ranges, got [["1"]]`])
    expect(await problemsOf({ files: { [file]: 'servers: "${S}"' }, servers: [] })).toEqual([`${file}: servers: \${S} is only replaced inside the settings of provisioner, benchmark and inventory`])
  })

  test.each([
    [undefined, 'no such file'],
    ['{"schemaVersion": 1, "run"', 'is not JSON, or is cut short'],
    ['', 'is not JSON, or is cut short'],
    ['{"schemaVersion": 2}', 'was written by a newer rackbench (schemaVersion 2; this one reads 1)'],
    ['[]', 'is not a results.json of rackbench: expected an object, got []'],
    ['{"name": "x"}', 'is not a results.json of rackbench: schemaVersion: expected 1, but it is missing'],
  ])('a file that says %j is told in one line', async (content, problem) => {
    expect(await problemsOf({ files: content === undefined ? {} : { 'f.json': content }, flags: { 'failed-in': 'f.json' } })).toEqual([`--failed-in: f.json: ${problem}`])
  })
})

describe('with --shard', () => {
  test('the shards are parts of the selection that make up the whole, each with its suite', async () => {
    const plans = await Promise.all([1, 2, 3].map((k) => configured({ servers: ['101-130'], flags: { shard: `${k}/3`, ...(k === 3 && { suite: 'nightly' }) } })))
    expect(plans.map(({ plan }) => plan.suite)).toEqual(['rackbench-1', 'rackbench-2', 'nightly-3'])
    expect(plans.flatMap(({ plan }) => plan.servers.map(({ id }) => Number(id))).sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => 101 + index))
  })

  test('one that holds nobody is told', async () => {
    const inShard = (servers: string[], shard: string) => problemsOf({ servers, flags: { shard } })
    expect(await inShard(['101'], '1/4')).toEqual(['--shard: no server is left: the only server is in other shards than 1/4'])
    expect(await inShard(['101', '102'], '1/4')).toEqual(['--shard: no server is left: all 2 servers are in other shards than 1/4'])
  })
})

test('any selection is parted by its shards', async () => {
  const id = fc.stringMatching(/^[a-z0-9][a-z0-9._]{0,20}$/)
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(id, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 5 }), async (ids, parts) => {
      const shards = await Promise.all(
        Array.from({ length: parts }, async (_, index) => {
          const configuring = configure({ servers: ids, flags: { shard: `${index + 1}/${parts}` }, env: {}, cwd: '/nowhere', readStdin: async () => '' })
          return configuring.then(({ plan }) => plan.servers.map((server) => server.id as string), (error: unknown) => {
            expect(error).toBeInstanceOf(UsageError)
            return []
          })
        }),
      )
      expect(shards.flat().sort()).toEqual([...ids].sort())
    }),
  )
})
