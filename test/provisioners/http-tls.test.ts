import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createServer as createPlainServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import type { Clock } from '../../src/model/clock.ts'
import { systemClock } from '../../src/model/clock.ts'
import { UsageError } from '../../src/model/problem.ts'
import { openHttp } from '../../src/provisioners/http.ts'
import type { Certified } from '../fixtures/certificates.ts'
import { createAuthority } from '../fixtures/certificates.ts'
import { test } from '../fixtures/cli.ts'

const authority = createAuthority()
const right = authority.certify({ ip: '127.0.0.1' })

/** A provisioner without a server, behind TLS. */
async function site(certified: Certified): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(certified, (_, response) => response.setHeader('content-type', 'application/json').end('{"servers": [], "next": null}'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The waits between two tries are cut short; the limit of a request is not. */
const hasty: Clock = { ...systemClock, after: (ms, work) => systemClock.after(ms < 10_000 ? 1 : ms, work) }

/** What comes of the first question to a provisioner. */
async function ask(settings: Readonly<Record<string, unknown>>): Promise<string> {
  const provisioner = await openHttp(settings, hasty, {})
  try {
    await provisioner.check!({ signal: new AbortController().signal, log: () => {} })
    return 'passed'
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message.replaceAll(/:\d{4,5}\b/g, ':1')}`
  } finally {
    await provisioner.close?.()
  }
}

describe('over TLS', () => {
  const origin = 'ProvisionerUnavailableError: GET /servers: https://127.0.0.1:1'

  test('a provisioner whose authority is in `ca` is talked to, by PEM or by file', async ({ place }) => {
    await using rack = await site(right)
    await place.write('ca.pem', `# Ours, and that of the rack beside\n${createAuthority('another').ca}${authority.ca}`)
    expect([await ask({ url: rack.url, ca: authority.ca }), await ask({ url: rack.url, ca: join(place.folder, 'ca.pem') })]).toEqual(['passed', 'passed'])
  })

  test('one that nobody vouches for is not, and it is told what to do', async () => {
    await using rack = await site(right)
    const told = /^ProvisionerUnavailableError: GET \/servers: https:\/\/127\.0\.0\.1:1 is not trusted: .* \([A-Z_]+\): the setting "ca" names the certificates to trust$/
    expect(await ask({ url: rack.url })).toMatch(told)
    expect(await ask({ url: rack.url, ca: createAuthority('another').ca })).toMatch(told)
    // One that was made anew under the same name.
    expect(await ask({ url: rack.url, ca: createAuthority().ca })).toMatch(told)
  })

  test('one whose certificate is for another host, or has expired, is not', async () => {
    await using other = await site(authority.certify({ dns: 'rack.example.com' }))
    const wrongHost = await ask({ url: other.url, ca: authority.ca })
    expect([wrongHost.startsWith(`${origin} is not trusted: `), wrongHost.endsWith(' (ERR_TLS_CERT_ALTNAME_INVALID): "url" needs a name that its certificate has')]).toEqual([true, true])
    await using old = await site(authority.certify({ ip: '127.0.0.1' }, -1))
    expect(await ask({ url: old.url, ca: authority.ca })).toBe(`${origin} is not trusted: certificate has expired (CERT_HAS_EXPIRED): look at its certificate, and at the clock of this machine`)
  })

  test('one that does not speak TLS is told apart', async () => {
    const plain = createPlainServer((socket) => socket.on('error', () => {}).resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
    const told = await ask({ url: `https://127.0.0.1:${(plain.address() as AddressInfo).port}` })
    await new Promise((resolve) => plain.close(resolve))
    expect([told.startsWith(`${origin} did not answer: `), told.endsWith(': is it an http:// address?')]).toEqual([true, true])
  })

  test('what is no certificate is told before anybody is asked', async ({ place }) => {
    const open = (ca: string): Promise<unknown> => openHttp({ url: 'https://rack', ca }, systemClock, {})
    const damaged = authority.ca.replace('MII', 'xxx').replace('MIH', 'xxx')
    await place.write('key.pem', right.key)
    await place.write('damaged.pem', damaged)
    const file = (name: string): string => join(place.folder, name)
    await expect(open(file('key.pem'))).rejects.toEqual(new UsageError([`provisioner: http: ca: ${file('key.pem')} holds no certificate in PEM`]))
    await expect(open(file('damaged.pem'))).rejects.toEqual(new UsageError([`provisioner: http: ca: certificate 1 of ${file('damaged.pem')} cannot be read`]))
    await expect(open(`${authority.ca}${damaged}`)).rejects.toEqual(new UsageError(['provisioner: http: ca: certificate 2 of the setting cannot be read']))
    await expect(open(place.folder)).rejects.toEqual(new UsageError([`provisioner: http: ca: ${place.folder} cannot be read: EISDIR`]))
    await expect(open(authority.ca.slice(0, 200))).rejects.toEqual(new UsageError(['provisioner: http: ca: the setting holds no certificate in PEM']))
  })
})
