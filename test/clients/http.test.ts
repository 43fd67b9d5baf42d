import type { Server } from 'node:net'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { HttpAnswer, HttpClient } from '../../src/clients/http.ts'
import { createHttpClient } from '../../src/clients/http.ts'
import { systemClock } from '../../src/model/clock.ts'

const opened: { readonly server: Server; readonly client: HttpClient; readonly sockets: Socket[] }[] = []
afterEach(async () => {
  for (const { server, client, sockets } of opened.splice(0)) {
    await client.close()
    for (const socket of sockets) socket.destroy()
    server.close()
  }
})

interface Peer {
  readonly client: HttpClient
  readonly asked: string[]
  readonly sockets: Socket[]
}

/** A server that answers each request with what is given, byte by byte, and a client of it. */
async function peer(answer: (socket: Socket, request: string) => void, limitMs = 5000): Promise<Peer> {
  const asked: string[] = []
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {}).on('data', (data) => {
      asked.push(String(data))
      answer(socket, String(data))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`)
  const client = createHttpClient({ url, headers: { authorization: 'Bearer hunter2-hunter2' }, limitMs, connections: 1, clock: systemClock })
  opened.push({ server, client, sockets })
  return { client, asked, sockets }
}

const get = (client: HttpClient, signal = new AbortController().signal): Promise<HttpAnswer> => client.send({ method: 'GET', path: '/servers' }, signal)
const fault = (call: Promise<unknown>): Promise<string> => call.then(() => 'none', (error: Error) => `${error.name}: ${error.message.replace(/:\d{4,5}\b/, ':1')}`)
const whole = (text: string, head = ''): string => `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(text)}\r\n${head}\r\n${text}`

test('a request has the base before its path, its headers, and its body as JSON; the connection is kept', async () => {
  const { client, asked, sockets } = await peer((socket) => socket.write(whole('{"a":1}', 'Content-Type: application/json; charset=utf-8\r\nRetry-After: 2\r\n')))
  const answer = await client.send({ method: 'POST', path: '/servers/1/install', headers: { 'idempotency-key': 'r/1/install/1' }, body: { os: 'debian' } }, new AbortController().signal)
  await get(client)
  expect(answer).toEqual({ status: 200, contentType: 'application/json; charset=utf-8', retryAfterMs: 2000, text: '{"a":1}', isCut: false })
  expect(asked[0]?.split('\r\n').filter((line) => !/^(host|connection)/.test(line))).toEqual([
    'POST /api/servers/1/install HTTP/1.1', 'accept: application/json', 'authorization: Bearer hunter2-hunter2', 'idempotency-key: r/1/install/1', 'content-type: application/json', 'content-length: 15', '', '{"os":"debian"}',
  ])
  expect([asked.length, sockets.length]).toEqual([2, 1])
})

test('a redirect is an answer, and is not followed', async () => {
  const { client, asked } = await peer((socket) => socket.write('HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n'))
  expect(await get(client)).toEqual({ status: 302, contentType: '', location: '/elsewhere', text: '', isCut: false })
  expect(asked.length).toBe(1)
})

test('of a body that never ends no more than 1 MiB is read', async () => {
  const { client } = await peer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
    const more = (): void => void (socket.destroyed || socket.write(`10000\r\n${'x'.repeat(0x10000)}\r\n`, () => setImmediate(more)))
    more()
  })
  const { text, isCut } = await get(client)
  expect([text.length, isCut]).toEqual([1024 * 1024, true])
})

test.each<[string, string]>([
  ['is closed at once', ''],
  ['is cut in its head', 'HTTP/1.1 200 OK\r\nContent-Le'],
  ['is cut in its body', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a":'],
  ['is cut in a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{"a":'],
])('an answer that %s is none: the provisioner is unavailable', async (_, text) => {
  const { client } = await peer((socket) => socket.end(text))
  expect(await fault(get(client))).toMatch(/^ProvisionerUnavailableError: GET \/servers: http:\/\/127\.0\.0\.1:1 did not answer: /)
})

test('what is not HTTP is refused', async () => {
  const { client } = await peer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'))
  expect(await fault(get(client))).toMatch(/^RequestRefusedError: GET \/servers: http:\/\/127\.0\.0\.1:1 does not answer in HTTP: ./)
})

test('a request that hangs ends with its limit, in its head or in its body', async () => {
  const silent = await peer(() => {}, 50)
  const slow = await peer((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{'), 50)
  const told = 'ProvisionerUnavailableError: GET /servers: http://127.0.0.1:1 has not answered within 50ms'
  expect([await fault(get(silent.client)), await fault(get(slow.client))]).toEqual([told, told])
})

test('a signal ends a request with its own reason, and leaves nothing on the signal', async () => {
  const { client, asked } = await peer(() => {})
  const stop = new AbortController()
  const asking = fault(get(client, stop.signal))
  while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
  stop.abort(new Error('the run was stopped'))
  expect(await asking).toBe('Error: the run was stopped')
  expect(await fault(get(client, stop.signal))).toBe('Error: the run was stopped')
})

test('where nobody listens, the provisioner is unavailable', async () => {
  const { client } = await peer(() => {})
  opened[0]?.server.close()
  expect(await fault(get(client))).toMatch(/ProvisionerUnavailableError: .*ECONNREFUSED/)
})
