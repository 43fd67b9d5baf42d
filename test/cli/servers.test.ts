import { describe, expect } from 'vitest'
import { test, until } from '../fixtures/cli.ts'
import { httpRack, token } from '../fixtures/http-rack.ts'

const steps = 'install() {}, benchmark() {}, destroy() {}, markAsBroken() {}'
const rack = 'strict: true\nservers:\n  "101": {}\n  "107": { state: broken, address: 10.0.0.7, labels: { model: r640 } }\n'

describe.concurrent('rackbench servers', () => {
  test('lists what a simulation file names', async ({ place }) => {
    await place.write('rack.yaml', rack)
    const list = async (...args: string[]): Promise<unknown> => place.run(['servers', '-p', 'simulated', '--simulation', 'rack.yaml', ...args])
    expect(await list()).toEqual({ code: 0, signal: null, stdout: 'ID   STATE   ADDRESS   LABELS\n101  clean\n107  broken  10.0.0.7  model=r640\n', stderr: '' })
    expect(await list('--format', 'ids')).toMatchObject({ code: 0, stdout: '101\n107\n' })
    expect(await list('--format', 'ndjson')).toMatchObject({ stdout: '{"id":"101","state":"clean","labels":{}}\n{"id":"107","state":"broken","address":"10.0.0.7","labels":{"model":"r640"}}\n' })
  })

  test('says that every server exists where none is named', async ({ place }) => {
    expect(await place.run(['servers', '-p', 'simulated', '--format', 'json'])).toEqual({ code: 0, signal: null, stdout: '[]\n', stderr: 'rackbench: every server exists in this rack: there is nothing to list\n' })
  })

  test('gives IDs that run takes', async ({ place }) => {
    await place.write('rack.yaml', rack)
    const { stdout } = await place.run(['servers', '-p', 'simulated', '--simulation', 'rack.yaml', '--format', 'ids'])
    expect(await place.run(['run', '-', '--simulation', 'rack.yaml', '--dry-run'], { stdin: stdout })).toMatchObject({ code: 0, stdout: expect.stringContaining('servers      2: 101 107 (10.0.0.7)\n') })
  })

  test('lists page after page of a provisioner behind HTTP, and tells whose fault it is where it cannot', async ({ place }) => {
    const names = Array.from({ length: 250 }, (_, at) => String(101 + at))
    await using site = await httpRack({ servers: Object.fromEntries(names.map((name) => [name, {}])) })
    await place.write('rackbench.config.yaml', `provisioner: { type: http, url: "${site.simulator.url}" }\n`)
    const list = async (key: string) => place.run(['servers', '--format', 'ids'], { env: { RACKBENCH_TOKEN: key } })
    const { code, stdout } = await list(token)
    expect([code, stdout.trimEnd().split('\n').toSorted()]).toEqual([0, names.toSorted()])
    const refused = await list('not-the-token')
    expect([refused.code, refused.stdout, refused.stderr]).toEqual([3, '', expect.stringMatching(/^rackbench: the servers of http could not all be listed: the provisioner refuses the request: GET \/servers: 401 .*\n$/)])
    expect(refused.stderr).not.toContain('not-the-token')
  })

  test('cannot where the provisioner cannot', async ({ place }) => {
    await place.write('rackbench.config.yaml', 'provisioner: { type: command, install: [a], benchmark: [b], destroy: [c], markAsBroken: [d] }\n')
    expect(await place.run(['servers'])).toEqual({ code: 2, signal: null, stdout: '', stderr: 'rackbench: the provisioner command cannot list its servers\n' })
  })

  test('tells oddities once, and what it shows is clean', async ({ place }) => {
    await place.write('rackbench.config.yaml', 'provisioner: { type: ./mine.mjs, key: "${RACK_KEY}" }\n')
    await place.write('mine.mjs', `export default ({ key }) => ({ ${steps}, async *list({ log }) {
      for (let at = 0; at < 30; at++) log('line \\u001b[31m' + at + ' ' + key)
      for (const id of ['a', 'b', 'a', 'a', 'b', '../x']) yield { id, state: 'clean\\u001b]0;x\\u0007', address: key, labels: {} }
    } })`)
    const { code, stdout, stderr } = await place.run(['servers', '--format', 'ndjson'], { env: { RACK_KEY: 'hunter2-hunter2' } })
    expect([code, stdout, stderr.split('\n').slice(0, 1), stderr.split('\n').slice(20)]).toEqual([
      0,
      '{"id":"a","state":"clean","address":"***","labels":{}}\n{"id":"b","state":"clean","address":"***","labels":{}}\n',
      ['rackbench: line 0 ***'],
      ['rackbench: and 10 lines more of mine', 'rackbench: 2 servers listed more than once, and shown once: a, b', 'rackbench: 1 server left out, whose name is no server ID', ''],
    ])
  })

  test('tells what came before a failure, and the failure', async ({ place }) => {
    await place.write('mine.mjs', `export default { ${steps}, async *list() { yield { id: '1', state: 'clean', labels: {} }; throw Object.assign(new Error('gone'), { code: 'ECONNRESET' }) } }`)
    expect(await place.run(['servers', '-p', './mine.mjs', '--format', 'ids'])).toMatchObject({ code: 3, stdout: '1\n', stderr: expect.stringContaining('the servers of mine could not all be listed: the provisioner, or the network to it, is away: gone (ProvisionerUnavailableError)') })
  })

  test('lists 100,000 servers as they come, and ends quietly when nobody reads on', async ({ place }) => {
    await place.write('mine.mjs', `export default { ${steps}, async *list() { for (let id = 1; ; id++) yield { id: String(id), state: 'clean', labels: {} } } }`)
    await place.write('many.mjs', `export default { ${steps}, async *list() { for (let id = 1; id <= 100000; id++) yield { id: String(id), state: 'clean', labels: {} } } }`)
    const endless = place.start(['servers', '-p', './mine.mjs', '--format', 'ids'])
    await until(() => endless.stdout().length > 1000, endless)
    endless.hangUp()
    expect(await endless.ended).toMatchObject({ code: 0, signal: null, stderr: '' })
    const all = await place.run(['servers', '-p', './many.mjs', '--format', 'ids'])
    expect([all.code, all.stdout.trimEnd().split('\n').length]).toEqual([0, 100_000])
  })
})
