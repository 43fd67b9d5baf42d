import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/model/clock.ts'
import { ProvisionerUnavailableError, ServerOperationError } from '../../src/model/fault.ts'
import { UsageError } from '../../src/model/problem.ts'
import type { Provisioner, StepContext } from '../../src/model/provisioner.ts'
import type { Server, ServerId } from '../../src/model/server.ts'
import { openHttp } from '../../src/provisioners/http.ts'
import type { Fixture } from '../contracts/provisioner.ts'
import { provisionerContract } from '../contracts/provisioner.ts'
import { imported } from '../fixtures/elsewhere.ts'
import { httpRack, token } from '../fixtures/http-rack.ts'
import { relayTo } from '../fixtures/relay.ts'

const serverOf = (id: string): Server => ({ id: id as ServerId, labels: {} })

async function fixtureOf(faults: object, wrap: (provisioner: Provisioner) => Provisioner): Promise<Fixture> {
  const soon = { takes: '5ms' }
  const atOnce = { takes: '0ms' }
  const simulation = {
    strict: true,
    defaults: { install: soon, benchmark: soon, destroy: atOnce, markAsBroken: atOnce },
    servers: { '101': {}, '102': { install: { takes: '1h' } }, '103': { install: { fails: 'PXE boot timed out' } }, '104': { install: { takes: '500ms' } } },
    faults,
  }
  const site = await httpRack(simulation)
  let posts = 0
  const relay = await relayTo(site.simulator.url, (request) => (request.startsWith('POST') && ++posts === 1 ? 'lose' : 'pass'))
  const machineOf = (id: string) => site.rack.record().machines.find((machine) => machine.id === id)
  return {
    server: serverOf('101'),
    slow: serverOf('102'),
    lasting: serverOf('104'),
    failing: { server: serverOf('103'), message: 'PXE boot timed out' },
    stranger: serverOf('999'),
    adapter: async () => wrap(await site.adapter({ requestTimeout: '500ms' })),
    async cutOff(server, context) {
      const provisioner = wrap(await site.adapter({ url: relay.url, requestTimeout: '500ms' }))
      // It asks again by itself.
      await provisioner.install(server, 'debian-12', context)
      expect(relay.lost()).toBe(1)
      return provisioner
    },
    elsewhere: [
      imported('provisioners/http.js', 'openHttp'),
      imported('model/clock.js', 'systemClock'),
      `const provisioner = await openHttp({ url: '${site.simulator.url}' }, systemClock, { RACKBENCH_TOKEN: '${token}' })`,
    ].join('\n'),
    async stateOf({ id }) {
      site.rack.look(id)
      const state = machineOf(id)?.state ?? 'clean'
      return state === 'clean' || state === 'installed' ? state : 'in between'
    },
    isMarked: async ({ id }) => machineOf(id)?.mark !== undefined,
    installsOf: async ({ id }) => site.begun(id, 'install'),
    secrets: [token],
    cannot: {},
    async [Symbol.asyncDispose]() {
      await site[Symbol.asyncDispose]()
      await relay[Symbol.asyncDispose]()
    },
  }
}

provisionerContract('http', () => fixtureOf({}, (provisioner) => provisioner))

provisionerContract('http over a network that loses, cuts, repeats and delays', () =>
  fixtureOf({ seed: 5, lose: '30%', cut: '5%', duplicate: { share: '10%', by: '5ms' }, late: { share: '10%', by: '20ms' } }, askingAgain))

/** Asks again under the same key while the provisioner is unavailable, as a run does. */
function askingAgain(provisioner: Provisioner): Provisioner {
  const again = async <T>(call: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await call()
      } catch (error) {
        if (!(error instanceof ProvisionerUnavailableError)) throw error
      }
    }
  }
  return {
    ...provisioner,
    install: (...given) => again(() => provisioner.install(...given)),
    benchmark: (...given) => again(() => provisioner.benchmark!(...given)),
    destroy: (...given) => again(() => provisioner.destroy(...given)),
    markAsBroken: (...given) => again(() => provisioner.markAsBroken(...given)),
  }
}

const contextOf = (idempotencyKey: string, signal = new AbortController().signal, said: string[] = []): StepContext => ({ signal, log: (message) => said.push(message), attempt: 1, idempotencyKey })
const thrown = (call: Promise<unknown>): Promise<unknown> => call.then(() => expect.unreachable('it passed'), (error: unknown) => error)

