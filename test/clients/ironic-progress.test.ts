import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NodeProgress } from '../../src/clients/ironic-api.ts'
import { createProgressReader } from '../../src/clients/ironic-progress.ts'
import { ProvisionerUnavailableError, RequestRefusedError, UnknownServerError } from '../../src/model/fault.ts'
import { progress } from '../fixtures/ironic-answers.ts'

interface Asked {
  readonly ask: (ids: readonly string[]) => Promise<Record<string, string>>
  /** `page`, or the ID of a single node. */
  readonly requests: string[]
  /** What the list does from now on: it works, or throws. */
  trouble?: Error | undefined
}

function ironic(names: readonly string[], pageSize: number): Asked {
  const nodes = names.map((name) => progress(name))
  const requests: string[] = []
  const asked: Asked = {
    requests,
    async ask(ids) {
      const found = await read(ids)
      return Object.fromEntries([...found].map(([id, told]) => [id, told instanceof Error ? told.message : told.uuid]))
    },
  }
  async function* pages(): AsyncGenerator<readonly NodeProgress[]> {
    for (let from = 0; from === 0 || from < nodes.length; from += pageSize) {
      requests.push('page')
      if (asked.trouble) throw asked.trouble
      yield nodes.slice(from, from + pageSize)
    }
  }
  const one = async (id: string): Promise<NodeProgress> => {
    requests.push(id)
    const node = nodes.find(({ name, uuid }) => name === id || uuid === id)
    if (!node) throw new UnknownServerError(`no ${id}`)
    return node
  }
  const read = createProgressReader({ pages, one })
  return asked
}

test('one node is asked for by itself, several by one page of the list, by name and by UUID', async () => {
  const { ask, requests } = ironic(['a', 'b', 'c'], 10)
  expect(await ask(['b'])).toEqual({ b: 'uuid-of-b' })
  expect(await ask(['b', 'uuid-of-c'])).toEqual({ b: 'uuid-of-b', 'uuid-of-c': 'uuid-of-c' })
  expect(requests).toEqual(['b', 'page'])
})

test('a node that the list does not have is asked for by itself', async () => {
  const { ask, requests } = ironic(['a', 'b'], 10)
  expect(await ask(['a', 'gone', 'b'])).toEqual({ a: 'uuid-of-a', b: 'uuid-of-b', gone: 'no gone' })
  expect(requests).toEqual(['page', 'gone'])
})

test('once the list has proved to be longer than its use, few nodes are asked for one by one', async () => {
  const { ask, requests } = ironic(['a', 'b', 'c', 'd', 'e', 'f'], 2)
  await ask(['e', 'f'])
  expect(requests.splice(0)).toEqual(['page', 'page', 'e', 'f'])
  await ask(['e', 'f', 'a'])
  expect(requests.splice(0)).toEqual(['e', 'f', 'a'])
  await ask(['e', 'f', 'a', 'b'])
  expect(requests.splice(0)).toEqual(['page', 'page', 'page'])
})

test('of a list that is away nothing more is asked; of one that is refused, each node', async () => {
  const fleet = ironic(['a', 'b'], 10)
  fleet.trouble = new ProvisionerUnavailableError('away')
  expect(await fleet.ask(['a', 'b'])).toEqual({ a: 'away', b: 'away' })
  fleet.trouble = new RequestRefusedError('no list for you')
  expect(await fleet.ask(['a', 'b'])).toEqual({ a: 'uuid-of-a', b: 'uuid-of-b' })
  fleet.trouble = undefined
  expect(await fleet.ask(['a', 'b'])).toEqual({ a: 'uuid-of-a', b: 'uuid-of-b' })
  expect(fleet.requests).toEqual(['page', 'page', 'a', 'b', 'page'])
})

test('whatever is asked for, each ID gets its answer, and after the length of the list is known with as few requests as may be', async () => {
  const sizes = { nodes: fc.integer({ min: 0, max: 30 }), pageSize: fc.integer({ min: 1, max: 10 }) }
  await fc.assert(
    fc.asyncProperty(fc.record(sizes), fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1 }), { minLength: 1, maxLength: 5 }), async ({ nodes, pageSize }, rounds) => {
      const { ask, requests } = ironic(Array.from({ length: nodes }, (_, index) => `n${index}`), pageSize)
      const everyone = Array.from({ length: 41 }, (_, index) => `n${index}`)
      await ask(everyone)
      const pages = Math.max(1, Math.ceil(nodes / pageSize))
      for (const round of rounds) {
        requests.length = 0
        const ids = round.map((index) => `n${index}`)
        expect(await ask(ids)).toEqual(Object.fromEntries(round.map((index) => [`n${index}`, index < nodes ? `uuid-of-n${index}` : `no n${index}`])))
        const missing = round.filter((index) => index >= nodes).length
        expect(requests.length).toBeLessThanOrEqual(round.length > pages ? pages + missing : round.length)
      }
    }),
  )
})
