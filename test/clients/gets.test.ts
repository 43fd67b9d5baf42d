import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { Gets, GetsOptions } from '../../src/clients/gets.ts'
import { createGets } from '../../src/clients/gets.ts'
import { systemClock } from '../../src/model/clock.ts'
import { createAuthority } from '../fixtures/certificates.ts'
import { fleetService, hang, inTurn, json, status, text } from '../fixtures/fleet-service.ts'

const opened: Gets[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ close }) => close()))
})

function getsWith(options: Partial<GetsOptions> = {}): (origin: string, path: string, longest?: number) => Promise<unknown> {
  const gets = createGets({ ca: undefined, limitMs: 5000, clock: systemClock, signal: new AbortController().signal, ...options })
  opened.push(gets)
  return (origin, path, longest = 1000) => gets.get({ origin, path, headers: {}, longest }).catch((error: Error) => `${error.name}: ${error.message.replace(/:\d{4,5}\b/, ':1')}`)
}

test('an answer is its status, its text and of its headers what matters', async () => {
  await using service = await fleetService({ '/ok': json({ a: 'é' }, { link: '</x>; rel=next' }), '/away': status(302, { 'location': '/ok', 'retry-after': '2' }, 'gone') })
  const get = getsWith()
  expect([await get(service.url, '/ok'), await get(service.url, '/away')]).toEqual([
    { status: 200, contentType: 'application/json', link: '</x>; rel=next', text: '{"a":"é"}', isCut: false },
    { status: 302, contentType: '', location: '/ok', retryAfterMs: 2000, text: 'gone', isCut: false },
  ])
  expect(service.connections()).toBe(1)
})

test('a body of as many bytes as are taken is whole, one of more is cut', async () => {
  await using service = await fleetService({ '/fits': text('x'.repeat(1000)), '/more': text('x'.repeat(1001)) })
  const get = getsWith()
  expect([await get(service.url, '/fits'), await get(service.url, '/more')]).toEqual([true, false].map((fits) => ({ status: 200, contentType: 'application/json', text: 'x'.repeat(1000), isCut: !fits })))
})

describe('a GET that is not answered', () => {
  test('ends at its limit, each at its own, and the others go on', async () => {
    await using service = await fleetService({ '/': inTurn(hang, hang, json(1)) })
    const get = getsWith({ limitMs: 150 })
    const silence = 'ProvisionerUnavailableError: GET /: http://127.0.0.1:1 has not answered within 150ms'
    expect(await Promise.all([get(service.url, '/?key=hunter2'), get(service.url, '/')])).toEqual([silence, silence])
    expect(await get(service.url, '/')).toMatchObject({ status: 200 })
    service.routes['/'] = hang
    expect(await get(service.url, '/')).toBe(silence)
  })

  test('ends with the reason of the signal, also while it waits for a connection; and later ones do not begin', async () => {
    const stop = new AbortController()
    const waiting = inTurn(hang, hang, () => stop.abort(new Error('stopped')))
    await using service = await fleetService({ '/': waiting })
    const get = getsWith({ signal: stop.signal })
    expect(await Promise.all(Array.from({ length: 8 }, () => get(service.url, '/')))).toEqual(Array.from({ length: 8 }, () => 'Error: stopped'))
    expect([await get(service.url, '/'), service.asked.length]).toEqual(['Error: stopped', 3])
  })
})

test('a service is trusted that has a certificate of ours, and no other', async () => {
  const ours = createAuthority()
  const server = createServer(ours.certify({ ip: '127.0.0.1' }), (_, response) => void response.end('{}'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    expect(await getsWith({ ca: ours.ca })(origin, '/')).toEqual({ status: 200, contentType: '', text: '{}', isCut: false })
    expect(await getsWith()(origin, '/')).toMatch(/^ProvisionerUnavailableError: GET \/: https:\/\/127\.0\.0\.1:1 is not trusted: .*: the setting "ca" names the certificates to trust$/)
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
