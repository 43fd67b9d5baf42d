import type { Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { expect, test } from 'vitest'
import type { CheckOptions } from '../../src/clients/endpoint.ts'
import { checkEndpoint } from '../../src/clients/endpoint.ts'
import { systemClock } from '../../src/model/clock.ts'
import type { Endpoint } from '../../src/model/endpoint.ts'
import type { Certified } from '../fixtures/certificates.ts'
import { createAuthority } from '../fixtures/certificates.ts'
import type { Listening } from '../fixtures/listeners.ts'
import { closedEndpoint, listening, served, silent } from '../fixtures/listeners.ts'

type Wanted = Partial<CheckOptions>

/** What came of a check, without its times. */
async function found(endpoint: Endpoint, wanted: Wanted = {}): Promise<unknown> {
  const { at, ms, ...rest } = await checkEndpoint(endpoint, { limitMs: 20_000, signal: new AbortController().signal, clock: systemClock, ...wanted })
  expect(new Date(at).toISOString()).toBe(at)
  expect(ms).toBeGreaterThanOrEqual(0)
  return rest
}

test.each(['127.0.0.1', '::1'])('tells of %s whether somebody listens', async (host) => {
  await using open = await listening(() => {}, host)
  expect(await found(open.endpoint)).toEqual({ ok: true })
  expect(await found(await closedEndpoint(host))).toEqual({ ok: false, reason: 'refused', detail: 'ECONNREFUSED' })
})

test('waits no longer for one that says nothing at all than its limit', async () => {
  await using hanging = await silent()
  expect(await found(hanging.endpoint, { limitMs: 200 })).toEqual({ ok: false, reason: 'timeout', detail: 'no connection within 200ms' })
})

test('ends with the reason of its signal, also if that has aborted before', async () => {
  await using hanging = await silent()
  const stop = new AbortController()
  const stopped = found(hanging.endpoint, { signal: stop.signal })
  setImmediate(() => stop.abort(new Error('enough')))
  await expect(stopped).rejects.toThrow('enough')
  await expect(found(hanging.endpoint, { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late')
})

test('an endpoint that closes or resets a connection at once is there, as long as nothing is expected of it', async () => {
  await using closing = await listening((socket) => socket.end())
  expect(await found(closing.endpoint)).toEqual({ ok: true })
  expect(await found(closing.endpoint, { expect: /^SSH-/ })).toEqual({ ok: false, reason: 'reset', detail: 'closed the connection without a word' })
  await using resetting = await listening((socket) => socket.resetAndDestroy())
  expect(await found(resetting.endpoint, { expect: /^SSH-/ })).toEqual({ ok: false, reason: 'reset', detail: 'ECONNRESET' })
})

test.each<[string, (say: (text: string) => void) => void, RegExp, unknown]>([
  ['what it should', (say) => say('SSH-2.0-OpenSSH_9.2p1\r\n'), /^SSH-/, { ok: true }],
  ['it in pieces', (say) => ['S', 'SH', '-2', '.0'].forEach((piece, index) => setTimeout(say, index * 5, piece)), /^SSH-2/, { ok: true }],
  ['it, matched by a pattern with a state', (say) => say('SSH-2.0'), /SSH-/g, { ok: true }],
  ['something else without an end', (say) => say(`\u001b[2J${'HTTP/1.1 400\r\n'.repeat(1000)}`), /^SSH-/, { ok: false, reason: 'unexpected', detail: expect.stringMatching(/^said "HTTP\/1\.1 400 HTTP\/1\.1 400[ -~]*\.\.\."$/) as string }],
  ['what a pattern cannot be done with', (say) => say(`${'a'.repeat(4000)}!`), /^(a+)+$/, { ok: false, reason: 'unexpected', detail: 'took more than 100 ms to be matched with /^(a+)+$/' }],
  ['what takes a pattern with groups', (say) => say('220-hello\r\n220 mail\r\n'), /^220 (mail|post)/m, { ok: true }],
])('of an endpoint that says %s', async (_what, speak, pattern, expected) => {
  await using speaker = await listening((socket) => speak((text) => socket.write(text)))
  expect(await found(speaker.endpoint, { expect: pattern })).toEqual(expected)
})

test('tells what was said until the limit, and that nothing was', async () => {
  await using other = await listening((socket) => socket.write('220 mail'))
  expect(await found(other.endpoint, { expect: /^SSH-/, limitMs: 300 })).toEqual({ ok: false, reason: 'unexpected', detail: 'said "220 mail"' })
  await using mute = await listening()
  expect(await found(mute.endpoint, { expect: /^SSH-/, limitMs: 300 })).toEqual({ ok: false, reason: 'timeout', detail: 'connected, but nothing was said within 300ms' })
})

const authority = createAuthority()

/** Counts whom it has met with a whole handshake. */
function withTls(certified: Certified, met: string[] = []): Promise<Listening> {
  const greet = (socket: Socket): void => {
    met.push('somebody')
    socket.write('220 ready\r\n')
  }
  return served(createTlsServer(certified), '127.0.0.1', greet, 'secureConnection')
}

test('shakes hands, tells the days that the certificate has left, and hears what is said then', async () => {
  const met: string[] = []
  await using secure = await withTls(authority.certify({ ip: '127.0.0.1' }, 30.5), met)
  expect(await found(secure.endpoint, { tls: { ca: authority.ca } })).toEqual({ ok: true, daysToExpiry: 30 })
  expect(await found(secure.endpoint, { tls: { ca: authority.ca }, expect: /^220 / })).toEqual({ ok: true, daysToExpiry: 30 })
  expect(met).toHaveLength(2)
})

test.each<[string, Certified, Wanted['tls'], unknown]>([
  ['of an authority that is not trusted', authority.certify({ ip: '127.0.0.1' }), {}, 'its certificate is not trusted: UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ['for another name', authority.certify({ dns: 'elsewhere.example' }), { ca: authority.ca }, 'its certificate is not for 127.0.0.1'],
  ['for another name than was asked for', authority.certify({ dns: 'elsewhere.example' }), { ca: authority.ca, servername: 'here.example' }, 'its certificate is not for here.example'],
  ['that has expired', authority.certify({ ip: '127.0.0.1' }, -1.5), { ca: authority.ca }, 'its certificate expired 1 days ago'],
])('a certificate %s is a failure, unless nobody wants to know', async (_what, certified, tls, detail) => {
  await using secure = await withTls(certified)
  expect(await found(secure.endpoint, { tls: tls! })).toEqual({ ok: false, reason: 'tls', detail })
  expect(await found(secure.endpoint, { tls: { ...tls, verify: false } })).toEqual({ ok: true, daysToExpiry: expect.any(Number) as number })
})

test('tells what keeps a handshake from its end', async () => {
  await using plain = await listening((socket) => socket.write('220 mail\r\n'))
  expect(await found(plain.endpoint, { tls: {} })).toEqual({ ok: false, reason: 'tls', detail: 'wrong version number (ERR_SSL_WRONG_VERSION_NUMBER)' })
  await using mute = await listening()
  expect(await found(mute.endpoint, { tls: {}, limitMs: 300 })).toEqual({ ok: false, reason: 'timeout', detail: 'connected, but the TLS handshake did not end within 300ms' })
  await using closing = await listening((socket) => socket.end())
  expect(await found(closing.endpoint, { tls: {} })).toEqual({ ok: false, reason: 'reset', detail: 'ECONNRESET' })
})

test('a name is up if any of its addresses answers, and else what is known least of stands for it', async () => {
  await using open = await listening()
  const { port } = open.endpoint
  const at = (...addresses: string[]): Wanted => ({ resolver: (_host, tell) => setImmediate(tell, addresses) })
  const host = 'node.example'
  expect(await found({ host, port }, at('127.0.0.2', '::1', '127.0.0.1'))).toEqual({ ok: true })
  expect(await found({ host, port }, at('127.0.0.2', '::1'))).toEqual({ ok: false, reason: 'refused', detail: 'ECONNREFUSED' })
  await using hanging = await silent()
  expect(await found({ host, port: hanging.endpoint.port }, { ...at('127.0.0.2', '127.0.0.1', '::1'), limitMs: 400 })).toEqual({ ok: false, reason: 'timeout', detail: 'no connection within 400ms' })
})

test('looks names up as this machine does', async () => {
  await using open = await listening()
  expect(await found({ ...open.endpoint, host: 'localhost' })).toEqual({ ok: true })
  expect(await found({ host: 'node.invalid', port: 22 })).toEqual({ ok: false, reason: 'dns', detail: expect.stringMatching(/^(?:ENOTFOUND|EAI_AGAIN)$/) as string })
})
