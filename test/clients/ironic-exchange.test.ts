import { expect, test } from 'vitest'
import type { HttpAnswer, HttpRequest } from '../../src/clients/http.ts'
import type { IronicExchange } from '../../src/clients/ironic-exchange.ts'
import { createExchange } from '../../src/clients/ironic-exchange.ts'
import { ProvisionerUnavailableError } from '../../src/model/fault.ts'
import { answer, faulty, ironicRoot, locked } from '../fixtures/ironic-answers.ts'
import type { VirtualClock } from '../fixtures/virtual-clock.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

interface Scripted {
  readonly exchange: IronicExchange
  readonly clock: VirtualClock
  /** `1.0s PUT /x`. */
  readonly asked: string[]
}

/** An Ironic that answers what comes after `GET /` by a script. */
function scripted(reply: (turn: number, request: HttpRequest, signal: AbortSignal) => HttpAnswer | Promise<HttpAnswer>): Scripted {
  const clock = virtualClock()
  const asked: string[] = []
  let turn = 0
  const send = async (request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> => {
    asked.push(`${(clock.elapsed() / 1000).toFixed(1)}s ${request.method} ${request.path} ${request.headers?.['x-openstack-ironic-api-version'] ?? '-'}`)
    return request.path === '/' ? answer(200, ironicRoot) : reply(++turn, request, signal)
  }
  return { exchange: createExchange({ client: { send }, maxInFlight: 2, where: 'http://rack:6385', hide: (text) => text, clock, random: () => 0.5 }), clock, asked }
}

const put = { method: 'PUT', path: '/x' } as const
const signal = new AbortController().signal
const never = (_: HttpRequest, until: AbortSignal): Promise<never> => new Promise((_resolve, reject) => until.addEventListener('abort', () => reject(until.reason as Error)))
const fault = (call: Promise<unknown>): Promise<string> => call.then(() => 'none', (error: Error) => `${error.name}${error instanceof ProvisionerUnavailableError && error.busy ? ' (busy)' : ''}: ${error.message}`)

test('the microversion is settled upon once, whoever asks, and goes with each request', async () => {
  const { exchange, clock, asked } = scripted(() => answer(202))
  await clock.run(Promise.all([exchange.ask(put, signal), exchange.ask(put, signal), exchange.askOnce(put, signal)]))
  expect(asked).toEqual(['0.0s GET / -', '0.0s PUT /x 1.82', '0.0s PUT /x 1.82', '0.0s PUT /x 1.82'])
})

test('what may pass is asked again, ever later; what is granted then is the answer', async () => {
  const refusals = [locked, faulty(503, 'lack of free conductor workers'), faulty(500, 'The concurrent action limit has been reached'), faulty(409, 'a state transition is in progress')]
  const { exchange, clock, asked } = scripted((turn) => refusals[turn - 1] ?? answer(202))
  expect((await clock.run(exchange.ask(put, signal))).status).toBe(202)
  expect(asked.slice(1)).toEqual(['0.0s PUT /x 1.82', '1.0s PUT /x 1.82', '3.0s PUT /x 1.82', '7.0s PUT /x 1.82', '15.0s PUT /x 1.82'])
})

test('after a minute of it Ironic is busy', async () => {
  const { exchange, clock, asked } = scripted(() => locked)
  expect(await fault(clock.run(exchange.ask(put, signal)))).toBe('ProvisionerUnavailableError (busy): PUT /x: 409 Conflict: Node 1b is locked by host 127.0.0.1, please retry after the current operation is completed.')
  expect([asked.length - 1, clock.elapsed()]).toEqual([8, 60_000])
})

test('a Retry-After is waited for, unless it is too long', async () => {
  const { exchange, clock, asked } = scripted((turn) => answer(503, 'later', { retryAfterMs: turn === 1 ? 20_000 : 50_000 }))
  expect(await fault(clock.run(exchange.ask(put, signal)))).toBe('ProvisionerUnavailableError (busy): PUT /x: 503 Service Unavailable: later')
  expect(asked.slice(1)).toEqual(['0.0s PUT /x 1.82', '20.0s PUT /x 1.82'])
})

test.each([
  [faulty(500, 'Unable to establish connection to conductor'), 'ProvisionerUnavailableError'],
  [faulty(409, 'A node with name x-1 already exists.'), 'RequestRefusedError'],
  [faulty(404, 'No valid host was found.'), 'ProvisionerUnavailableError'],
  [answer(502, '<html>'), 'ProvisionerUnavailableError'],
  [answer(429, ''), 'ProvisionerUnavailableError (busy)'],
])('nothing else is asked again: %j', async (given, name) => {
  const { exchange, clock, asked } = scripted(() => given)
  expect(await fault(clock.run(exchange.ask(put, signal)))).toMatch(`${name}: PUT /x: `)
  expect(asked.length).toBe(2)
})

test('what is asked once is not asked again, even if it may pass', async () => {
  const { exchange, clock, asked } = scripted(() => locked)
  expect(await fault(clock.run(exchange.askOnce(put, signal)))).toMatch('ProvisionerUnavailableError (busy): PUT /x: 409')
  expect(asked.length).toBe(2)
})

test('an order whose answer is lost is sent once, also after it was refused for the moment', async () => {
  const { exchange, clock, asked } = scripted((turn) => {
    if (turn === 1) return locked
    throw new ProvisionerUnavailableError('PUT /x: reset')
  })
  expect(await fault(clock.run(exchange.ask(put, signal)))).toBe('ProvisionerUnavailableError: PUT /x: reset')
  expect(asked.length).toBe(3)
})

test('a wrong state is refused at once, but after a lock it means that somebody has to look again', async () => {
  const wrong = faulty(400, 'The requested action "active" can not be performed on node "1b" while it is in state "active".')
  const atOnce = scripted(() => wrong)
  const later = scripted((turn) => (turn === 1 ? locked : wrong))
  const message = 'PUT /x: 400 Bad Request: The requested action "active" can not be performed on node "1b" while it is in state "active".'
  expect(await fault(atOnce.clock.run(atOnce.exchange.ask(put, signal)))).toBe(`RequestRefusedError: ${message}`)
  expect(await fault(later.clock.run(later.exchange.ask(put, signal)))).toBe(`ProvisionerUnavailableError (busy): ${message} (its state has changed while it was locked)`)
})

test('time that runs out while Ironic is busy, or has not answered for 5 s, has run out by its fault; otherwise by nobody\'s', async () => {
  const outOfTime = async (afterMs: number, reply: Parameters<typeof scripted>[0]): Promise<string> => {
    const { exchange, clock } = scripted(reply)
    const stop = new AbortController()
    clock.after(afterMs, () => stop.abort(new Error('out of time')))
    return fault(clock.run(exchange.ask(put, stop.signal)))
  }
  expect(await outOfTime(2500, () => locked)).toMatch('ProvisionerUnavailableError (busy): PUT /x: 409 Conflict')
  expect(await outOfTime(2500, (turn, request, until) => (turn === 1 ? locked : never(request, until)))).toMatch('ProvisionerUnavailableError (busy): PUT /x: 409 Conflict')
  expect(await outOfTime(6000, (_, request, until) => never(request, until))).toBe('ProvisionerUnavailableError: PUT /x: http://rack:6385 had not answered for 6 s')
  expect(await outOfTime(4000, (_, request, until) => never(request, until))).toBe('Error: out of time')
})

test('waiting for a turn is cut short by the signal, and counts as no request', async () => {
  const { exchange, clock, asked } = scripted((_, request, until) => never(request, until))
  const [long, short] = [new AbortController(), new AbortController()]
  clock.after(1000, () => short.abort(new Error('gone')))
  clock.after(2000, () => long.abort(new Error('over')))
  const ends = await clock.run(Promise.all([long, long, short].map((stop) => fault(exchange.ask(put, stop.signal)))))
  expect([ends, asked.length]).toEqual([['Error: over', 'Error: over', 'Error: gone'], 3])
})

test('a failure to settle upon a microversion is not kept', async () => {
  const clock = virtualClock()
  const roots = [answer(200, '<html>welcome</html>'), answer(200, ironicRoot)]
  const send = async ({ path }: HttpRequest): Promise<HttpAnswer> => (path === '/' ? roots.shift()! : answer(202))
  const exchange = createExchange({ client: { send }, maxInFlight: 1, where: 'http://rack:6385', hide: (text) => text, clock, random: () => 0 })
  expect(await fault(exchange.ask(put, signal))).toBe('RequestRefusedError: GET / (is this the address of Ironic\'s API?): the answer is no JSON: 200 OK application/json "<html>welcome</html>"')
  expect(await fault(exchange.ask(put, signal))).toBe('none')
})
