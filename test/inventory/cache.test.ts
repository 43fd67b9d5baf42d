import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CacheOptions } from '../../src/inventory/cache.ts'
import { withCache } from '../../src/inventory/cache.ts'
import { writeKept } from '../../src/inventory/cache-text.ts'
import { ProvisionerUnavailableError, RequestRefusedError } from '../../src/model/fault.ts'
import type { Inventory, Reading } from '../../src/model/inventory.ts'
import type { Server, ServerId } from '../../src/model/server.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

let folder = ''
let file = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rackbench-cache-'))
  file = join(folder, 'kept.jsonl')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const hour = 3_600_000
const serversOf = (...ids: readonly string[]): Server[] => ids.map((id) => ({ id: id as ServerId, labels: { model: 'R640' } }))
const reading = (servers: readonly Server[], more: Partial<Reading> = {}): Reading => ({ servers, unreadable: [], notes: [], ...more })
const away = new ProvisionerUnavailableError('ECONNREFUSED')
const isAway = (error: unknown): boolean => error instanceof ProvisionerUnavailableError

/** An inventory that says one thing after the other, behind a cache. */
function told(answers: readonly (Reading | Error)[], more: Partial<CacheOptions> = {}) {
  const clock = virtualClock()
  let asked = 0
  const inventory: Inventory = {
    name: 'fleet',
    async read() {
      const answer = answers[asked++]!
      if (answer instanceof Error) throw answer
      return answer
    },
  }
  const said: string[] = []
  const cached = withCache(inventory, { file, key: 'k', staleOk: false, clock, isAway, ...more })
  const read = async (signal: AbortSignal = new AbortController().signal): Promise<Reading | string> =>
    cached.read({ signal, log: (line) => said.push(line) }).then(({ notes, ...found }) => ({ ...found, notes: notes.map((note) => note.replaceAll(folder, '<folder>')) }), (error: Error) => `${error.name}: ${error.message}`)
  return { read, clock, asked: () => asked, said }
}

test('what was read is kept whole, for its owner only, and taken while it is young enough', async () => {
  const servers: Server[] = [{ id: 'a' as ServerId, address: '10.0.0.1', labels: { model: 'R640', odd: 'a\n\u001b\u{1f600}' } }, ...serversOf('b')]
  const { read, clock, asked } = told([reading(servers, { notes: ['listed twice: b'] }), reading(serversOf('c'))], { maxAgeMs: hour })
  expect(await read()).toEqual(reading(servers, { notes: ['listed twice: b'] }))
  await clock.advance(hour)
  expect([await read(), asked()]).toEqual([reading(servers, { notes: ['the inventory was not asked: this was read 60m ago (<folder>/kept.jsonl)', 'listed twice: b'] }), 1])
  await clock.advance(1)
  expect([await read(), asked()]).toEqual([reading(serversOf('c')), 2])
  expect([(await stat(file)).mode & 0o777, await readdir(folder)]).toEqual([0o600, ['kept.jsonl']])
})

test('without an age it is asked each time, and what it says is kept', async () => {
  const { read, asked } = told([reading(serversOf('a')), reading(serversOf('b'))])
  expect([await read(), await read(), asked()]).toEqual([reading(serversOf('a')), reading(serversOf('b')), 2])
  expect(await readFile(file, 'utf8')).toContain('"id":"b"')
})

test('where the service is away what was kept is taken however old, if that is allowed, and its age is told', async () => {
  const { read, clock, said } = told([reading(serversOf('a')), away], { staleOk: true, maxAgeMs: hour })
  await read()
  await clock.advance(72 * hour)
  expect([await read(), said]).toEqual([reading(serversOf('a'), { notes: ['the inventory is away (ECONNREFUSED): what was read 3d ago is used instead (<folder>/kept.jsonl)'] }), []])
})

describe('what was kept is not taken, and stands,', () => {
  test.each<[string, Error, Partial<CacheOptions>, string]>([
    ['if the service is away, but nothing old is wanted', away, {}, 'ProvisionerUnavailableError: ECONNREFUSED'],
    ['if our request was wrong', new RequestRefusedError('401'), { staleOk: true }, 'RequestRefusedError: 401'],
    ['if this machine is at fault', new TypeError('x'), { staleOk: true }, 'TypeError: x'],
  ])('%s', async (_, error, more, expected) => {
    await told([reading(serversOf('a'))]).read()
    const before = await readFile(file)
    expect([await told([error], more).read(), await readFile(file)]).toEqual([expected, before])
  })

  test.each<[string, Reading]>([
    ['by a reading without servers', reading([])],
    ['by one that lacks what could not be read', reading(serversOf('b'), { unreadable: [{ id: 'c', problem: '500' }] })],
  ])('%s', async (_, later) => {
    await told([reading(serversOf('a'))]).read()
    const before = await readFile(file)
    expect([await told([later]).read(), await readFile(file)]).toEqual([later, before])
  })

  test('if nobody waits any more: a stop is no outage, an answer that takes too long is', async () => {
    await told([reading(serversOf('a'))]).read()
    expect(await told([away], { staleOk: true }).read(AbortSignal.abort(new DOMException('stopped', 'AbortError')))).toBe('ProvisionerUnavailableError: ECONNREFUSED')
    expect(await told([away], { staleOk: true }).read(AbortSignal.abort(away))).toEqual(reading(serversOf('a'), { notes: [expect.stringContaining('is used instead')] }))
  })
})

