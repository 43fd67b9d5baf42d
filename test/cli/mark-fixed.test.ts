import { describe, expect } from 'vitest'
import { test, until } from '../fixtures/cli.ts'
import { httpRack, token } from '../fixtures/http-rack.ts'

const steps = 'install() {}, benchmark() {}, destroy() {}, markAsBroken() {}'

/** A module that keeps what it was asked for; what it refuses it refuses as a brand says, as a module with its own copy of the package would. */
const rack = `
import { appendFileSync } from 'node:fs'
const fault = (brand, message, more) => Object.assign(new Error(message), { [Symbol.for('rackbench.fault')]: brand, ...more })
const told = (line) => appendFileSync('calls.txt', line + '\\n')
let tries = 0
export default {
  ${steps},
  async destroy({ id }, { idempotencyKey }) {
    told('destroy ' + id + ' ' + idempotencyKey.replace(/^[^/]*/, '<run>'))
    if (id === '105') throw new Error('the disk cannot be erased')
  },
  async clearMark({ id, labels }, { asIs, idempotencyKey, log }) {
    told('clear ' + id + (asIs ? ' as it is ' : ' ') + idempotencyKey.replace(/^[^/]*/, '<run>'))
    log('looked at', 'debug')
    if (id === '102' && !asIs) throw fault('RequestRefusedError', 'it is installed\\u001b[31m')
    if (id === '103') throw fault('ServerNotOursError', 'somebody else has marked it: ECC errors')
    if (id === '104') throw fault('UnknownServerError', 'there is no server 104')
    if (id === '106') throw fault('ProvisionerUnavailableError', 'no answer')
    if (id === '107' && tries++ === 0) throw fault('ProvisionerUnavailableError', 'locked', { busy: true, retryAfterMs: 1 })
    if (id === '108') await new Promise(() => {})
  },
}`