describe('http', () => {
  test('an install that arrives after it was given up does not outlive the wipe', async () => {
    // With this seed the first request to install is late, and the second is not.
    await using site = await httpRack({ defaults: { install: { takes: '100ms' }, destroy: { takes: '0ms' } }, faults: { seed: 3, late: { share: '50%', by: '600ms', of: ['install'] } } })
    const provisioner = await site.adapter()
    const stop = new AbortController()
    const installing = thrown(provisioner.install(serverOf('101'), 'debian-12', contextOf('r/101/install/1', stop.signal)))
    await provisioner.check!(contextOf(''))
    stop.abort(new Error('the run was stopped'))
    expect(await installing).toEqual(new Error('the run was stopped'))
    await provisioner.destroy(serverOf('101'), contextOf('r/101/destroy/1'))
    const late = (): boolean => site.exchanges.some(({ fault, answer }) => fault === 'late' && answer)
    expect([site.rack.look('101' as ServerId).state, late()]).toEqual(['clean', false])
    while (!late()) await new Promise((resolve) => setImmediate(resolve))
    expect([site.rack.look('101' as ServerId).state, site.begun('101', 'install')]).toEqual(['clean', 1])
  })

  test('hundreds of servers are polled at once, and a wipe does not wait behind them', async () => {
    await using site = await httpRack({ defaults: { install: { takes: '1h' }, destroy: { takes: '0ms' } }, faults: { hang: { share: '100%', of: ['operations'] } } })
    const provisioner = await site.adapter()
    const stops = Array.from({ length: 300 }, () => new AbortController())
    const installing = stops.map(({ signal }, index) => thrown(provisioner.install(serverOf(`s${index}`), 'debian-12', contextOf(`r/s${index}/install/1`, signal))))
    const polls = (): number => site.exchanges.filter(({ path }) => path.startsWith('/operations/')).length
    while (polls() < 32) await new Promise((resolve) => setImmediate(resolve))
    await provisioner.destroy(serverOf('other'), contextOf('r/other/destroy/1'))
    expect(polls()).toBe(32)
    for (const stop of stops) stop.abort(new Error('enough'))
    expect(new Set((await Promise.all(installing)).map(String))).toEqual(new Set(['Error: enough']))
  })

  test('metrics are what the provisioner says', async () => {
    await using site = await httpRack({ defaults: { install: { takes: '0ms' }, benchmark: { takes: '0ms', metrics: { cpu: 9, disk: 1.5 } } } })
    const provisioner = await site.adapter()
    await provisioner.install(serverOf('101'), 'debian-12', contextOf('r/101/install/1'))
    expect(await provisioner.benchmark!(serverOf('101'), contextOf('r/101/benchmark/1'))).toEqual({ cpu: 9, disk: 1.5 })
  })

  test('list reads page after page', async () => {
    await using site = await httpRack({ servers: Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`n${index}`, { labels: { rack: 'a' } }])) })
    const listed: unknown[] = []
    for await (const server of (await site.adapter()).list!(contextOf(''))) listed.push(server)
    expect([listed.length, listed[249]]).toEqual([250, { id: 'n249', labels: { rack: 'a' }, state: 'clean' }])
    expect(site.exchanges.map(({ path }) => path)).toEqual(['/servers', '/servers?cursor=100', '/servers?cursor=200'])
  })

  test('what is wrong in the settings is told at once, without a secret', async () => {
    const open = (settings: object, env = {}) => openHttp(settings as Record<string, unknown>, systemClock, env)
    await expect(open({ url: 'rack.example.com', tokn: 'x', token: 7, requestTimeout: '1ms', headers: ['hunter2-hunter2'] })).rejects.toEqual(new UsageError([
      'provisioner: http: url: expected an address such as https://rack.example.com/api, got "rack.example.com"',
      'provisioner: http: token: expected a string, got "***"',
      'provisioner: http: headers: expected an object, got "***"',
      'provisioner: http: requestTimeout: expected a duration from 100ms to 10m, such as 30s, got "1ms"',
      'provisioner: http: unknown key "tokn"',
    ]))
    await expect(open({ url: 'https://u:hunter2-hunter2@rack', headers: { Authorization: 'hunter2-hunter2', 'a b': 'x', Host: 'x', 'X-Y': 'a\nb' } }, { RACKBENCH_TOKEN: 'hunter2\thunter2' })).rejects.toEqual(new UsageError([
      'provisioner: http: url: has a password in it: use RACKBENCH_TOKEN, or a header',
      'provisioner: http: RACKBENCH_TOKEN: has blanks or control characters in it',
      'provisioner: http: headers: "Authorization" and a token are both there: keep one of them',
      'provisioner: http: headers: "a b" is no name of a header',
      'provisioner: http: headers: "Host" is set by rackbench itself',
      'provisioner: http: headers: the value of "X-Y" has characters in it that no header may have',
    ]))
    await expect(open({})).rejects.toEqual(new UsageError(['provisioner: http: url: expected a string, but it is missing']))
    await expect(open({ url: 'https://u:hunter2@rack/?token=hunter2#x' })).rejects.toEqual(new UsageError(['provisioner: http: url: expected an address without a query, got "https://***@rack/?***"']))
    await expect(open({ url: 'ftp://u:hunter2@rack' })).rejects.toThrow('got "ftp://***@rack"')
    await expect(open({ url: 'https://rack', ca: 'ca.pem' })).rejects.toThrow('ca: expected certificates in PEM, or the absolute path of a file with them')
    await expect(open({ url: 'https://rack', ca: '/nowhere/ca.pem' })).rejects.toThrow('ca: /nowhere/ca.pem cannot be read: ENOENT')
  })

  test('what the provisioner echoes of a secret is told by nobody', async () => {
    await using site = await httpRack({ defaults: { install: { takes: '0ms', fails: 'header hunter3-hunter3 and hunter2-hunter2' } } })
    const provisioner = await site.adapter({ headers: { 'x-api-key': 'hunter3-hunter3' } })
    expect(await thrown(provisioner.install(serverOf('101'), 'debian-12', contextOf('r/101/install/1')))).toEqual(new ServerOperationError('header *** and ***'))
  })
})
