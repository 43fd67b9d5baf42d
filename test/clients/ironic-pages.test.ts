import { expect, test } from 'vitest'
import { z } from 'zod'
import type { HttpAnswer, HttpRequest } from '../../src/clients/http.ts'
import { createPages } from '../../src/clients/ironic-pages.ts'
import { ProvisionerUnavailableError, UnknownServerError } from '../../src/model/fault.ts'
import { answer } from '../fixtures/ironic-answers.ts'

const item = z.object({ uuid: z.string() })
const page = (uuids: readonly string[], next?: string | null): HttpAnswer => answer(200, { nodes: uuids.map((uuid) => ({ uuid })), ...(next !== undefined && { next }) })

/** Reads the whole list twice, with answers in turn. */
async function readTwice(answers: readonly (HttpAnswer | Error)[], limit = 8): Promise<{ readonly read: readonly string[]; readonly asked: readonly string[]; readonly end: string }> {
  const asked: string[] = []
  const left = [...answers]
  const ask = async ({ path }: HttpRequest): Promise<HttpAnswer> => {
    asked.push(path.replace('/v1/nodes?fields=uuid&', ''))
    const next = left.shift() ?? page([])
    if (next instanceof Error) throw next
    return next
  }
  const pages = createPages({ path: '/v1/nodes?fields=uuid', key: 'nodes', item, limit, ask, hide: (text) => text })
  const read: string[] = []
  const all = async (): Promise<void> => {
    for (let times = 0; times < 2; times++) for await (const nodes of pages(new AbortController().signal)) read.push(nodes.map(({ uuid }) => uuid).join('+'))
  }
  return { end: await all().then(() => 'whole', (error: Error) => `${error.name}: ${error.message}`), read, asked }
}

test('pages follow the last item of the one before, wherever their address points, until there is no next', async () => {
  const answers = [page(['a', 'b'], 'http://wrong.host/v1/nodes?marker=zzz'), page(['c'], null), page(['a'])]
  expect(await readTwice(answers)).toEqual({ end: 'whole', read: ['a+b', 'c', 'a'], asked: ['limit=8', 'limit=8&marker=b', 'limit=8'] })
})

test('an empty page is the last, whatever it says', async () => {
  expect(await readTwice([page(['a'], 'next'), page([], 'next')])).toEqual({ end: 'whole', read: ['a', '', ''], asked: ['limit=8', 'limit=8&marker=a', 'limit=8'] })
})

test('a page that is too long is asked for with half as many items, also the next time', async () => {
  const long = { ...page([]), isCut: true }
  expect(await readTwice([page(['a'], 'next'), long, long, page(['b'])])).toEqual({ end: 'whole', read: ['a', 'b', ''], asked: ['limit=8', 'limit=8&marker=a', 'limit=4&marker=a', 'limit=2&marker=a', 'limit=2'] })
})

test('an item that alone is too long is refused', async () => {
  const { end, asked } = await readTwice([{ ...page([]), isCut: true }], 1)
  expect([asked, end]).toEqual([['limit=1'], expect.stringMatching(/^RequestRefusedError: GET \/v1\/nodes: the answer is longer than 1 MiB/)])
})

test('a list that goes round in circles is refused', async () => {
  const { end, read } = await readTwice([page(['a'], 'next'), page(['b'], 'next'), page(['a'], 'next')])
  expect([read, end]).toEqual([['a', 'b', 'a'], 'RequestRefusedError: GET /v1/nodes: the same page comes again and again'])
})

test.each(['<html>', '{"nodes": 7}', '{"nodes": [{"uuid": 1}]}', '{}', '[]'])('what is no page is refused: %s', async (text) => {
  expect((await readTwice([answer(200, text)])).end).toMatch(/^RequestRefusedError: GET \/v1\/nodes: the answer is /)
})

test('a node that is gone between two pages is trouble that passes, and a list of something that is unknown is not', async () => {
  const gone = new UnknownServerError('Node a could not be found.')
  expect((await readTwice([page(['a'], 'next'), gone])).end).toBe('ProvisionerUnavailableError: the list has changed while it was read: Node a could not be found.')
  expect((await readTwice([gone])).end).toBe('UnknownServerError: Node a could not be found.')
  expect((await readTwice([page(['a'], 'next'), new ProvisionerUnavailableError('away')])).end).toBe('ProvisionerUnavailableError: away')
})