describe.concurrent('rackbench mark-fixed', () => {
  const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '').toSorted()

  test('clears marks behind HTTP, and leaves alone what somebody else has in use', async ({ place }) => {
    await using site = await httpRack({ strict: true, servers: { '101': { state: 'broken' }, '102': { state: 'in-use' } } })
    await place.write('rackbench.config.yaml', `provisioner: { type: http, url: "${site.simulator.url}" }\nservers: ["101-102"]\n`)
    const { code, stdout, stderr } = await place.run(['mark-fixed', '101-103'], { env: { RACKBENCH_TOKEN: token } })
    expect({ code, stdout, stderr: lines(stderr) }).toEqual({
      code: 3,
      stdout: '101: its mark is cleared\n',
      stderr: [
        expect.stringMatching(/^rackbench: 102: its mark stays: server 102 is in use: .*\(ServerNotOursError\): leave it to whoever has it; only marks that rackbench set are cleared$/),
        expect.stringMatching(/^rackbench: 103: its mark stays: the provisioner has no server 103: .*\(UnknownServerError\): look at the ID; `rackbench servers` lists those that there are$/),
      ],
    })
    expect(site.rack.look('101' as never).state).toBe('clean')
    expect(Object.keys(await place.files())).toEqual(['rackbench.config.yaml'])
  })

  test('tells each server that it cannot clear in one line, with what to do, and goes on with the others', async ({ place }) => {
    await place.write('mine.mjs', rack)
    const { code, stdout, stderr } = await place.run(['mark-fixed', '101-104', '106-107', '-p', './mine.mjs', '--max-outage', '0s'])
    expect({ code, stdout: lines(stdout), stderr: lines(stderr) }).toEqual({
      code: 3,
      stdout: ['101: its mark is cleared'],
      stderr: [
        'rackbench: 102: its mark stays: it is installed (RequestRefusedError): if it is not clean, --wipe wipes it first, and --as-is clears the mark all the same',
        'rackbench: 103: its mark stays: somebody else has marked it: ECC errors (ServerNotOursError): leave it to whoever has it; only marks that rackbench set are cleared',
        'rackbench: 104: its mark stays: there is no server 104 (UnknownServerError): look at the ID; `rackbench servers` lists those that there are',
        'rackbench: 106: its mark stays: no answer (ProvisionerUnavailableError): see that the provisioner runs, and that this machine reaches it; then call this again',
        'rackbench: 107: its mark stays: locked (ProvisionerUnavailableError): see that the provisioner runs, and that this machine reaches it; then call this again',
      ],
    })
  })

  test('waits for a provisioner that is busy, under the same key', async ({ place }) => {
    await place.write('mine.mjs', rack)
    const { code, stdout, stderr } = await place.run(['mark-fixed', '107', '-p', './mine.mjs'])
    expect({ code, stdout, stderr: stderr.replace(/\d+(\.\d+)?m?s/, '<time>') }).toEqual({ code: 0, stdout: '107: its mark is cleared\n', stderr: 'rackbench: 107: tried again in <time>: locked\n' })
    expect(await place.read('calls.txt')).toBe('clear 107 <run>/107/mark/1\nclear 107 <run>/107/mark/1\n')
  })

  test('clears what is not clean only when it is told to', async ({ place }) => {
    await place.write('mine.mjs', rack)
    expect(await place.run(['mark-fixed', '102', '-p', './mine.mjs', '--as-is'])).toEqual({ code: 0, signal: null, stdout: '102: its mark is cleared\n', stderr: '' })
    expect(await place.read('calls.txt')).toBe('clear 102 as it is <run>/102/mark/1\n')
  })

  test('wipes first when it is told to, and keeps the mark of what cannot be wiped', async ({ place }) => {
    await place.write('mine.mjs', rack)
    expect(await place.run(['mark-fixed', '101', '105', '-p', './mine.mjs', '--wipe'])).toEqual({
      code: 3,
      signal: null,
      stdout: '101: wiped, and its mark is cleared\n',
      stderr: 'rackbench: 105: not wiped, and its mark stays: the disk cannot be erased (ServerOperationError): look at the server, then call this again\n',
    })
    expect(lines(await place.read('calls.txt'))).toEqual(['clear 101 <run>/101/mark/1', 'destroy 101 <run>/101/destroy/1', 'destroy 105 <run>/105/destroy/1'])
  })

  test('takes servers from a file, from standard input, and those that did not pass', async ({ place }) => {
    await place.write('rack.yaml', 'defaults: { install: { takes: 1ms }, benchmark: { takes: 1ms }, destroy: { takes: 1ms } }\nservers: { "107": { benchmark: { score: 1 } } }\n')
    await place.run(['run', '106-107', '--simulation', 'rack.yaml', '--progress', 'none'])
    expect(await place.run(['mark-fixed', '-p', 'simulated', '--failed-in', 'rackbench-out/results.json'])).toEqual({ code: 0, signal: null, stdout: '107: its mark is cleared\n', stderr: '' })
    await place.write('fixed.txt', '104 # new disk\n')
    expect(await place.run(['mark-fixed', '@fixed.txt', '-', '-p', 'simulated'], { stdin: '105\n' })).toMatchObject({ code: 0, stdout: '104: its mark is cleared\n105: its mark is cleared\n' })
  })

  test('ends when it is asked to, and says what is not done', async ({ place }) => {
    await place.write('mine.mjs', rack)
    const process = place.start(['mark-fixed', '108-109', '-c', '1', '--grace', '10ms', '-p', './mine.mjs'])
    await until(async () => (await place.read('calls.txt').catch(() => '')).includes('108'), process)
    process.signal('SIGTERM')
    const { code, stdout, stderr } = await process.ended
    expect({ code, stdout, stderr }).toEqual({ code: 143, stdout: '', stderr: 'rackbench: 108: its mark stays: stopped\nrackbench: 109: its mark stays: stopped\n' })
  })

  test('needs servers that are named, and a provisioner that can', async ({ place }) => {
    await place.write('rackbench.config.yaml', 'servers: ["101"]\nprovisioner: { type: ./none.mjs }\n')
    await place.write('none.mjs', `export default { ${steps} }`)
    expect(await place.run(['mark-fixed', '--wipe', '--as-is'])).toEqual({
      code: 2,
      signal: null,
      stdout: '',
      stderr:
        'rackbench: mark-fixed: which servers? Name them (101-115, node-[01-20], @file, - for standard input): those of the configuration file are not meant\n' +
        'rackbench: --wipe and --as-is: choose one of them; what was wiped is clean\n',
    })
    expect(await place.run(['mark-fixed', '101'])).toEqual({ code: 2, signal: null, stdout: '', stderr: 'rackbench: the provisioner none cannot clear marks: it has no clearMark(); clear them where they are kept\n' })
  })
})
