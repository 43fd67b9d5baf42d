import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import type { Place } from '../fixtures/cli.ts'
import { test, until } from '../fixtures/cli.ts'

const secret = 'hunter2-hunter2'

interface Fleet extends AsyncDisposable {
  readonly url: string
  readonly asked: readonly string[]
  /** From now on it says this, or refuses with this status. */
  readonly say: (servers: readonly object[] | number) => void
}

/** A service with all servers in one list, for whoever knows the token. */
async function fleetOf(...first: readonly object[]): Promise<Fleet> {
  let said: readonly object[] | number = first
  const asked: string[] = []
  const server = createServer(({ url = '', headers: { authorization } }, response) => {
    asked.push(url)
    const status = typeof said === 'number' ? said : authorization?.startsWith('Bearer ') === true ? 200 : 401
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/servers`,
    asked,
    say: (servers) => void (said = servers),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const configuration = ({ url }: Fleet, more = ''): string => `inventory: { type: http, list: "${url}", token: "\${FLEET_TOKEN}", retries: 0${more} }\n`
const ids = async (place: Place, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) => {
  const { code, stdout, stderr } = await place.run(['inventory', '--format', 'ids', ...args], { env: { FLEET_TOKEN: secret, XDG_CACHE_HOME: join(place.folder, 'xdg'), ...env } })
  return { code, ids: stdout.split('\n').filter(Boolean), said: stderr.replaceAll(place.folder, '<folder>').replaceAll(/:\d{4,5}\b/g, ':1').replaceAll(/\b\d+s ago/g, '0s ago').split('\n').filter(Boolean) }
}

describe('what an inventory has said', () => {
  test('is kept without the secrets that a service gives back', async ({ place }) => {
    await using fleet = await fleetOf({ id: '101', labels: { asked: `Bearer ${secret}` } })
    await place.write('rackbench.config.yaml', configuration(fleet, ', labels: /labels, cache: ./kept'))
    expect((await ids(place)).ids).toEqual(['101'])
    const kept = await readFile(join(place.folder, 'kept'), 'utf8')
    expect([kept.includes(secret), kept.includes('Bearer ***')]).toEqual([false, true])
  })

  test('is taken again while it is young enough, and is not asked for; nothing is kept unless that is wanted', async ({ place }) => {
    await using fleet = await fleetOf({ id: 'a' }, { id: 'b' })
    await place.write('rackbench.config.yaml', configuration(fleet))
    expect([await ids(place), Object.keys(await place.files())]).toEqual([{ code: 0, ids: ['a', 'b'], said: [] }, ['rackbench.config.yaml']])
    await ids(place, ['--max-age', '1h'])
    fleet.say([{ id: 'c' }])
    const again = await ids(place, ['--max-age', '1h', '--where', 'id=b'], { FLEET_TOKEN: 'another-token' })
    expect([again, fleet.asked.length]).toEqual([{ code: 0, ids: ['b'], said: [expect.stringMatching(/^rackbench: the inventory was not asked: this was read 0s ago \(<folder>\/xdg\/rackbench\/inventory-[\da-f]{16}\.jsonl\)$/)] }, 2])
    expect(await ids(place, ['--max-age', '0s'])).toEqual({ code: 0, ids: ['c'], said: [] })
    expect(JSON.stringify(await place.files())).not.toContain(secret)
  })

  test('of another service, or another part of it, is not taken for this one', async ({ place }) => {
    await using fleet = await fleetOf({ id: 'a' })
    await using other = await fleetOf({ id: 'b' })
    await place.write('rackbench.config.yaml', configuration(fleet, ', cache: kept/fleet.jsonl'))
    await ids(place)
    await place.write('rackbench.config.yaml', configuration(other, ', cache: kept/fleet.jsonl'))
    expect(await ids(place, ['--max-age', '1h'])).toEqual({ code: 0, ids: ['b'], said: ['rackbench: what was kept is not used: <folder>/kept/fleet.jsonl was read with other settings'] })
  })

  test('is found again whatever becomes of the settings that only say how it is asked', async ({ place }) => {
    await using fleet = await fleetOf({ id: 'a' })
    await place.write('rackbench.config.yaml', configuration(fleet))
    await ids(place, ['--max-age', '1h'])
    fleet.say(503)
    await place.write('rackbench.config.yaml', configuration(fleet, ', concurrency: 3, requestTimeout: 5s').replace('retries: 0', 'retries: 1'))
    expect(await ids(place, ['--stale-ok'])).toEqual({ code: 0, ids: ['a'], said: [expect.stringContaining('what was read 0s ago is used instead')] })
    await place.write('rackbench.config.yaml', configuration(fleet, ', id: /name'))
    expect(await ids(place, ['--stale-ok'])).toMatchObject({ code: 3, ids: [] })
  })

  test('stands in for a service that is away, with a warning, but not for one that refuses', async ({ place }) => {
    {
      await using fleet = await fleetOf({ id: 'a' })
      await place.write('rackbench.config.yaml', configuration(fleet, ', cache: kept'))
      await ids(place)
      fleet.say(503)
      expect([await ids(place, ['--max-age', '0s', '--stale-ok'])]).toEqual([{ code: 0, ids: ['a'], said: [expect.stringMatching(/^rackbench: the inventory is away \(.*503.*\): what was read 0s ago is used instead \(<folder>\/kept\)$/)] }])
      fleet.say(403)
      expect((await ids(place, ['--stale-ok'])).code).toBe(3)
      fleet.say([])
      expect(await ids(place, ['--stale-ok'])).toMatchObject({ code: 3, ids: [] })
    }
    expect([await ids(place, ['--stale-ok']), (await ids(place)).code]).toEqual([{ code: 0, ids: ['a'], said: [expect.stringContaining('is used instead')] }, 3])
    const refused = await ids(place, ['--stale-ok'], { FLEET_TOKEN: '' })
    expect([refused.code, refused.said]).toEqual([2, ['rackbench: rackbench.config.yaml: inventory.token: the environment variable FLEET_TOKEN is not set']])
  })

  test('stands when the process that was to replace it is killed while it writes', async ({ place }) => {
    const record = (turn: number) => (_: unknown, index: number) => ({ id: `n${index}`, turn, text: 'x'.repeat(200) })
    const write = async (turn: number): Promise<void> => place.write('fleet.json', JSON.stringify(Array.from({ length: 30_000 }, record(turn))))
    await place.write('rackbench.config.yaml', 'inventory: { type: file, path: fleet.json, cache: kept/fleet.jsonl }\n')
    await write(1)
    await ids(place)
    const before = await readFile(join(place.folder, 'kept', 'fleet.jsonl'))
    await write(2)
    const isCaughtWriting = async (): Promise<boolean> => {
      const writer = place.start(['inventory', '--format', 'ids'])
      const isCaught = await until(async () => (await readdir(join(place.folder, 'kept'))).some((name) => name.endsWith('.part')), writer).catch(() => false)
      writer.signal('SIGKILL')
      await writer.ended
      return isCaught
    }
    // On a busy machine it may have written before anybody looks.
    let isCaught = false
    for (let attempt = 0; attempt < 5 && !isCaught; attempt++) isCaught = await isCaughtWriting()
    const after = await readFile(join(place.folder, 'kept', 'fleet.jsonl'), 'utf8')
    const whole = after.split('\n').slice(1, -1).map((line) => (JSON.parse(line) as { labels: { turn: string } }).labels.turn)
    expect([isCaught, whole.length, new Set(whole).size, before.equals(Buffer.from(after)) || whole[0] === '2']).toEqual([true, 30_000, 1, true])
    expect((await ids(place, ['--max-age', '1h', '--limit', '1'])).ids).toEqual(['n0'])
  })
})

describe('the servers of the provisioner', () => {
  test('are an inventory, kept for each provisioner by itself', async ({ place }) => {
    await place.write('one.yaml', 'strict: true\nservers: { "104": { address: 10.0.0.14, labels: { model: r640 } }, "107": { state: broken } }\n')
    await place.write('two.yaml', 'strict: true\nservers: { "201": {} }\n')
    const configure = (simulation: string): Promise<void> => place.write('rackbench.config.yaml', `inventory: provisioner\nprovisioner: simulated\nsimulation: ${simulation}\n`)
    await configure('one.yaml')
    const { stdout } = await place.run(['inventory', '--format', 'json'])
    expect(JSON.parse(stdout)).toEqual({ 104: { id: '104', address: '10.0.0.14', labels: { state: 'clean', model: 'r640' } }, 107: { id: '107', labels: { state: 'broken' } } })
    expect((await ids(place, ['--max-age', '1h', '--where', 'state=clean'])).ids).toEqual(['104'])
    await configure('two.yaml')
    expect(await ids(place, ['--max-age', '1h'])).toEqual({ code: 0, ids: ['201'], said: [] })
  })

  test('cannot be had of one that cannot list; its secrets are in no problem', async ({ place }) => {
    await place.write('mine.mjs', "export default ({ token }) => ({ name: `mine ${token}`, install() {}, destroy() {}, markAsBroken() {} })\n")
    await place.write('rackbench.config.yaml', 'inventory: provisioner\nprovisioner: { type: ./mine.mjs, token: "${FLEET_TOKEN}" }\n')
    expect(await ids(place)).toEqual({ code: 2, ids: [], said: ['rackbench: inventory: provisioner: the provisioner mine *** cannot list its servers'] })
  })
})
