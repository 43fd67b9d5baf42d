import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { whyNoTcp } from '../../src/clients/tcp.ts'
import { systemClock } from '../../src/model/clock.ts'

const options = { limitMs: 10_000, signal: new AbortController().signal, clock: systemClock }

test('tells whether somebody listens, and if not, why', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  expect(await whyNoTcp('127.0.0.1', port, options)).toBeUndefined()
  server.close()
  await once(server, 'close')
  expect(await whyNoTcp('127.0.0.1', port, options)).toBe('ECONNREFUSED')
})

test('waits no longer than its limit, nor than an abort', async () => {
  const impatient = { ...systemClock, after: (_ms: number, call: () => void) => (queueMicrotask(call), () => {}) }
  expect(await whyNoTcp('127.0.0.1', 1, { ...options, clock: impatient })).toBe('ETIMEDOUT')
  expect(await whyNoTcp('127.0.0.1', 1, { ...options, signal: AbortSignal.abort() })).toBe('ABORT_ERR')
})