const kept = (more: Partial<Parameters<typeof writeKept>[0]> = {}): string => [...writeKept({ at: virtualClock().now(), key: 'k', reading: reading(serversOf('a', 'b')), ...more })].join('')

describe('what was kept is left aside with a note, and replaced, if it', () => {
  test.each<[string, string, string]>([
    ['was cut short', kept().slice(0, -5), 'is damaged'],
    ['lacks a server', kept().replace(/\{"id":"b".*\n/, ''), 'is damaged'],
    ['has a server twice', kept().replace('"id":"b"', '"id":"a"'), 'is damaged'],
    ['has a server that is none', kept().replace('"id":"b"', '"id":"../b"'), 'is damaged'],
    ['has a label that is no text', kept().replace('"R640"', '5'), 'is damaged'],
    ['is of another version', kept().replace('"version":1', '"version":2'), 'was written by another version of rackbench'],
    ['is of other settings', kept({ key: 'another' }), 'was read with other settings'],
    ['is yet to come', kept({ at: virtualClock().now() + hour }), 'says that it was read at 2026-11-21T11:00:00.000Z, which is yet to come'],
    ['begins as it should and goes on otherwise', '{"rackbench":"inventory cache",\0\0\0', 'is damaged'],
  ])('%s', async (_, content, problem) => {
    await writeFile(file, content)
    const { read } = told([reading(serversOf('c'))], { maxAgeMs: 24 * hour, staleOk: true })
    expect([await read(), await read()]).toEqual([
      reading(serversOf('c'), { notes: [`what was kept is not used: <folder>/kept.jsonl ${problem}`] }),
      reading(serversOf('c'), { notes: [expect.stringContaining('the inventory was not asked')] }),
    ])
  })

  test('is too large', async () => {
    await writeFile(file, `${kept()}${' '.repeat(65 * 1024 * 1024)}`)
    expect(await told([reading(serversOf('c'))], { maxAgeMs: hour }).read()).toEqual(reading(serversOf('c'), { notes: ['what was kept is not used: <folder>/kept.jsonl is larger than 64 MiB'] }))
    expect((await stat(file)).size).toBeLessThan(1000)
  })
})

test('clocks of machines that differ a little do no harm', async () => {
  await writeFile(file, kept({ at: virtualClock().now() + 30_000 }))
  expect(await told([], { maxAgeMs: 0 }).read()).toEqual(reading(serversOf('a', 'b'), { notes: [expect.stringContaining('read 0s ago')] }))
})

test('where what was kept cannot be used and the service is away, both are told', async () => {
  await writeFile(file, kept({ key: 'another' }))
  const { read, said } = told([away], { staleOk: true })
  expect([await read(), said]).toEqual(['ProvisionerUnavailableError: ECONNREFUSED', [`what was kept is not used: ${file} was read with other settings`]])
})

describe('a place where nothing can be kept fails nothing:', () => {
  test("somebody's file is left as it is", async () => {
    await writeFile(file, 'id,rack\na,A1\n')
    const notes = ['what was read is not kept: <folder>/kept.jsonl is no cache of an inventory, and is left as it is: name another file']
    expect([await told([reading(serversOf('a'))]).read(), await readFile(file, 'utf8')]).toEqual([reading(serversOf('a'), { notes }), 'id,rack\na,A1\n'])
  })

  test('a directory', async () => {
    await mkdir(file)
    expect(await told([reading(serversOf('a'))], { maxAgeMs: hour }).read()).toEqual(reading(serversOf('a'), { notes: [expect.stringContaining('what was kept is not used'), expect.stringContaining('what was read is not kept')] }))
  })

  test('a folder below a file', async () => {
    await writeFile(file, '')
    expect(await told([reading(serversOf('a'))], { file: join(file, 'below', 'kept.jsonl') }).read()).toEqual(reading(serversOf('a'), { notes: ['what was read is not kept: <folder>/kept.jsonl/below/kept.jsonl cannot be written: ENOTDIR'] }))
  })

  test('more than may be kept', async () => {
    const large = Array.from({ length: 70 }, (_, index) => ({ id: `n${index}` as ServerId, labels: { long: 'x'.repeat(1024 * 1024) } }))
    const { notes } = (await told([reading(large)]).read()) as Reading
    expect([notes, await readdir(folder)]).toEqual([['what was read is not kept: <folder>/kept.jsonl cannot be written: what was read is larger than 64 MiB'], []])
  })
})

test('folders are made for their owner only; a link stays one', async () => {
  await told([reading(serversOf('a'))], { file: join(folder, 'a', 'b', 'kept.jsonl') }).read()
  expect([(await stat(join(folder, 'a', 'b'))).mode & 0o777, await readdir(join(folder, 'a', 'b'))]).toEqual([0o700, ['kept.jsonl']])
  await symlink(join(folder, 'a', 'b', 'kept.jsonl'), file)
  await told([reading(serversOf('new'))]).read()
  expect(await readFile(join(folder, 'a', 'b', 'kept.jsonl'), 'utf8')).toContain('"id":"new"')
})

test('what killed processes have left is removed once nobody can be writing it any more', async () => {
  const { read, clock } = told([reading(serversOf('a'))])
  const names = ['.kept.jsonl.0123456789ab.part', '.kept.jsonl.ba9876543210.part', '.kept.jsonl.mine.part', '.other.jsonl.0123456789ab.part']
  for (const name of names) await writeFile(join(folder, name), '{"rackbench"')
  for (const [index, name] of names.entries()) await utimes(join(folder, name), clock.now() / 1000, clock.now() / 1000 - (index === 1 ? 60 : 7200))
  await read()
  expect((await readdir(folder)).toSorted()).toEqual([...names.slice(1), 'kept.jsonl'].toSorted())
})

test('whatever is kept is given back, and of whatever a killed or careless writer left nothing is believed but what is whole', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 }).map((given) => given.toWellFormed())
  const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/).map((given) => given as ServerId)
  const server = fc.record({ id, address: text, labels: fc.dictionary(text.filter((name) => name !== '__proto__'), text, { maxKeys: 3 }) }, { requiredKeys: ['id', 'labels'] })
  const servers = fc.uniqueArray(server, { selector: (one) => one.id, minLength: 1, maxLength: 8 })
  const mischief = fc.oneof(fc.record({ cutAt: fc.nat() }), fc.record({ flippedAt: fc.nat(), by: fc.integer({ min: 1, max: 255 }) }), fc.constant({}))
  await fc.assert(
    fc.asyncProperty(servers, fc.array(text, { maxLength: 2 }), mischief, async (given, notes, harm: { cutAt?: number; flippedAt?: number; by?: number }) => {
      await rm(file, { force: true })
      const expected = JSON.parse(JSON.stringify(given)) as Server[]
      await told([reading(expected, { notes })]).read()
      const written = await readFile(file)
      if (harm.cutAt !== undefined) await writeFile(file, written.subarray(0, harm.cutAt % written.length))
      if (harm.flippedAt !== undefined) {
        written[harm.flippedAt % written.length]! ^= harm.by!
        await writeFile(file, written)
      }
      const fresh = reading(serversOf('fresh'))
      const found = (await told([fresh], { maxAgeMs: hour }).read()) as Reading
      if (harm.cutAt === undefined && harm.flippedAt === undefined) expect(found.servers).toEqual(expected)
      // A flipped bit inside of a text cannot be told; a part never passes for the whole.
      else if (found.notes.some((note) => note.includes('was not asked'))) expect([harm.cutAt, found.servers.length]).toEqual([undefined, expected.length])
      else expect(found.servers).toEqual(fresh.servers)
    }),
    { numRuns: 200 },
  )
})

