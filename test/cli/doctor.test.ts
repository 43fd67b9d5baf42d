import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import type { Finding } from '../../src/cli/doctor/finding.ts'
import type { Place } from '../fixtures/cli.ts'
import { eventsOf, test, until } from '../fixtures/cli.ts'
import { httpRack, token } from '../fixtures/http-rack.ts'

interface Examined {
  readonly code: number | null
  readonly found: readonly Finding[]
}

/** What is found where not all is well. */
const troubles = (found: readonly Finding[]): string[] => found.filter(({ status }) => status !== 'ok').map(({ status, what, finding }) => `${status} ${what}: ${finding}`)
const said = (found: readonly Finding[], what: string): string[] => found.filter((one) => one.what === what).map(({ status, finding }) => `${status} ${finding}`)

/** Examines, and expects that nothing is left behind. */
async function examine(place: Place, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Examined> {
  const before = await place.files()
  const { code, stdout, stderr } = await place.run(['doctor', '--format', 'json', ...args], { env })
  expect([stderr, await place.files()]).toEqual(['', before])
  return { code, found: JSON.parse(stdout.replaceAll(place.folder, '<cwd>')) as Finding[] }
}

describe.concurrent('rackbench doctor', () => {
  test('finds all in order where it is, in text and in JSON', async ({ place }) => {
    await place.write('rack.yaml', 'strict: true\nservers: { "101": {} }\n')
    const { code, found } = await examine(place, ['101', '--simulation', 'rack.yaml', '-p', 'simulated'])
    expect([code, troubles(found)]).toEqual([0, []])
    expect(found.map(({ what }) => what)).toEqual(['rackbench', 'node', 'system', 'configuration', 'provisioner', 'clock', 'descriptors', 'run directory', 'jenkins'])
    const text = await place.run(['doctor'])
    expect({ ...text, stdout: text.stdout.replaceAll(/^ok .*\n/gm, '') }).toEqual({
      code: 0,
      signal: null,
      stdout: 'warn  configuration: no provisioner given: the simulated rack is used, no real machine is touched\n      nothing, if that is what you mean; otherwise say so by flags or in the configuration\n',
      stderr: '',
    })
  })

  test('tells a provisioner with the right token from one with a wrong one, and shows neither', async ({ place }) => {
    await using site = await httpRack({})
    await place.write('rackbench.config.yaml', `provisioner: { type: http, url: "${site.simulator.url}" }\n`)
    const right = await examine(place, [], { RACKBENCH_TOKEN: token })
    expect([right.code, troubles(right.found), said(right.found, 'provisioner')]).toEqual([0, [], ['ok the check of http passed']])
    expect(said(right.found, 'clock')).toEqual([expect.stringMatching(/^ok \S+Z, as http:\/\/127\.0\.0\.1:\d+ says too$/)])
    const wrong = await examine(place, [], { RACKBENCH_TOKEN: 'not-the-token' })
    expect([wrong.code, troubles(wrong.found)]).toEqual([
      3, ['fail provisioner: the check of http failed: the provisioner refuses the request: GET /servers: 401 Unauthorized "the token is missing or wrong": are the credentials right? (RequestRefusedError)'],
    ])
    expect(JSON.stringify([right, wrong])).not.toMatch(new RegExp(`${token}|not-the-token`))
    expect([site.rack.record().machines, new Set(site.exchanges.map(({ method, path }) => `${method} ${path}`))]).toEqual([[], new Set(['GET /servers'])])
  })

  test('reads the inventory, if there is one, and keeps nothing of it', async ({ place }) => {
    await place.write('fleet.csv', 'id,rack\n101,A1\n102,A2\n')
    await place.write('rackbench.config.yaml', 'inventory: { type: file, path: fleet.csv, cache: kept.jsonl }\nprovisioner: simulated\n')
    const well = await examine(place, [])
    expect([well.code, said(well.found, 'inventory')]).toEqual([0, ['ok file <cwd>/fleet.csv has 2 servers']])
    await place.write('rackbench.config.yaml', 'inventory: absent.csv\nprovisioner: simulated\n')
    const absent = await examine(place, [])
    expect([absent.code, said(absent.found, 'inventory')]).toEqual([3, [expect.stringMatching(/^fail .*absent\.csv/)]])
    await place.write('rackbench.config.yaml', 'inventory: provisioner\nprovisioner: { type: command, install: ["true"], destroy: ["true"], benchmark: ["true"], markAsBroken: ["true"] }\n')
    const unlisted = await examine(place, [])
    expect([unlisted.code, said(unlisted.found, 'inventory')]).toEqual([3, ['fail inventory: provisioner: the provisioner command cannot list its servers']])
  })

  test('tells that nobody answers where the provisioner should be', async ({ place }) => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    await place.write('rackbench.config.yaml', `provisioner: { type: http, url: "http://127.0.0.1:${port}" }\n`)
    const { code, found } = await examine(place, [])
    expect([code, said(found, 'provisioner')]).toEqual([3, [expect.stringMatching(/^fail the check of http failed: the provisioner, or the network to it, is away: .*ECONNREFUSED/)]])
  })

  test('waits for a module that hangs no longer than it is told to', async ({ place }) => {
    await place.write('mine.mjs', 'export default { install() {}, benchmark() {}, destroy() {}, markAsBroken() {}, check: () => new Promise(() => setInterval(() => {}, 1000)) }')
    const { code, found } = await examine(place, ['-p', './mine.mjs', '--answer-within', '50ms'])
    expect([code, troubles(found)]).toEqual([
      3, ['fail provisioner: the check of mine failed: the adapter or this machine is at fault, not the provisioner: it has not answered within 50ms, and did not heed its signal (DefectError)'],
    ])
  })

  test('waits for a module that is not made no longer than it is told to, and says the versions before', async ({ place }) => {
    await place.write('mine.mjs', 'setInterval(() => {}, 1000)\nexport default () => new Promise(() => {})')
    const { code, found } = await examine(place, ['-p', './mine.mjs', '--answer-within', '50ms'])
    expect([code, troubles(found), found[0]?.what]).toEqual([3, ['fail provisioner: the provisioner was not opened within 50ms'], 'rackbench'])
  })

  test('hears what a module throws outside of any call, and says none of its secrets', async ({ place }) => {
    await place.write('rackbench.config.yaml', 'provisioner: { type: ./mine.mjs, key: "${RACK_KEY}" }\n')
    await place.write('mine.mjs', `export default ({ key }) => ({
      install() {}, benchmark() {}, destroy() {}, markAsBroken() {}, close() { throw new Error('bye ' + key) },
      async check() { setImmediate(() => { throw new Error('stray ' + key) }); await new Promise((resolve) => setTimeout(resolve, 50)); throw new Error('no\\u001b[31m ' + key) },
    })`)
    const { code, found } = await examine(place, [], { RACK_KEY: 'hunter2-hunter2' })
    expect([code, troubles(found)]).toEqual([3, [
      'fail provisioner: the check of mine failed: the adapter does not say whose fault it is: no *** (ServerOperationError)',
      expect.stringMatching(/^fail provisioner: a fault outside of any step: Error: stray \*\*\*/),
      'fail provisioner: provisioner mine could not be closed: bye ***',
    ]])
  })

  test('tells every problem of a configuration', async ({ place }) => {
    await place.write('rackbench.config.yaml', 'concurency: 3\ngrace: 5\n')
    const { code, found } = await examine(place, ['--os=', '115-101'])
    expect([code, said(found, 'configuration'), said(found, 'provisioner')]).toEqual([
      3,
      ['fail --os: expected a text of one line, got ""', 'fail rackbench.config.yaml: unknown key "concurency"; did you mean concurrency?', 'fail rackbench.config.yaml: grace: expected a duration (write 90s, 45m or 2h), got 5', 'fail "115-101": the range runs backwards, from 115 to 101'],
      ['warn not looked at'],
    ])
  })

  test('tells what is wrong with a provisioner that cannot be opened', async ({ place }) => {
    await place.write('mine.mjs', 'export default { install() {} }')
    const { code, found } = await examine(place, ['-p', './mine.mjs'])
    expect([code, troubles(found)]).toEqual([3, ['fail provisioner: ./mine.mjs: lacks destroy(), markAsBroken()']])
  })

  test('tells of a run directory that cannot be written to', async ({ place }) => {
    await place.write('file', '')
    const { code, found } = await examine(place, ['-p', 'simulated', '--out', 'file/out'])
    expect([code, troubles(found)]).toEqual([3, ['fail run directory: cannot write to file/out: a part of its path is a file, not a directory']])
  })

  test('tells of a run that is live, or has died, and the ways out', async ({ place }) => {
    await place.write('rack.yaml', 'defaults: { install: { hangs: true } }\n')
    const run = place.start(['run', '101-103', '--simulation', 'rack.yaml'])
    await until(async () => (await eventsOf(join(place.folder, 'rackbench-out'))).filter(({ type }) => type === 'step.started').length === 3, run)
    const live = await place.run(['doctor', '-p', 'simulated'])
    run.signal('SIGKILL')
    await run.ended
    expect([live.code, live.stdout]).toEqual([3, expect.stringContaining(`fail  run directory: in rackbench-out a run is live, of process ${run.pid} since `)])
    const { code, found } = await examine(place, ['-p', 'simulated'])
    expect([code, found.filter(({ status }) => status === 'fail')]).toEqual([3, [{
      status: 'fail',
      what: 'run directory',
      finding: 'rackbench-out holds a run that has died, and may still hold 3 servers (101, 102, 103)',
      todo: 'go on with `rackbench resume rackbench-out`, wipe with `rackbench destroy rackbench-out`, or add --replace to give it up',
    }]])
  })

  test('looks at what Jenkins gives to a build', async ({ place }) => {
    const env = { JOB_NAME: 'rack/night', BUILD_NUMBER: '7', WORKSPACE: place.folder }
    const { code, found } = await examine(place, ['-p', 'simulated', '--out', '../elsewhere'], env)
    expect([code, said(found, 'jenkins')]).toEqual([0, ['ok build 7 of rack/night', 'warn BUILD_URL is not set', expect.stringMatching(/^warn the run directory .*elsewhere is not in the workspace <cwd>$/)]])
  })

  test('tells of few descriptors', async ({ place }) => {
    const { code, stdout } = await place.start(['doctor', '-p', 'simulated', '-c', '500'], { before: ['sh', '-c', 'ulimit -n 256; exec "$@"', 'sh'] }).ended
    expect([code, stdout]).toEqual([0, expect.stringContaining('warn  descriptors: 256 may be open; 500 servers at a time need about 628\n')])
  })

  test('takes no other options than run, and tells of bad ones of its own', async ({ place }) => {
    expect(await place.run(['doctor', '--formt', 'json'])).toMatchObject({ code: 2, stdout: '', stderr: 'rackbench: unknown option --formt; did you mean --format?\n' })
    expect(await place.run(['doctor', '--format', 'xml'])).toMatchObject({ code: 2, stdout: '', stderr: 'rackbench: --format: expected text | json, got "xml"\n' })
  })
})
