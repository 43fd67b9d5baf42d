import { once } from 'node:events'
import { chmod } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import type { Place } from '../fixtures/cli.ts'
import { eventsOf, test } from '../fixtures/cli.ts'

interface Told {
  readonly run: { readonly exitCode: number; readonly problems: readonly string[] }
  readonly servers: readonly { readonly id: string; readonly status: string; readonly labels?: object }[]
}
const resultsOf = async (place: Place): Promise<Told> => JSON.parse(await place.read('rackbench-out/results.json')) as Told
const idsOf = async (place: Place): Promise<string[]> => (await resultsOf(place)).servers.map(({ id }) => id)

const fleet = 'id,address,model,rack\n101,10.0.0.1,R640,A1\n102,10.0.0.2,R640,B1\n103,10.0.0.3,R740,A1\n'
const quick = 'simulation: { defaults: { install: { takes: 1ms }, benchmark: { takes: 1ms, score: 80 }, destroy: { takes: 1ms } } }\n'
const quiet = ['--progress', 'none']

async function simulated(place: Place, more = 'inventory: ./fleet.csv\n'): Promise<void> {
  await place.write('rackbench.config.yaml', `provisioner: simulated\n${quick}${more}`)
  await place.write('fleet.csv', fleet)
}

/** A service that lists servers; what it answers about one of them is up to the test. */
async function service(detailsOf: (id: string) => object | undefined, ids: readonly string[]) {
  const server = createServer(({ url = '' }, response) => {
    const id = /^\/servers\/(.+)$/.exec(url)?.[1]
    const content = id === undefined ? ids : detailsOf(id)
    response.writeHead(content === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(content ?? {}))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    config: `inventory: { type: http, list: "${url}/servers", item: "${url}/servers/{id}", address: /ip, labels: { model: /model }, retries: 0 }\n`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

describe('run --inventory', () => {
  test('takes the servers of the inventory, in its order, with their labels and addresses', async ({ place }) => {
    await simulated(place, 'inventory: ./fleet.csv\nservers: [1-9]\nthresholds:\n  - { metric: score, min: 50 }\n  - { metric: score, min: 90, where: { model: R740 } }\n')
    const { code } = await place.run(['run', '--inventory', ...quiet])
    const { servers } = await resultsOf(place)
    expect([code, servers.map(({ id, status, labels }) => ({ id, status, labels }))]).toEqual([
      1,
      [
        { id: '101', status: 'passed', labels: { model: 'R640', rack: 'A1', os: 'debian-12' } },
        { id: '102', status: 'passed', labels: { model: 'R640', rack: 'B1', os: 'debian-12' } },
        { id: '103', status: 'failed', labels: { model: 'R740', rack: 'A1', os: 'debian-12' } },
      ],
    ])
    const [started] = await eventsOf(join(place.folder, 'rackbench-out'))
    expect(started).toMatchObject({ plan: { servers: [{ id: '101', address: '10.0.0.1' }, { id: '102', address: '10.0.0.2' }, { id: '103', address: '10.0.0.3' }], flags: ['--inventory'] } })
    // What failed is told how to run again, and comes from the inventory then, too.
    const again = await place.run(['run', '--inventory', '--failed-in', 'rackbench-out/results.json', '--threshold', '50', '--out', 'again', ...quiet])
    expect([again.code, JSON.parse(await place.read('again/results.json')).servers.map(({ id }: { id: string }) => id)]).toEqual([0, ['103']])
  })

  test('narrows by names, conditions, chance and number', async ({ place }) => {
    await simulated(place)
    const taken = async (...args: string[]): Promise<unknown> => [(await place.run(['run', '--inventory', ...args, ...quiet])).code, await idsOf(place)]
    expect(await taken('--where', 'model=R640', '--where', 'rack~^A')).toEqual([0, ['101']])
    expect(await taken('103', '101')).toEqual([0, ['103', '101']])
    expect(await taken('--limit', '2')).toEqual([0, ['101', '102']])
    const [, sampled] = (await taken('--sample', '50%', '--sample-seed', 'x')) as [number, string[]]
    expect([sampled.length, await taken('--sample', '2', '--sample-seed', 'x')]).toEqual([2, [0, sampled]])
  })

  test('shows what it would take, and touches nothing', async ({ place }) => {
    await simulated(place)
    const before = await place.files()
    const { code, stdout } = await place.run(['run', '--inventory', '--where', 'model=R640', '--dry-run', '--gate-open', '22', '--gate-closed', '443'])
    expect([code, stdout.split('\n').filter((line) => /^(?:servers|gate)/.test(line))]).toEqual([
      0,
      ['servers      2: 101 (10.0.0.1) 102 (10.0.0.2)', 'gate         begins only servers whose port 22 answers, port 443 is refused, each told within 3s'],
    ])
    expect(await place.files()).toEqual(before)
  })

  test('gives scripts the address and the labels of each server', async ({ place }) => {
    await place.write('fleet.csv', fleet)
    await place.write('do.sh', '#!/bin/sh\necho "$1 $2 $3 $RACKBENCH_LABEL_MODEL" >> calls\necho 80\n')
    await chmod(join(place.folder, 'do.sh'), 0o755)
    const step = (name: string): string => `${name}: [./do.sh, ${name}, "{id}", "{address}"]`
    await place.write('rackbench.config.yaml', `inventory: ./fleet.csv\nprovisioner: { type: command, ${['install', 'benchmark', 'destroy', 'markAsBroken'].map(step).join(', ')} }\n`)
    const { code } = await place.run(['run', '--inventory', '--limit', '1', ...quiet])
    expect([code, await place.read('calls')]).toEqual([0, 'install 101 10.0.0.1 R640\nbenchmark 101 10.0.0.1 R640\ndestroy 101 10.0.0.1 R640\n'])
  })

  test('goes on from its journal when it is resumed, and asks the inventory no more', async ({ place }) => {
    await simulated(place, 'inventory: ./fleet.csv\n')
    expect((await place.run(['run', '--inventory', '--sample', '2', ...quiet])).code).toBe(0)
    const before = await idsOf(place)
    await place.write('fleet.csv', 'id\n900\n')
    expect([(await place.run(['resume', 'rackbench-out', ...quiet])).code, await idsOf(place)]).toEqual([0, before])
  })
})

describe('nothing is touched, and no run passes,', () => {
  test('if the inventory is empty, away, or has nothing of what is asked for', async ({ place }) => {
    await simulated(place)
    expect((await place.run(['run', '--inventory', '--limit', '1', ...quiet])).code).toBe(0)
    await place.write('empty.csv', 'id,model\n')
    await place.write('empty.yaml', `provisioner: simulated\n${quick}inventory: ./empty.csv\n`)
    await place.write('away.yaml', `provisioner: simulated\n${quick}inventory: { type: http, list: "http://127.0.0.1:1/servers", retries: 0 }\n`)
    const before = await place.files()
    const ends = await Promise.all([
      place.run(['run', '--inventory', '--config', 'empty.yaml', ...quiet]),
      place.run(['run', '--inventory', '--config', 'away.yaml', ...quiet]),
      place.run(['run', '--inventory', '--where', 'model=R840', ...quiet]),
      place.run(['run', '--inventory', '101-104', ...quiet]),
      place.run(['run', '101', '--where', 'model=R640', ...quiet]),
    ])
    expect(ends.map(({ code }) => code)).toEqual([3, 3, 3, 2, 2])
    expect(ends[1]!.stderr).toMatch(/^rackbench: the inventory .*ECONNREFUSED.*; no server was touched\n$/)
    expect(ends[2]!.stderr).toBe('rackbench: no server to benchmark: --where model=R840: none of 3 servers of the inventory meets it; there is model=R640, R740\n')
    expect(ends[3]!.stderr).toBe('rackbench: the inventory has no server 104: correct what was named, or leave --inventory out\n')
    expect(await place.files()).toEqual(before)
  })

  test('if a signal comes while the inventory is read', async ({ place }) => {
    let isAsked = (): void => {}
    const asked = new Promise<void>((resolve) => (isAsked = resolve))
    const silent = createServer(() => isAsked())
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    await place.write('rackbench.config.yaml', `provisioner: simulated\n${quick}inventory: { type: http, list: "http://127.0.0.1:${(silent.address() as AddressInfo).port}/" }\n`)
    const running = place.start(['run', '--inventory', ...quiet])
    await asked
    running.signal('SIGTERM')
    const { code, stderr } = await running.ended
    silent.closeAllConnections()
    silent.close()
    expect([code, stderr, Object.keys(await place.files())]).toEqual([143, 'rackbench: stopped by SIGTERM before the inventory was read: nothing has begun\n', ['rackbench.config.yaml']])
  })
})

describe('what the inventory cannot tell of', () => {
  const details = (id: string): object | undefined => (id === '102' ? undefined : { ip: `10.0.0.${id}`, model: 'R640' })

  test('is a problem of the run, which benchmarks the others and ends with 3; or it is well', async ({ place }) => {
    await using inventory = await service(details, ['101', '102', '103'])
    await place.write('rackbench.config.yaml', `provisioner: simulated\n${quick}${inventory.config}`)
    const partial = await place.run(['run', '--inventory', ...quiet])
    const { run, servers } = await resultsOf(place)
    expect([partial.code, run.exitCode, servers.map(({ id, status }) => `${id} ${status}`)]).toEqual([3, 3, ['101 passed', '103 passed']])
    expect(run.problems).toEqual([expect.stringMatching(/^1 server was not benchmarked, since the inventory could not tell of it: 102: .*404/)])
    expect((await eventsOf(join(place.folder, 'rackbench-out'))).at(-1)).toMatchObject({ type: 'run.finished', exitCode: 3, problems: run.problems })
    expect(partial.stdout).toContain(run.problems[0])

    const allowed = await place.run(['run', '--inventory', '--allow-partial', ...quiet])
    expect([allowed.code, (await resultsOf(place)).run.problems]).toEqual([0, []])
    expect(allowed.stdout).toContain('1 server of the inventory could not be read, and will not be benchmarked: 102')
  })
})
