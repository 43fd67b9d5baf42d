import { describe, expect, test } from 'vitest'
import { openHttpInventory } from '../../src/inventory/http.ts'
import { systemClock } from '../../src/model/clock.ts'
import type { Reading } from '../../src/model/inventory.ts'
import type { FleetService, Route } from '../fixtures/fleet-service.ts'
import { cut, fleetService, hang, inTurn, json, redirect, reset, status, text } from '../fixtures/fleet-service.ts'

const token = 'hunter2-hunter2'

async function readWith(settings: Readonly<Record<string, unknown>>, signal = new AbortController().signal): Promise<Reading> {
  const inventory = await openHttpInventory(settings, { clock: systemClock })
  return inventory.read({ signal, log: () => {} })
}

/** The settings of a service with `/servers` and `/servers/{id}`. */
const twoCalls = ({ url }: Pick<FleetService, 'url'>) => ({ list: `${url}/servers`, item: `${url}/servers/{id}`, ids: '/servers', address: '/ip', labels: { model: '/hardware/model' } })
const read = (service: FleetService, settings: Readonly<Record<string, unknown>> = {}): Promise<Reading> => readWith({ ...twoCalls(service), ...settings })
const item = (id: string): Route => json({ id, ip: `10.0.0.${id}`, hardware: { model: 'R640' } })
const server = (id: string) => ({ id, address: `10.0.0.${id}`, labels: { model: 'R640' } })
const fault = (work: Promise<unknown>): Promise<string> => work.then(() => 'none', (error: Error) => `${error.name}: ${error.message.replaceAll(/:\d{4,5}\b/g, ':1')}`)
const problems = ({ unreadable }: Reading): unknown => unreadable.map(({ id, problem }) => [id, problem.replaceAll(/:\d{4,5}\b/g, ':1')])

