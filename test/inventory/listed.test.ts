import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readListed } from '../../src/inventory/listed.ts'
import { isServerId } from '../../src/model/server.ts'

const { signal } = new AbortController()
async function* listOf(told: Iterable<unknown>): AsyncGenerator {
  for (const one of told) yield one
}
const read = (told: Iterable<unknown>) => readListed(listOf(told), signal)

test('servers come in the order of the list, with their state as a label that does not hide one of theirs', async () => {
  const told = [
    { id: 'b', state: 'clean', address: '10.0.0.2', labels: { model: 'R640', units: 2 } },
    { id: 'a', state: 'broken', labels: { state: 'retired' } },
    { id: 'c', address: '', labels: null },
  ]
  expect(await read(told)).toEqual({
    servers: [
      { id: 'b', address: '10.0.0.2', labels: { state: 'clean', model: 'R640', units: '2' } },
      { id: 'a', labels: { state: 'retired' } },
      { id: 'c', labels: {} },
    ],
    unreadable: [],
    notes: [],
  })
})

test('what is no server is named, and what is listed twice is taken once', async () => {
  const notAnId = 'is no server ID: a letter or digit, then letters, digits, ".", "_", "-", at most 128'
  expect(await read([{ id: 'a', labels: { turn: 1 } }, { id: '../b' }, { id: 5 }, null, { id: 'a', labels: { turn: 2 } }, { id: 'x'.repeat(999) }])).toEqual({
    servers: [{ id: 'a', labels: { turn: '1' } }],
    unreadable: [{ id: '../b', problem: notAnId }, { id: '', problem: 'has no ID' }, { id: '', problem: 'has no ID' }, { id: 'x'.repeat(200), problem: notAnId }],
    notes: ['listed more than once, and taken once: a'],
  })
  const many = Array.from({ length: 12 }, (_, index) => ({ id: `n${index}` }))
  expect((await read([...many, ...many])).notes).toEqual(['listed more than once, and taken once: n0, n1, n2, n3, n4, n5, n6, n7, n8, n9 and 2 more'])
})

test('a list without an end is refused', async () => {
  function* endless(): Generator {
    for (let index = 0; ; index++) yield { id: `n${index}` }
  }
  await expect(read(endless())).rejects.toThrow('it lists more than 100000 servers')
})

test('a list that does not heed the signal is not waited for', async () => {
  const controller = new AbortController()
  async function* hangs(): AsyncGenerator {
    yield { id: 'a' }
    controller.abort(new Error('no longer'))
    await new Promise(() => {})
  }
  await expect(readListed(hangs(), controller.signal)).rejects.toThrow('no longer')
  await expect(readListed(hangs(), AbortSignal.abort(new Error('before')))).rejects.toThrow('before')
})

test('whatever is listed gives servers with texts only, each once, and fails nothing', async () => {
  const entry = fc.oneof(fc.anything(), fc.record({ id: fc.oneof(fc.constantFrom('a', 'b', '__proto__', 'A/b'), fc.string()), address: fc.anything(), labels: fc.anything(), state: fc.anything() }, { requiredKeys: [] }))
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 20 }), async (told) => {
      const { servers, unreadable, notes } = await read(told)
      const texts = servers.flatMap(({ address = '', labels }) => [address, ...Object.entries(labels).flat()])
      expect([servers.every(({ id }) => isServerId(id)), texts.every((text) => typeof text === 'string' && text.length <= 1000), new Set(servers.map(({ id }) => id)).size]).toEqual([true, true, servers.length])
      expect(servers.length + unreadable.length + (notes.length > 0 ? 1 : 0)).toBeLessThanOrEqual(told.length)
    }),
  )
})
