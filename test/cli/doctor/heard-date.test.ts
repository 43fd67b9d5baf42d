import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hearDates } from '../../../src/cli/doctor/heard-date.ts'
import { systemClock } from '../../../src/model/clock.ts'
import { openHttp } from '../../../src/provisioners/http.ts'

const server = createServer((_request, response) => {
  response.setHeader('date', 'Sat, 21 Nov 2026 12:00:00 GMT').end('{"servers": []}')
})
let url = ''
beforeEach(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

test('the time of whoever answers the adapter http, or a fetch of a module, is heard until nobody listens any more', async () => {
  const provisioner = await openHttp({ url }, systemClock, {})
  const check = async (): Promise<unknown> => provisioner.check?.({ signal: new AbortController().signal, log: () => {} })
  const end = hearDates(() => 7)
  await check()
  await (await fetch(url)).text()
  const heard = end()
  await check()
  await provisioner.close?.()
  const date = Date.parse('2026-11-21T12:00:00.000Z')
  expect(heard).toEqual([{ origin: url, date, at: 7 }, { origin: url, date, at: 7 }])
})
