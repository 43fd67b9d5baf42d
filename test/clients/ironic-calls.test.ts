import { setMaxListeners } from 'node:events'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { HttpAnswer, HttpRequest } from '../../src/clients/http.ts'
import type { IronicApi } from '../../src/clients/ironic-api.ts'
import { ironicCalls } from '../../src/clients/ironic-calls.ts'
import { ProvisionerUnavailableError } from '../../src/model/fault.ts'
import { answer, faulty, ironicRoot, locked, progress } from '../fixtures/ironic-answers.ts'
import type { VirtualClock } from '../fixtures/virtual-clock.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'
import type { VirtualIronic, VirtualIronicOptions } from '../fixtures/virtual-ironic.ts'
import { virtualIronic } from '../fixtures/virtual-ironic.ts'

const { signal } = new AbortController()
setMaxListeners(0, signal)
const base = { maxInFlight: 10, where: 'http://rack:6385', hide: (text: string) => text, random: () => 0.5 }
const node = { ...progress('n-1'), retired: false, protected: false, resource_class: 'gpu', properties: { cpus: 8 }, extra: { rack: 'r1' }, instance_info: {}, provision_updated_at: null }

/** The calls, over answers by request; and the requests. */
function scripted(reply: (request: HttpRequest) => HttpAnswer, root: unknown = ironicRoot): { readonly api: IronicApi; readonly asked: string[] } {
  const asked: string[] = []
  const send = async (request: HttpRequest): Promise<HttpAnswer> => {
    asked.push(`${request.method} ${request.path.replace(/fields=[\w,]+/, 'fields=...')}${request.body === undefined ? '' : ` ${JSON.stringify(request.body)}`}`)
    return request.path === '/' ? answer(200, root) : reply(request)
  }
  return { api: ironicCalls({ ...base, clock: virtualClock(), client: { send, close: async () => {} } }), asked }
}
const fault = (call: Promise<unknown>): Promise<string> => call.then(() => 'none', (error: Error) => `${error.name}: ${error.message}`)

test('each call is the request that Ironic knows', async () => {
  const { api, asked } = scripted(({ method }) => (method === 'PUT' || method === 'DELETE' ? answer(202) : answer(200, node)))
  expect(await api.node('n-1', signal)).toEqual(node)
  await api.order('n-1', { target: 'active', configdrive: { user_data: 'x' } }, signal)
  expect(await api.patch('a b/c', [{ op: 'add', path: '/instance_uuid', value: '1c' }], signal)).toEqual(node)
  await api.setMaintenance('n-1', 'rebuild the fan', signal)
  await api.clearMaintenance('n-1', signal)
  await api.check(signal)
  expect(asked).toEqual([
    'GET /',
    'GET /v1/nodes/n-1?fields=...',
    'PUT /v1/nodes/n-1/states/provision {"target":"active","configdrive":{"user_data":"x"}}',
    'PATCH /v1/nodes/a%20b%2Fc [{"op":"add","path":"/instance_uuid","value":"1c"}]',
    'PUT /v1/nodes/n-1/maintenance {"reason":"rebuild the fan"}',
    'DELETE /v1/nodes/n-1/maintenance',
    'GET /v1/nodes?fields=...&limit=1',
  ])
})

test('all nodes come in pages', async () => {
  const { api, asked } = scripted(({ path }) => answer(200, path.includes('marker') ? { nodes: [node] } : { nodes: [{ ...node, uuid: 'first' }], next: 'http://x/' }))
  const uuids: string[] = []
  for await (const { uuid } of api.nodes(signal)) uuids.push(uuid)
  expect([uuids, asked.slice(1)]).toEqual([['first', 'uuid-of-n-1'], ['GET /v1/nodes?fields=...&limit=100', 'GET /v1/nodes?fields=...&limit=100&marker=first']])
})

test('history is told from its beginning, and by an Ironic that has none, not at all', async () => {
  const entries = [{ uuid: '2', created_at: '2026-11-22T07:00:01+00:00', severity: 'ERROR', event: 'later' }, { uuid: '1', created_at: '2026-11-22T07:00:00+00:00', severity: null, event: null }]
  const { api } = scripted(() => answer(200, { history: entries }))
  expect(await api.history('n-1', signal)).toEqual([{ at: '2026-11-22T07:00:00+00:00', severity: '', event: '' }, { at: '2026-11-22T07:00:01+00:00', severity: 'ERROR', event: 'later' }])
  const old = scripted(() => answer(500), { default_version: { min_version: '1.1', version: '1.77' } })
  expect([await old.api.history('n-1', signal), old.asked]).toEqual([[], ['GET /']])
  const unknown = scripted(() => faulty(404, 'Node n-1 could not be found.'))
  expect(await fault(unknown.api.history('n-1', signal))).toMatch('UnknownServerError: ')
})