describe('an inventory of IDs and their details', () => {
  test('is read in the order of the list, over connections that are kept, no more than there may be', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => String(index + 1))
    let most = 0
    let now = 0
    // The later an ID, the sooner its answer.
    const slow: Route = (response, request) => {
      most = Math.max(most, ++now)
      const id = request.url!.split('/').at(-1)!
      setTimeout(() => {
        now--
        item(id)(response, request)
      }, (60 - Number(id)) / 3)
    }
    await using service = await fleetService({ '/servers': json({ servers: ids }), '*': slow })
    expect(await read(service, { concurrency: 7 })).toEqual({ servers: ids.map(server), unreadable: [], notes: [] })
    expect([most, service.connections() <= 7]).toEqual([7, true])
  })

  test('sends its credentials and headers with each call, and hides them in what it tells', async () => {
    await using service = await fleetService({ '/servers': json({ servers: ['1'] }), '/servers/1': status(400, {}, `bad token ${token}`) })
    const reading = await read(service, { token, headers: { 'x-site': 'fra' } })
    expect(service.asked.map(({ headers }) => [headers.authorization, headers['x-site'], headers.accept])).toEqual([[`Bearer ${token}`, 'fra', 'application/json'], [`Bearer ${token}`, 'fra', 'application/json']])
    expect(problems(reading)).toEqual([['1', 'GET http://127.0.0.1:1/servers/1: 400 Bad Request without a type "bad token ***"']])
  })

  test('sends a user and a password as Basic', async () => {
    await using service = await fleetService({ '/servers': json({ servers: [] }) })
    await read(service, { auth: { type: 'http_basic', user: 'jenkins', password: 'hunter2' } })
    expect(service.asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from('jenkins:hunter2').toString('base64')}`)
  })

  test('names an ID of which one entry is wrong, and does not take it from another', async () => {
    await using service = await fleetService({ '/list': json([{ id: '1', ip: '10.0.0.1' }, { id: '2', ip: '10.0.0.2' }, { id: '1', ip: 'a b' }]) })
    const reading = await readWith({ list: `${service.url}/list`, address: '/ip' })
    expect(reading.servers).toEqual([{ id: '2', address: '10.0.0.2', labels: {} }])
    expect(problems(reading)).toEqual([['1', 'its address is none: "a b"']])
  })

  test('takes IDs that are numbers, drops those that are there twice, and names those that are none', async () => {
    await using service = await fleetService({ '/servers': json({ servers: [101, '101', 'a b', '', null, 1.5, 2 ** 60, '../x', ['7'], '102', 102] }), '/servers/101': item('101'), '/servers/102': item('102') })
    const reading = await read(service)
    expect(reading.servers.map(({ id }) => id)).toEqual(['101', '102'])
    expect(reading.notes).toEqual(['2 entries were dropped, for an earlier one has the same ID: 101, 102'])
    expect(reading.unreadable.map(({ id }) => id)).toEqual(['a b', 'entry 4', 'entry 5', '1.5', String(2 ** 60), '../x', 'entry 9'])
    expect(service.paths()).toEqual(['/servers', '/servers/101', '/servers/102'])
  })

  test('encodes an ID in the address, and asks for none that would change it', async () => {
    const ids = ['a/b?c#d é%', '..', '.', '\ud800']
    await using service = await fleetService({ '/servers': json({ servers: ids }), '*': json({ name: 'rack-1' }) })
    const reading = await read(service, { id: '/name' })
    expect(service.paths()).toEqual(['/servers', '/servers/a%2Fb%3Fc%23d%20%C3%A9%25'])
    expect(reading.servers).toEqual([{ id: 'rack-1', labels: {} }])
    expect(problems(reading)).toEqual(['..', '.', '\ud800'].map((id) => [id, 'cannot be part of an address']))
  })

  test('takes the IDs from inside of the entries, and lists one after the other', async () => {
    await using service = await fleetService({ '/servers': json({ a: [{ name: '1' }, { name: '2' }, {}], b: [{ id: 3 }] }), '/servers/1': item('1'), '/servers/2': item('2'), '/servers/3': item('3') })
    const reading = await read(service, { ids: ['/a/*/name', '/b'] })
    expect([reading.servers, problems(reading)]).toEqual([['1', '2', '3'].map(server), [['entry 3', 'has no ID at /name']]])
  })

  test.each<[string, Route, string]>([
    ['is no JSON', text('<html>'), 'GET http://127.0.0.1:1/servers/2: the answer is no JSON: "<html>"'],
    ['is JSON cut short', text('{"ip": "10.'), 'GET http://127.0.0.1:1/servers/2: the answer is no JSON: "{\\"ip\\": \\"10."'],
    ['is empty', text(''), 'GET http://127.0.0.1:1/servers/2: the answer is empty'],
    ['is a list', json([1]), 'expected an object, got a list'],
    ['is null', json(null), 'expected an object, got null'],
    ['has none of the fields', json({ error: 'no such server' }), 'has nothing at /ip, /hardware/model'],
    ['has no address where one belongs', json({ ip: '-oProxyCommand=x' }), 'its address is none: "-oProxyCommand=x"'],
    ['is not found', status(404), 'GET http://127.0.0.1:1/servers/2: 404 Not Found'],
    ['is forbidden', status(403), 'GET http://127.0.0.1:1/servers/2: 403 Forbidden: are the credentials right?'],
    ['is too long', text(`"${'x'.repeat(1024 * 1024)}"`), 'GET http://127.0.0.1:1/servers/2: the answer is longer than 1 MiB'],
    ['is cut', cut, 'GET /servers/2: http://127.0.0.1:1 did not answer: other side closed (UND_ERR_SOCKET)'],
    ['is a reset', reset, 'GET /servers/2: http://127.0.0.1:1 did not answer: read ECONNRESET'],
    ['asks to come back too late', status(503, { 'retry-after': '3600' }), 'GET http://127.0.0.1:1/servers/2: 503 Service Unavailable'],
    ['never comes', hang, 'GET /servers/2: http://127.0.0.1:1 has not answered within 200ms'],
    ['comes too slowly', (response) => void response.writeHead(200, { 'content-length': '9' }).write('{'), 'GET /servers/2: http://127.0.0.1:1 has not answered within 200ms'],
  ])('names an item whose answer %s, and delivers the others', async (_, route, problem) => {
    await using service = await fleetService({ '/servers': json({ servers: ['1', '2', '3'] }), '/servers/1': item('1'), '/servers/2': route, '/servers/3': item('3') })
    const reading = await read(service, { retries: 0, requestTimeout: '200ms' })
    expect([reading.servers, problems(reading)]).toEqual([[server('1'), server('3')], [['2', problem]]])
  })

  test.each<[string, Route]>([
    ['a reset', reset],
    ['a cut answer', cut],
    ['an error of the service', status(500)],
    ['a service that asks to come back', status(503, { 'retry-after': '0' })],
    ['a limit of the rate', status(429, { 'retry-after': '0' })],
  ])('tries again after %s', async (_, route) => {
    await using service = await fleetService({ '/servers': inTurn(route, json({ servers: ['1'] })), '/servers/1': inTurn(route, item('1')) })
    expect(await read(service)).toEqual({ servers: [server('1')], unreadable: [], notes: [] })
    expect(service.paths()).toEqual(['/servers', '/servers', '/servers/1', '/servers/1'])
  })

  test('tells of servers that have no address in one line, and delivers them', async () => {
    await using service = await fleetService({ '/servers': json({ servers: ['1', '2', '3'] }), '/servers/1': json({ hardware: { model: 'R640' } }), '/servers/2': item('2'), '/servers/3': json({ ip: null, hardware: { model: {} }, x: 1, id: 3 }) })
    expect(await read(service, { id: '/id' })).toEqual({
      servers: [server('2'), { id: '3', labels: {} }],
      unreadable: [{ id: '1', problem: 'has no ID at /id' }],
      notes: ['1 server has a label that is no text and was left out (model): 3', '1 server has no address at /ip: 3'],
    })
  })

  test('is unavailable if no item at all is answered', async () => {
    await using service = await fleetService({ '/servers': json({ servers: ['1', '2'] }), '*': status(502) })
    expect(await fault(read(service, { retries: 0 }))).toMatch(/^ProvisionerUnavailableError: GET http:\/\/127\.0\.0\.1:1\/servers\/[12]: 502 Bad Gateway$/)
  })

  test('ends at once when the signal aborts, whatever hangs', async () => {
    const stop = new AbortController()
    await using service = await fleetService({ '/servers': json({ servers: ['1', '2'] }), '/servers/1': hang, '/servers/2': () => stop.abort(new Error('stopped')) })
    expect(await fault(readWith(twoCalls(service), stop.signal))).toBe('Error: stopped')
  })
})

describe('a list', () => {
  test.each<[string, Route, string]>([
    ['is refused', status(401), 'RequestRefusedError: GET http://127.0.0.1:1/servers: 401 Unauthorized: are the credentials right?'],
    ['is no JSON', text('hello'), 'RequestRefusedError: GET http://127.0.0.1:1/servers: the answer is no JSON: "hello"'],
    ['is elsewhere', json({ items: [1], count: 1 }), 'RequestRefusedError: GET http://127.0.0.1:1/servers: expected a list at /servers, got nothing; it has "items", "count": is "ids" right?'],
    ['has a million entries', text(`{"servers":[${'7,'.repeat(999_999)}7]}`), 'RequestRefusedError: GET http://127.0.0.1:1/servers: the list has 1,000,000 entries, and an inventory at most 100,000: narrow it down in the address of the list'],
    ['is away', reset, 'ProvisionerUnavailableError: GET /servers: http://127.0.0.1:1 did not answer: read ECONNRESET'],
  ])('that %s is told, and nothing else is asked for', async (_, route, problem) => {
    await using service = await fleetService({ '/servers': route })
    expect(await fault(read(service, { retries: 0 }))).toBe(problem)
    expect(service.paths()).toEqual(['/servers'])
  })

  test('of more bytes than are read is refused', async () => {
    const block = Buffer.alloc(1024 * 1024, 0x20)
    const endless: Route = (response) => {
      response.writeHead(200)
      const more = (): void => void (response.destroyed || response.write(block, () => setImmediate(more)))
      more()
    }
    await using service = await fleetService({ '/servers': endless })
    expect(await fault(read(service))).toBe('RequestRefusedError: GET http://127.0.0.1:1/servers: the answer is longer than 64 MiB')
  })

  test('of 100,000 IDs is read, and each ID is a server', async () => {
    await using service = await fleetService({ '/servers': json(Array.from({ length: 100_000 }, (_, index) => `n-${index}`)) })
    const { servers, notes } = await readWith({ list: `${service.url}/servers` })
    expect([servers.length, servers.at(-1), notes]).toEqual([100_000, { id: 'n-99999', labels: {} }, []])
  })

  test('without entries is a reading without servers', async () => {
    await using service = await fleetService({ '/servers': json({ servers: [] }) })
    expect(await read(service)).toEqual({ servers: [], unreadable: [], notes: [] })
  })
})

describe('a list in pages', () => {
  const page = (ids: readonly string[], next: unknown, headers = {}): Route => json({ servers: ids.map((id) => ({ id, ip: `10.0.0.${id}` })), next }, headers)
  const listed = (url: string, next: string) => ({ list: `${url}/servers?all=1`, ids: '/servers', address: '/ip', next })
  const plain = (id: string) => ({ id, address: `10.0.0.${id}`, labels: {} })

  test.each<[string, string, (url: string) => readonly [unknown, Readonly<Record<string, string>>]]>([
    ['an address', '/next', (url) => [`${url}/servers?page=2`, {}]],
    ['the path of an address', '/next', () => ['/servers?page=2', {}]],
    ['the query of an address', '/next', () => ['?page=2', {}]],
    ['a header', 'link', (url) => [null, { link: `<${url}/servers>; rel="first", <${url}/servers?page=2>; title="a, b"; rel="last next"` }]],
  ])('is followed to the end by %s', async (_, next, second) => {
    await using service = await fleetService({ '/servers?page=2': page(['3'], null) })
    service.routes['/servers?all=1'] = page(['1', '2'], ...second(service.url))
    expect(await readWith(listed(service.url, next))).toEqual({ servers: ['1', '2', '3'].map(plain), unreadable: [], notes: [] })
  })

  test('is followed by a cursor, which is sent with the query of the list', async () => {
    await using service = await fleetService({ '/servers?all=1': page(['1'], 'a&b'), '/servers?all=1&after=a%26b': page(['2'], 7), '/servers?all=1&after=7': page(['3'], '') })
    expect((await readWith({ ...listed(service.url, '/next'), cursor: 'after' })).servers).toEqual(['1', '2', '3'].map(plain))
  })

  test.each([0, -1])('whose next page is %i is refused, and not asked for with that', async (next) => {
    await using service = await fleetService({ '*': page(['1'], next) })
    expect(await fault(readWith(listed(service.url, '/next')))).toBe(`RequestRefusedError: GET http://127.0.0.1:1/servers: expected the next page at /next, by its address or a cursor, or null where there is none, got ${next}`)
    expect(service.paths()).toEqual(['/servers?all=1'])
  })

  test('that leads back to itself is refused', async () => {
    await using service = await fleetService({ '/servers?all=1': page(['1'], '?page=2'), '/servers?page=2': page(['2'], '/servers?all=1') })
    expect(await fault(readWith(listed(service.url, '/next')))).toBe('RequestRefusedError: GET http://127.0.0.1:1/servers: the pages of the list lead back to this one: is "next" right?')
  })

  test('that never ends is refused once it has too many entries', async () => {
    const endless: Route = (response, { url = '' }) => {
      const number = Number(/\d+$/.exec(url))
      json({ servers: Array.from({ length: 30_000 }, (_, index) => ({ id: `n-${number}-${index}` })), next: `?page=${number + 1}` })(response, undefined as never)
    }
    await using service = await fleetService({ '*': endless })
    expect(await fault(readWith(listed(service.url, '/next')))).toMatch(/^RequestRefusedError: .* the list has at least 120,000 entries, and an inventory at most 100,000: /)
  })

  test('whose next page is of another origin is refused, and that is not asked', async () => {
    await using other = await fleetService({})
    await using service = await fleetService({ '/servers?all=1': page(['1'], `${other.url}/servers`) })
    expect(await fault(readWith(listed(service.url, '/next')))).toBe('RequestRefusedError: GET http://127.0.0.1:1/servers: the next page is of another origin, http://127.0.0.1:1, which is not followed')
    expect(other.paths()).toEqual([])
  })
})

