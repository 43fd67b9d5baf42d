import { describe, expect, test } from 'vitest'
import type { HttpAnswer, HttpRequest } from '../../src/clients/http.ts'
import type { Action, Order } from '../../src/clients/protocol.ts'
import { createProtocol } from '../../src/clients/protocol.ts'
import { ProvisionerUnavailableError } from '../../src/model/fault.ts'
import type { ServerId } from '../../src/model/server.ts'
import type { VirtualClock } from '../fixtures/virtual-clock.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

/** An answer: a status and a body; a text is no JSON. `lost` for none, `hang` for none until the signal aborts. */
type Came = readonly [status: number, body?: unknown, more?: Partial<HttpAnswer>] | 'lost' | 'hang'

const answerOf = ([status, body, more]: Exclude<Came, string>): HttpAnswer => ({
  status,
  contentType: typeof body === 'string' ? 'text/html' : 'application/json',
  text: typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body),
  isCut: false,
  ...more,
})

interface Trial {
  readonly clock: VirtualClock
  /** Each request, with the time it was sent. */
  readonly asked: string[]
  readonly said: string[]
  readonly orders: (action: Action, parts?: { readonly n?: number; readonly signal?: AbortSignal; readonly inDoubt?: Order }) => Promise<unknown>
}

/** A protocol whose peer gives these answers, one by one, and the last one again and again. */
function trial(...came: readonly Came[]): Trial {
  const clock = virtualClock()
  const asked: string[] = []
  const said: string[] = []
  let turn = 0
  const send = async ({ method, path, headers }: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> => {
    asked.push(`${Math.round(clock.elapsed())} ${method} ${path}${headers?.['idempotency-key'] === undefined ? '' : ` ${headers['idempotency-key']}`}`)
    const now = came[Math.min(turn++, came.length - 1)]!
    if (now === 'lost') throw new ProvisionerUnavailableError('nobody answers')
    if (now === 'hang') return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    return answerOf(now)
  }
  const { carryOut } = createProtocol({ send, clock, hide: (text) => text.replaceAll('hunter2', '***') })
  const orders: Trial['orders'] = (action, { n = 1, signal = new AbortController().signal, ...more } = {}) => {
    const order: Order = { server: '101' as ServerId, action, body: {}, key: `r/101/${action}/${n}`, ...more }
    return clock.run(carryOut(order, { signal, log: (line) => said.push(line) }))
  }
  return { clock, asked, said, orders }
}

const running: Came = [202, { id: 'op-1', status: 'running' }]
const goesOn: Came = [200, { id: 'op-1', status: 'running' }]
const done: Came = [200, { id: 'op-1', status: 'succeeded', address: '10.0.0.1', facts: { os: 'x' } }]

interface Told {
  readonly name: string
  readonly message: string
  readonly busy?: boolean
  readonly retryAfterMs?: number
}
const faultOf = (call: Promise<unknown>): Promise<Told> => call.then(() => ({ name: 'none', message: '' }), (error: unknown) => error as Told)

describe('a POST', () => {
  test.each<[string, Came, string, string]>([
    ['404', [404, { error: { message: 'none such' } }], 'UnknownServerError', 'the provisioner has no server 101: POST /servers/101/install: 404 Not Found "none such"'],
    ['409 in-use', [409, { error: { message: 'of alice', code: 'in-use' } }], 'ServerNotOursError', 'server 101 is in use: POST /servers/101/install: 409 Conflict "of alice"'],
    ['409 broken', [409, { error: { message: 'x', code: 'broken' } }], 'ServerNotOursError', 'server 101 is marked as broken: POST /servers/101/install: 409 Conflict "x"'],
    ['409 of another kind', [409, { error: { message: 'wiping', code: 'locked' } }], 'ProvisionerUnavailableError busy', 'POST /servers/101/install: 409 Conflict "wiping"'],
    ['408', [408], 'ProvisionerUnavailableError busy', 'POST /servers/101/install: 408 Request Timeout'],
    ['423', [423], 'ProvisionerUnavailableError busy', 'POST /servers/101/install: 423 Locked'],
    ['425', [425], 'ProvisionerUnavailableError busy', 'POST /servers/101/install: 425 Too Early'],
    ['429', [429, undefined, { retryAfterMs: 7000 }], 'ProvisionerUnavailableError busy after 7000', 'POST /servers/101/install: 429 Too Many Requests'],
    ['500 with a page', [500, '<html>\n<h1>Oops</h1>'], 'ProvisionerUnavailableError busy', 'POST /servers/101/install: 500 Internal Server Error text/html "<html>\\n<h1>Oops</h1>"'],
    ['503', [503, '', { retryAfterMs: 1000 }], 'ProvisionerUnavailableError busy after 1000', 'POST /servers/101/install: 503 Service Unavailable'],
    ['401', [401, { error: { message: 'hunter2 is wrong' } }], 'RequestRefusedError', 'POST /servers/101/install: 401 Unauthorized "*** is wrong": are the credentials right?'],
    ['403', [403], 'RequestRefusedError', 'POST /servers/101/install: 403 Forbidden: are the credentials right?'],
    ['422', [422, { error: { message: 'no such image' } }], 'RequestRefusedError', 'POST /servers/101/install: 422 Unprocessable Entity "no such image"'],
    ['302', [302, '', { location: 'https://sso.example.com/?token=hunter2' }], 'RequestRefusedError', 'POST /servers/101/install: 302 Found: redirects are not followed: to "https://sso.example.com/?token=***"'],
    ['a web page', [200, `<html>${'x'.repeat(300)}`], 'RequestRefusedError', `POST /servers/101/install: the answer is no JSON: 200 OK text/html "<html>${'x'.repeat(194)}..."`],
    ['half of an answer', [200, '{"status": "succ', { contentType: 'application/json' }], 'RequestRefusedError', 'POST /servers/101/install: the answer is no JSON: 200 OK application/json "{\\"status\\": \\"succ"'],
    ['204', [204], 'RequestRefusedError', 'POST /servers/101/install: 204 No Content'],
    ['201', [201, { status: 'succeeded' }], 'RequestRefusedError', 'POST /servers/101/install: 201 Created application/json "{\\"status\\":\\"succeeded\\"}"'],
    ['more than is read', [200, '{', { isCut: true }], 'RequestRefusedError', 'POST /servers/101/install: the answer is longer than 1 MiB: 200 OK text/html "{"'],
    ['an operation without a name', [202, { status: 'running' }], 'RequestRefusedError', 'POST /servers/101/install: the answer is not the protocol\'s (id: expected a string, but it is missing): 202 Accepted application/json "{\\"status\\":\\"running\\"}"'],
    ['facts that are no texts', [200, { status: 'succeeded', facts: { cores: 8 } }], 'RequestRefusedError', 'POST /servers/101/install: the answer is not the protocol\'s (facts.cores: expected a string, got 8): 200 OK application/json "{\\"status\\":\\"succeeded\\",\\"facts\\":{\\"cores\\":8}}"'],
    ['a failure', [200, { status: 'failed', error: { message: 'no lease for hunter2' } }], 'ServerOperationError', 'no lease for ***'],
  ])('that is answered with %s', async (_, came, type, message) => {
    const { name, busy, retryAfterMs, message: told } = await faultOf(trial(came).orders('install'))
    expect([`${name}${busy ? ' busy' : ''}${retryAfterMs === undefined ? '' : ` after ${retryAfterMs}`}`, told]).toEqual([type, message])
  })

  test('that is done at once is not polled', async () => {
    const { orders, asked } = trial([200, { status: 'succeeded', address: null, metrics: { score: 1 } }])
    expect(await orders('install')).toMatchObject({ status: 'succeeded', metrics: { score: 1 } })
    expect(asked).toEqual(['0 POST /servers/101/install r/101/install/1'])
  })

  test('whose answer is lost is sent again under its key for a few seconds, then the provisioner is unavailable', async () => {
    const { orders, asked } = trial('lost', 'lost', done)
    expect(await orders('install')).toMatchObject({ status: 'succeeded' })
    expect(asked).toEqual([0, 100, 300].map((at) => `${at} POST /servers/101/install r/101/install/1`))
    const gone = trial('lost')
    expect(await faultOf(gone.orders('install'))).toEqual(new ProvisionerUnavailableError('nobody answers'))
    expect(gone.clock.elapsed()).toBeLessThan(5000)
  })
})

describe('a poll', () => {
  test('comes as often as the provisioner asks for, at most once in 50 ms and at least once in a minute', async () => {
    const { orders, asked } = trial([202, { id: 'op-1', status: 'running' }, { retryAfterMs: 5000 }], [200, { id: 'op-1', status: 'running' }, { retryAfterMs: 0 }], [200, { id: 'op-1', status: 'running' }, { retryAfterMs: 3_600_000 }], done)
    await orders('install')
    expect(asked).toEqual(['0 POST /servers/101/install r/101/install/1', '5000 GET /operations/op-1', '5050 GET /operations/op-1', '65050 GET /operations/op-1'])
  })

  test('comes within a thirtieth of the time that the operation has taken, and every 10 s at the latest', async () => {
    const { orders, asked, clock } = trial(running, ...Array.from({ length: 400 }, () => goesOn), done)
    await orders('install')
    const at = asked.map((line) => Number(line.split(' ')[0]))
    const gaps = at.slice(1).map((time, index) => ({ time, gap: time - at[index]! }))
    expect(gaps.every(({ time, gap }) => gap <= Math.max(51, Math.min(10_000, time / 30 + 1)))).toBe(true)
    expect([gaps.at(-1)?.gap, clock.elapsed() > 1_200_000]).toEqual([10_000, true])
  })

  test('of an operation with an odd name stays below /operations', async () => {
    const { orders, asked } = trial([202, { id: '../servers?x=é', status: 'running' }], [200, { status: 'succeeded' }])
    await orders('install')
    expect(asked[1]).toBe('50 GET /operations/..%2Fservers%3Fx%3D%C3%A9')
  })

  test.each(['.', '..', 'op-\ud800'])('is not sent where the name %j cannot stand in a path, and the server is not judged', async (id) => {
    const odd = trial([202, { id, status: 'running' }])
    expect(await faultOf(odd.orders('install'))).toMatchObject({ name: 'RequestRefusedError' })
    expect(odd.asked).toEqual(['0 POST /servers/101/install r/101/install/1'])
  })

  test('hands on each line that the operation says, without secrets', async () => {
    const { orders, said } = trial([202, { id: 'op-1', status: 'running', log: ['PXE boot'] }], [200, { id: 'op-1', status: 'running', log: ['with hunter2', 'first boot'] }], done)
    await orders('install')
    expect(said).toEqual(['PXE boot', 'with ***', 'first boot'])
  })

  test('that fails now and then is no trouble; what lasts is', async () => {
    const { orders, asked } = trial(running, 'lost', goesOn, [503, ''], [429, '', { retryAfterMs: 2000 }], done)
    await orders('install')
    expect(asked.map((line) => line.split(' ')[0])).toEqual(['0', '50', '150', '200', '300', '2300'])
    const gone = trial(running, goesOn, 'lost')
    expect(await faultOf(gone.orders('install'))).toEqual(new ProvisionerUnavailableError('nobody answers'))
    expect(await faultOf(trial(running, [503, '', { retryAfterMs: 60_000 }]).orders('install'))).toMatchObject({ name: 'ProvisionerUnavailableError', busy: true, retryAfterMs: 60_000 })
  })

  test('that hears of a failure tells it as the server\'s, and whether to try again', async () => {
    const failed = (code?: string): Came => [200, { id: 'op-1', status: 'failed', error: { message: 'no lease', code } }]
    expect(await faultOf(trial(running, failed()).orders('install'))).toMatchObject({ name: 'ServerOperationError', message: 'no lease', retryable: false })
    expect(await faultOf(trial(running, failed('retryable')).orders('install'))).toMatchObject({ name: 'ServerOperationError', retryable: true })
  })

  test('that hears of another operation, or of a status that there is not, is refused', async () => {
    expect(await faultOf(trial(running, [200, { id: 'op-2', status: 'failed', error: { message: 'x' } }]).orders('install'))).toMatchObject({ name: 'RequestRefusedError', message: 'GET /operations/op-1: the answer is about another operation, op-2' })
    expect((await faultOf(trial(running, [200, { id: 'op-1', status: 'queued' }]).orders('install'))).name).toBe('RequestRefusedError')
  })
})

describe('an operation that is forgotten', () => {
  test('is asked for again under the same key, each time it was known in between', async () => {
    const { orders, asked } = trial(running, [404], [202, { id: 'op-2', status: 'running' }], [200, { id: 'op-2', status: 'running' }], [404], [200, { status: 'succeeded' }])
    await orders('install')
    expect(asked.map((line) => line.replace(/^\d+ /, ''))).toEqual([
      'POST /servers/101/install r/101/install/1', 'GET /operations/op-1', 'POST /servers/101/install r/101/install/1', 'GET /operations/op-2', 'GET /operations/op-2', 'POST /servers/101/install r/101/install/1',
    ])
  })

  test('at once again means that the provisioner is unavailable', async () => {
    const { orders, asked } = trial(running, [404], [202, { id: 'op-2', status: 'running' }], [404])
    expect(await faultOf(orders('install'))).toEqual(new ProvisionerUnavailableError('the provisioner has forgotten operation op-2, though it was asked for again'))
    expect(asked.length).toBe(4)
  })
})

describe('a signal', () => {
  test('stops the wait for an operation with its reason, and asks nothing more', async () => {
    const { orders, asked, clock } = trial(running, goesOn)
    const stop = new AbortController()
    clock.after(120, () => stop.abort(new Error('the run was stopped')))
    expect((await faultOf(orders('install', { signal: stop.signal }))).message).toBe('the run was stopped')
    expect(asked.length).toBe(3)
  })

  test('that aborts in the middle of trouble is told as trouble, and in the middle of an exchange as what it is', async () => {
    const faultAfter = async (ms: number, ...came: readonly Came[]): Promise<string> => {
      const { orders, clock } = trial(...came)
      const stop = new AbortController()
      clock.after(ms, () => stop.abort(new Error('timed out')))
      return (await faultOf(orders('install', { signal: stop.signal }))).message
    }
    expect(await faultAfter(250, running, 'lost')).toBe('nobody answers')
    expect(await faultAfter(250, running, 'hang')).toBe('timed out')
    expect(await faultAfter(20_000, running, 'hang')).toBe('the provisioner had not answered for 20 s')
  })
})

describe('a wipe', () => {
  test('asks once more for an install that nobody has answered, so that it cannot begin afterwards', async () => {
    const { orders, asked, clock } = trial('hang', running, [200, { status: 'succeeded' }])
    const stop = new AbortController()
    clock.after(1000, () => stop.abort(new Error('the run was stopped')))
    await faultOf(orders('install', { signal: stop.signal }))
    await orders('destroy')
    await orders('destroy', { n: 2 })
    expect(asked).toEqual(['0 POST /servers/101/install r/101/install/1', '1000 POST /servers/101/install r/101/install/1', '1000 POST /servers/101/destroy r/101/destroy/1', '1000 POST /servers/101/destroy r/101/destroy/2'])
  })

  test('asks for nothing more after an install that was answered, whatever the answer was', async () => {
    const { orders, asked } = trial('lost', [422, ''], [200, { status: 'succeeded' }])
    await faultOf(orders('install'))
    await orders('destroy')
    expect(asked.slice(2).map((line) => line.replace(/^\d+ /, ''))).toEqual(['POST /servers/101/destroy r/101/destroy/1'])
  })

  const inDoubt: Order = { server: '101' as ServerId, action: 'install', body: { os: 'debian-12' }, key: 'r/101/install/1' }
  const askedIn = ({ asked }: Trial): string[] => asked.map((line) => line.split(' ').at(-1) ?? '')

  test('asks first for an install that an earlier process may have asked for', async () => {
    const after = trial([503, ''], running, [200, { status: 'succeeded' }])
    expect(await faultOf(after.orders('destroy', { inDoubt }))).toMatchObject({ name: 'ProvisionerUnavailableError', busy: true })
    await after.orders('destroy', { inDoubt })
    expect(askedIn(after)).toEqual(['r/101/install/1', 'r/101/install/1', 'r/101/destroy/1'])
  })

  test('does not, where this process knows that it was answered', async () => {
    const after = trial(running, [200, { id: 'op-1', status: 'failed', error: { message: 'cancelled' } }], [200, { status: 'succeeded' }])
    await faultOf(after.orders('install'))
    await after.orders('destroy', { inDoubt })
    expect(askedIn(after)).toEqual(['r/101/install/1', '/operations/op-1', 'r/101/destroy/1'])
  })

  test.each<[Came, boolean]>([
    [[500, ''], true],
    [[502, ''], true],
    [[503, ''], false],
    [[504, ''], true],
    [[429, ''], false],
    [[409, ''], false],
    [[401, ''], false],
    [[200, '<html>'], false],
  ])('after %j to an install asks for that once more: %j', async (came, isAskedAgain) => {
    const after = trial(came, [200, { status: 'succeeded' }])
    await faultOf(after.orders('install'))
    await after.orders('destroy', { inDoubt })
    expect(askedIn(after).slice(1)).toEqual([...(isAskedAgain ? ['r/101/install/1'] : []), 'r/101/destroy/1'])
  })

  test('after a lost install that is then called busy asks for it once more, and goes on whatever refuses it', async () => {
    for (const refusal of [[409, ''], [422, ''], [404, '']] as const) {
      const after = trial('lost', [503, ''], refusal, [200, { status: 'succeeded' }])
      await faultOf(after.orders('install'))
      await after.orders('destroy')
      expect(askedIn(after)).toEqual(['r/101/install/1', 'r/101/install/1', 'r/101/install/1', 'r/101/destroy/1'])
    }
  })

  test('is not begun while a web page answers for the install in doubt: nobody knows what that has done', async () => {
    const after = trial('lost', [503, ''], [200, '<html>'])
    await faultOf(after.orders('install'))
    expect([(await faultOf(after.orders('destroy'))).name, askedIn(after).at(-1)]).toEqual(['RequestRefusedError', 'r/101/install/1'])
  })
})