test('texts of a node are cut, and a node that is none is refused', async () => {
  const long = scripted(() => answer(200, { ...node, last_error: 'x'.repeat(100_000) }))
  expect((await long.api.node('n-1', signal)).last_error).toBe(`${'x'.repeat(4096)}...`)
  const wrong = scripted(() => answer(200, { ...node, maintenance: 'yes' }))
  expect(await fault(wrong.api.node('n-1', signal))).toMatch(/^RequestRefusedError: GET \/v1\/nodes\/n-1: the answer is not the protocol's \(maintenance: expected a boolean, got "yes"\)/)
})

test('a node that was changed is not locked any more by its change', async () => {
  const { api } = scripted(() => answer(200, { ...node, reservation: 'conductor', extra: { rack: 'A' } }))
  expect(await api.patch('n-1', [{ op: 'add', path: '/extra/rack', value: 'A' }], signal)).toEqual({ ...node, reservation: null, extra: { rack: 'A' } })
})

interface Fleet {
  readonly clock: VirtualClock
  readonly ironic: VirtualIronic
  readonly api: IronicApi
}
function fleet(options: Omit<VirtualIronicOptions, 'clock'>): Fleet {
  const clock = virtualClock()
  const ironic = virtualIronic({ clock, ...options })
  return { clock, ironic, api: ironicCalls({ ...base, clock, client: ironic.client }) }
}
const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `n-${index}`)

/** Installs and wipes a node as an adapter does; after a lost answer the state is read first. */
async function goThrough(api: IronicApi, id: string): Promise<void> {
  for (const [target, state] of [['active', 'active'], ['deleted', 'available']] as const) {
    await again(async () => {
      const found = await api.node(id, signal)
      if (found.reservation === null && found.provision_state !== state) await api.order(id, { target }, signal)
      await api.settled(id, { isSettled: ({ provision_state: now }) => now === state, signal })
    })
  }
}
/** As the core does while Ironic is unavailable. */
async function again(work: () => Promise<void>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const error = await work().then(() => undefined, (thrown: unknown) => thrown)
    if (error === undefined) return
    if (!(error instanceof ProvisionerUnavailableError)) throw error
  }
  throw new Error('it never worked')
}
/** So many at once, until all are through. */
async function lanes(ids: readonly string[], atOnce: number, work: (id: string) => Promise<void>): Promise<void> {
  const left = [...ids]
  const lane = async (): Promise<void> => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) await work(id)
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
}

test.each([['a page has all', 1000], ['a page has 20', 20]])('200 nodes at 50 at once cost at most 12 requests each where %s, of which never more than 10 are under way', async (_, pageSize) => {
  let turn = 0
  const { clock, ironic, api } = fleet({ names: names(200), latencyMs: () => 20 + ((turn += 7) % 400), takesMs: () => 2000 + ((turn += 13) % 6000), pageSize })
  await clock.run(lanes(names(200), 50, (id) => goThrough(api, id)))
  expect(ironic.busiest()).toBe(10)
  expect(ironic.asked.length / 200).toBeLessThanOrEqual(12)
})

test('whatever Ironic does, every node gets through, no order is given twice to a node that took it, and never more are under way than may', async () => {
  const fates = fc.array(fc.constantFrom('fine', 'fine', 'fine', 'lose', 'refuse', 'locked', 'busy', 'limit', 'garbage'), { minLength: 1, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }), fates, fc.nat(40_000), async (count, atOnce, script, takes) => {
      let turn = 0
      const trouble = { locked, busy: faulty(503, 'no free conductor workers'), limit: faulty(500, 'The concurrent action limit has been reached'), garbage: answer(502, '<html>') }
      const mischief: NonNullable<VirtualIronicOptions['mischief']> = ({ path }) => {
        // For a while only: Ironic comes back in the end.
        const fate = turn < 200 ? script[turn++ % script.length] : 'fine'
        if (fate === undefined || fate === 'fine' || path === '/') return undefined
        return fate === 'lose' || fate === 'refuse' ? fate : trouble[fate]
      }
      const { clock, ironic, api } = fleet({ names: names(count), latencyMs: () => 30, takesMs: () => takes, mischief })
      await clock.run(lanes(names(count), atOnce, (id) => goThrough(api, id)))
      expect([...ironic.nodes.values()].filter(({ provision_state: state }) => state !== 'available')).toEqual([])
      expect(ironic.busiest()).toBeLessThanOrEqual(10)
      expect([...ironic.orders.values()].filter((given) => given.join() !== 'active,deleted')).toEqual([])
      expect(clock.waiting()).toBe(0)
    }),
    { numRuns: 25 },
  )
})
