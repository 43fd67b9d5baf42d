import { expect, test } from 'vitest'
import type { IronicAuth } from '../../src/clients/ironic.ts'
import { createIronicApi } from '../../src/clients/ironic.ts'
import type { IronicApi } from '../../src/clients/ironic-api.ts'
import { systemClock } from '../../src/model/clock.ts'
import { progress } from '../fixtures/ironic-answers.ts'
import type { Heard, Reply } from '../fixtures/ironic-server.ts'
import { ironicServer } from '../fixtures/ironic-server.ts'

const { signal } = new AbortController()
const basic: IronicAuth = { type: 'http_basic', username: 'rack', password: 'hunter2-hunter2' }
const encoded = Buffer.from('rack:hunter2-hunter2').toString('base64')

interface Peer extends AsyncDisposable {
  readonly api: IronicApi
  readonly heard: readonly Heard[]
}
async function peer(reply: (heard: Heard) => Reply, { auth = basic, requestLimitMs }: { readonly auth?: IronicAuth; readonly requestLimitMs?: number } = {}): Promise<Peer> {
  const server = await ironicServer(reply)
  const api = createIronicApi({ url: server.url, auth, requestLimitMs, clock: systemClock, random: () => 0 })
  return {
    api,
    heard: server.heard,
    async [Symbol.asyncDispose]() {
      await api.close()
      await server[Symbol.asyncDispose]()
    },
  }
}
const fault = (call: Promise<unknown>): Promise<string> => call.then(() => 'none', (error: Error) => `${error.name}: ${error.message.replace(/:\d{4,5}\b/, ':1')}`)
const seen = ({ method, path }: Heard): string => `${method} ${path.replace(/fields=[\w,]+/, 'fields=...')}`

test.each<[string, IronicAuth, Record<string, string>]>([
  ['none', { type: 'none' }, {}],
  ['http_basic', basic, { authorization: `Basic ${encoded}` }],
  ['token', { type: 'token', token: 'gAAAA-token' }, { 'x-auth-token': 'gAAAA-token' }],
])('with %s, each request says who asks, and at which microversion', async (_, auth, expected) => {
  await using made = await peer(() => ({ status: 200, body: { nodes: [] } }), { auth })
  await made.api.check(signal)
  const [root, list] = made.heard
  const { authorization, 'x-auth-token': token, 'x-openstack-ironic-api-version': version } = list?.headers ?? {}
  expect({ ...(authorization && { authorization }), ...(token && { 'x-auth-token': token }), version }).toEqual({ ...expected, version: '1.82' })
  expect([root, list].map((heard) => heard && seen(heard))).toEqual(['GET /', 'GET /v1/nodes?fields=...&limit=1'])
})

test('an order whose answer is lost, or late, was sent once', async () => {
  const put = { target: 'active' } as const
  await using reset = await peer(() => 'reset')
  expect(await fault(reset.api.order('n-1', put, signal))).toMatch(/^ProvisionerUnavailableError: PUT \/v1\/nodes\/n-1\/states\/provision: http:\/\/127\.0\.0\.1:1 did not answer: /)
  await using silent = await peer(() => 'hang', { requestLimitMs: 200 })
  expect(await fault(silent.api.order('n-1', put, signal))).toBe('ProvisionerUnavailableError: PUT /v1/nodes/n-1/states/provision: http://127.0.0.1:1 has not answered within 200ms')
  expect([reset, silent].map(({ heard }) => heard.filter(({ method }) => method === 'PUT').length)).toEqual([1, 1])
})

test('an answer without an end is given up', async () => {
  await using made = await peer(() => 'endless')
  expect(await fault(made.api.node('n-1', signal))).toMatch(/^RequestRefusedError: GET \/v1\/nodes\/n-1: the answer is longer than 1 MiB: 200 OK without a type "x{200}\.\.\."$/)
})

test('a list too long for one answer is read in shorter pages', async () => {
  const nodes = Array.from({ length: 1000 }, (_, index) => progress(`n-${index}`, { provision_state: 'active', last_error: 'x'.repeat(2000) }))
  await using made = await peer(({ path }) => {
    const single = nodes.find(({ name }) => path.startsWith(`/v1/nodes/${name}?`))
    if (single) return { status: 200, body: single }
    const query = new URL(path, 'http://ironic').searchParams
    const from = nodes.findIndex(({ uuid }) => uuid === query.get('marker')) + 1
    const page = nodes.slice(from, from + Number(query.get('limit')))
    return { status: 200, body: { nodes: page, ...(from + page.length < nodes.length && { next: 'http://elsewhere/' }) } }
  })
  const settled = (id: string): Promise<unknown> => made.api.settled(id, { isSettled: ({ provision_state: state }) => state === 'active', signal })
  await Promise.all([settled('n-0'), settled('n-300'), settled('n-999')])
  expect(made.heard.map(seen)).toEqual(['GET /', 'GET /v1/nodes?fields=...&limit=1000', 'GET /v1/nodes?fields=...&limit=500', 'GET /v1/nodes?fields=...&limit=250', 'GET /v1/nodes?fields=...&limit=250&marker=uuid-of-n-249', 'GET /v1/nodes?fields=...&limit=250&marker=uuid-of-n-499', 'GET /v1/nodes/n-999?fields=...'])
})

test.each<[string, Reply]>([
  ['no JSON', { status: 200, body: '<html>' }],
  ['half of it', { status: 200, body: '{"uuid": "1b"' }],
  ['another thing', { status: 200, body: { nodes: [] } }],
  ['nothing', { status: 200, body: '' }],
])('where a node should be, %s is refused', async (_, reply) => {
  await using made = await peer(() => reply)
  expect(await fault(made.api.node('n-1', signal))).toMatch(/^RequestRefusedError: GET \/v1\/nodes\/n-1: the answer is /)
})

test('no secret is told, though Ironic, or what stands before it, says it back', async () => {
  const echo = ({ headers }: Heard, status: number): Reply => ({ status, body: `sent: ${String(headers.authorization ?? headers['x-auth-token'])} hunter2-hunter2`, headers: { 'content-type': `text/${encoded}` } })
  for (const status of [200, 400, 401, 404, 500]) {
    await using made = await peer((heard) => echo(heard, status))
    expect(await fault(made.api.node('n-1', signal))).not.toMatch(new RegExp(`hunter2|${encoded}`))
    await using token = await peer((heard) => echo(heard, status), { auth: { type: 'token', token: 'gAAAA-token' } })
    expect(await fault(token.api.node('n-1', signal))).not.toMatch('gAAAA')
  }
})

test('a token that no header can carry is a defect that does not tell it', async () => {
  await using made = await peer(() => 'hang', { auth: { type: 'token', token: 'gAAAA\ntoken' } })
  const told = await fault(made.api.check(signal))
  expect([told.split(':')[0], told.includes('gAAAA')]).toEqual(['DefectError', false])
})

test('closing ends what is under way', async () => {
  await using made = await peer(() => 'hang')
  const asking = fault(made.api.node('n-1', signal))
  while (made.heard.length < 2) await new Promise((resolve) => setImmediate(resolve))
  const waiting = fault(made.api.settled('n-1', { isSettled: () => true, signal }))
  await made.api.close()
  expect([await asking, await waiting].map((told) => told.split(':')[0])).toEqual(['ProvisionerUnavailableError', 'ProvisionerUnavailableError'])
})