describe('a redirect', () => {
  test('to the same origin is followed with credentials, to another one without any', async () => {
    await using other = await fleetService({ '/elsewhere/2': item('2') })
    await using service = await fleetService({ '/servers': redirect('/all', 301), '/all': json({ servers: ['1', '2'] }), '/servers/1': redirect('/v2/1', 308), '/v2/1': item('1'), '/servers/2': redirect(`${other.url}/elsewhere/2`, 307) })
    expect((await read(service, { token, headers: { 'x-api-key': token } })).servers).toEqual([server('1'), server('2')])
    expect(service.asked.map(({ headers }) => [headers.authorization, headers['x-api-key']])).toEqual(Array.from({ length: 5 }, () => [`Bearer ${token}`, token]))
    expect(other.asked.map(({ headers }) => [headers.authorization, headers['x-api-key'], headers.accept])).toEqual([[undefined, undefined, 'application/json']])
  })

  test('to another origin and back does not get the credentials back', async () => {
    await using service = await fleetService({ '/steal': json({ servers: [] }) })
    await using other = await fleetService({ '/': redirect(`${service.url}/steal`) })
    service.routes['/servers'] = redirect(`${other.url}/`)
    await read(service, { token })
    expect(service.asked.map(({ path, headers }) => [path, headers.authorization])).toEqual([['/servers', `Bearer ${token}`], ['/steal', undefined]])
  })

  test.each<[string, (other: string) => Route, string]>([
    ['to itself', () => redirect('/servers'), 'RequestRefusedError: GET http://127.0.0.1:1/servers: is redirected more than 5 times'],
    ['to what is no address', () => redirect('http://'), 'RequestRefusedError: GET http://127.0.0.1:1/servers: is redirected to what is no address'],
    ['to a file', () => redirect('file:///etc/passwd'), 'RequestRefusedError: GET http://127.0.0.1:1/servers: is redirected to what is no address'],
    ['to another origin that wants credentials', (other) => redirect(other), 'RequestRefusedError: GET http://127.0.0.1:1/servers: 401: it leads to http://127.0.0.1:1, and credentials are not sent to another origin: is the address in the settings right?'],
  ])('%s is refused', async (_, route, problem) => {
    await using other = await fleetService({ '*': status(401) })
    await using service = await fleetService({ '/servers': route(other.url) })
    expect(await fault(read(service, { token }))).toBe(problem)
  })
})