test('of writers at the same time one wins, and readers meanwhile find one reading or another, never a mix', async () => {
  const generations = Array.from({ length: 12 }, (_, generation) => Array.from({ length: 500 }, (_one, index) => ({ id: `n${index}` as ServerId, labels: { generation: `${generation}` } })))
  const state = { isWritten: false }
  const writers = Promise.all(generations.map((servers) => told([reading(servers)]).read())).then((all) => {
    state.isWritten = true
    return all
  })
  const mixed: unknown[] = []
  while (!state.isWritten) {
    const found = (await told([reading(serversOf('none'), { unreadable: [{ id: 'x', problem: 'y' }] })], { maxAgeMs: hour }).read()) as Reading
    const seen = new Set(found.servers.map(({ labels: { generation } }) => generation))
    if (seen.size !== 1 || found.notes.some((note) => note.includes('not used'))) mixed.push(found)
    await setImmediate()
  }
  expect([(await writers).flatMap((found) => (found as Reading).notes), mixed, await readdir(folder)]).toEqual([[], [], ['kept.jsonl']])
})

test.skipIf(process.getuid?.() === 0)('a file that may not be read is told, and one that may not be written, too', async () => {
  await writeFile(file, kept())
  await chmod(file, 0)
  expect(await told([reading(serversOf('c'))], { maxAgeMs: hour }).read()).toEqual(reading(serversOf('c'), { notes: [expect.stringContaining('cannot be read: EACCES'), expect.stringContaining('not kept')] }))
})
