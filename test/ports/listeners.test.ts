import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { checkAll } from '../../src/clients/endpoints.ts'
import { systemClock } from '../../src/model/clock.ts'
import type { Check, Endpoint } from '../../src/model/endpoint.ts'
import { statusOf } from '../../src/model/endpoint.ts'
import type { PortRound } from '../../src/model/port-round.ts'
import type { CheckAll } from '../../src/ports/monitor.ts'
import { createMonitor } from '../../src/ports/monitor.ts'
import { allOf } from '../fixtures/endpoints.ts'

const host = '127.83.71.9'
const signal = new AbortController().signal
const servers: Server[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map(closed))
})

/** A listener that does what it likes with each connection. */
async function listener(hear: (socket: Socket) => void, port = 0): Promise<Endpoint & { readonly server: Server }> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    server.on('close', () => socket.destroy())
    hear(socket)
  })
  servers.push(server)
  await once(server.listen(port, host), 'listening')
  return { host, port: (server.address() as AddressInfo).port, server }
}

async function closed(server: Server): Promise<void> {
  if (!server.listening) return
  const done = once(server, 'close')
  server.close()
  await done
}

/** Real checks that want to hear from an SSH server. Only those that never answer are given up soon: no slow machine fails the others. */
function realChecks(hangs: readonly Endpoint[] = []): CheckAll {
  const isHanging = ({ port }: Endpoint): boolean => hangs.some((endpoint) => endpoint.port === port)
  return async (endpoints, stop, onCheck) => {
    const some = (which: readonly Endpoint[], limitMs: number): Promise<void> =>
      checkAll(which, { limitMs, signal: stop, clock: systemClock, expect: /^SSH-/, concurrency: 8 }, (check, endpoint) => onCheck(check, endpoint, endpoints.indexOf(endpoint)))
    await Promise.all([some(endpoints.filter(isHanging), 100), some(endpoints.filter((endpoint) => !isHanging(endpoint)), 20_000)])
  }
}

const greet = (socket: Socket): void => void socket.end('SSH-2.0-test\r\n')
const foundOf = (check: Check): string => (check.ok ? 'ok' : check.reason)

test('listeners that answer, refuse, hang, reset, say something else and flap are told apart, and what each did is kept', async () => {
  let connections = 0
  const refusing = await listener(greet)
  await closed(refusing.server)
  const hanging = await listener(() => {})
  const endpoints: Endpoint[] = [
    await listener(greet),
    refusing,
    hanging,
    await listener((socket) => socket.resetAndDestroy()),
    await listener((socket) => socket.end('220 mail.example ESMTP\r\n')),
    await listener((socket) => (++connections % 2 === 1 ? greet(socket) : socket.resetAndDestroy())),
  ]
  const rounds = await allOf(createMonitor({ endpoints, checkAll: realChecks([hanging]), history: 5, everyMs: 1, count: 5, clock: systemClock, signal }).rounds())
  expect(rounds.at(-1)!.states.map(({ checks }) => [statusOf(checks, 5), checks.map(foundOf).join(' ')])).toEqual([
    ['up', 'ok ok ok ok ok'],
    ['down', 'refused refused refused refused refused'],
    ['down', 'timeout timeout timeout timeout timeout'],
    ['down', 'reset reset reset reset reset'],
    ['down', 'unexpected unexpected unexpected unexpected unexpected'],
    ['flapping', 'ok reset ok reset ok'],
  ])
  expect(rounds.map(({ cutOff, changes }) => [cutOff, changes.map(({ endpoint, to }) => [endpoints.indexOf(endpoint), to])])).toEqual([
    [undefined, [[0, 'up'], [1, 'failing'], [2, 'failing'], [3, 'failing'], [4, 'failing'], [5, 'up']]],
    [undefined, [[5, 'flapping']]],
    [undefined, []],
    [undefined, []],
    [undefined, [[1, 'down'], [2, 'down'], [3, 'down'], [4, 'down']]],
  ])
})

test('listeners that all go away at once and come back leave no trace; those that stay away count from the third round on', async () => {
  const endpoints = [await listener(greet), await listener(greet)]
  const listenAgain = async (): Promise<void> => {
    for (const [index, { port }] of endpoints.entries()) endpoints[index] = await listener(greet, port)
  }
  const leave = async (): Promise<void> => void (await Promise.all(endpoints.map(({ server }) => closed(server))))
  const monitor = createMonitor({ endpoints: endpoints.map(({ port }) => ({ host, port })), checkAll: realChecks(), history: 5, everyMs: 1, clock: systemClock, signal })
  const rounds = monitor.rounds()[Symbol.asyncIterator]()
  const next = async (): Promise<unknown> => {
    const { cutOff, states } = (await rounds.next()).value as PortRound
    return [cutOff, states.map(({ checks }) => checks.map(foundOf).join(' '))]
  }
  expect(await next()).toEqual([undefined, ['ok', 'ok']])
  await leave()
  expect([await next(), await next()]).toEqual([[1, ['ok', 'ok']], [2, ['ok', 'ok']]])
  await listenAgain()
  expect(await next()).toEqual([undefined, ['ok ok', 'ok ok']])
  await leave()
  expect([await next(), await next(), await next()]).toEqual([[1, ['ok ok', 'ok ok']], [2, ['ok ok', 'ok ok']], [undefined, ['ok ok refused', 'ok ok refused']]])
  await rounds.return!()
})
