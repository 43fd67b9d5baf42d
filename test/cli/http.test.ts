import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import type { ServerId } from '../../src/model/server.ts'
import type { RackRecord } from '../../src/simulator/lasting-rack.ts'
import type { Place, Started } from '../fixtures/cli.ts'
import { eventsOf, untilLines, test, until } from '../fixtures/cli.ts'
import { httpRack, token } from '../fixtures/http-rack.ts'
import { relayTo } from '../fixtures/relay.ts'

interface ToldServer {
  readonly id: string
  readonly status: 'passed' | 'failed' | 'skipped'
  readonly left: string
  readonly broken: { readonly marked: boolean }
  readonly error?: { readonly type: string; readonly step: string }
}
const resultsOf = async (place: Place): Promise<{ servers: ToldServer[]; run: { problems: string[] } }> => JSON.parse(await place.read('rackbench-out/results.json')) as never
const outcomeOf = ({ status, error, broken }: ToldServer): string => [status, ...(error ? [error.type, error.step] : []), ...(broken.marked ? ['marked'] : [])].join(' ')

/** What a file says of a server, and what becomes of it where only the provisioner misbehaves. */
const kinds = {
  good: [{}, 'passed'],
  slow: [{ benchmark: { score: 31 } }, 'failed PerformanceError check marked'],
  dead: [{ install: { fails: 'PXE boot timed out' } }, 'failed ServerOperationError install marked'],
  flaky: [{ install: { unavailable: 1 } }, 'passed'],
  silent: [{ benchmark: { metrics: {} } }, 'failed MeasurementError benchmark'],
  sticky: [{ destroy: { fails: 'disk erase failed' } }, 'failed ServerOperationError destroy marked'],
  taken: [{ state: 'in-use' }, 'skipped ServerNotOursError install'],
  retired: [{ state: 'broken' }, 'skipped ServerNotOursError install'],
  stranger: [undefined, 'failed UnknownServerError install'],
} as const
const shares = { good: 120, slow: 15, dead: 15, flaky: 10, silent: 10, sticky: 10, taken: 5, retired: 5, stranger: 10 }

test.concurrent('of 200 servers at once each ends in its class, whatever the provisioner does to requests', { timeout: 120_000 }, async ({ place }) => {
  const ids = Object.entries(shares).flatMap(([kind, count]) => Array.from({ length: count }, (_, index) => `${kind}-${index}`))
  const kindOf = (id: string) => kinds[id.split('-')[0] as keyof typeof kinds]
  const short = { takes: '400ms' }
  await using site = await httpRack({
    strict: true,
    defaults: { install: short, benchmark: short, destroy: short, markAsBroken: short },
    servers: Object.fromEntries(ids.filter((id) => kindOf(id)[0]).map((id) => [id, kindOf(id)[0]])),
    faults: {
      seed: 'two hundred',
      hang: '2%',
      cut: '4%',
      html: '0.5%',
      error: '4%',
      unavailable: '4%',
      duplicate: { share: '4%', by: '600ms' },
      late: { share: '4%', by: '900ms' },
      lose: '8%',
    },
  })
  await place.write('rackbench.config.yaml', `provisioner: { type: http, url: "${site.simulator.url}", requestTimeout: 600ms }\n`)
  const { code } = await place.run(['run', ...ids, '-c', '200', '--destroy', 'always', '--max-broken', '100%', '--max-alike', '0', '--progress', 'none'], { env: { RACKBENCH_TOKEN: token } })

  const struck = new Set(site.exchanges.flatMap(({ fault }) => fault ?? []))
  expect([...struck].sort()).toEqual(['cut', 'duplicate', 'error', 'hang', 'html', 'late', 'lose', 'unavailable'])
  const record = site.rack.record()
  const operations = record.machines.flatMap((machine) => machine.operations)
  const serverOfPath = (path: string): string | undefined => /^\/servers\/([^/]+)/.exec(path)?.[1] ?? operations.find(({ id }) => path === `/operations/${id}`)?.server
  // A web page with status 200 is no answer of the protocol: whoever got one is not judged.
  const misled = new Set(site.exchanges.filter(({ fault }) => fault === 'html').map(({ path }) => serverOfPath(path)))
  const { servers } = await resultsOf(place)
  const wrong = servers.filter(({ id }) => !misled.has(id)).filter((server) => outcomeOf(server) !== kindOf(server.id)[1])
  expect(wrong.map((server) => `${server.id}: ${outcomeOf(server)}`)).toEqual([])
  const others = servers.filter(({ id }) => misled.has(id)).filter((server) => !kindOf(server.id)[1].startsWith(outcomeOf(server)))
  expect(new Set(others.map(({ error }) => error?.type))).toEqual(new Set(['RequestRefusedError']))
  expect([code, servers.length, misled.size > 0 && misled.size < 60]).toEqual([3, 200, true])

  // By the rack's own record.
  const marked = record.machines.filter(({ mark }) => mark?.run !== undefined).map(({ id }) => id.split('-')[0])
  expect(new Set(marked)).toEqual(new Set(['slow', 'dead', 'sticky']))
  expect(operations.filter(({ step, key }, index) => operations.findIndex((other) => other.step === step && other.key === key) !== index)).toEqual([])
  const installed = record.machines.filter(({ operations: own }) => own.filter(({ step }) => step === 'install').length > 1)
  expect(installed.map(({ id }) => id)).toEqual([])
  const held = record.machines.filter(({ id, state, operations: own }) => own.some(({ step }) => step === 'install') && state !== 'clean' && !misled.has(id))
  expect(new Set(held.map(({ id, state }) => `${id.split('-')[0]}: ${state}`))).toEqual(new Set(['sticky: half-wiped']))
  const told = new Map(servers.map(({ id, left }) => [id, left]))
  expect(record.machines.filter(({ id, state = 'clean' }) => told.get(id) === 'clean' && state !== 'clean').map(({ id }) => id)).toEqual([])
  // Nothing was given up that went on.
  expect(new Set(operations.filter(({ server }) => !misled.has(server)).map(({ end }) => end?.is))).toEqual(new Set(['succeeded', 'failed']))
})

const listening = /listens on (http:\S+)/

async function simulator(place: Place, args: readonly string[]): Promise<{ readonly process: Started; readonly url: string }> {
  const process = place.start(['simulator', '--token', token, ...args])
  const [, url = ''] = await until(() => listening.exec(process.stdout()), process)
  return { process, url }
}

describe.concurrent('a provisioner that is killed in mid-run', () => {
  const rack = 'defaults: { install: { takes: 1500ms }, benchmark: { takes: 1s }, destroy: { takes: 500ms } }\n'
  const configured = async (place: Place, url: string): Promise<void> => {
    await place.write('rack.yaml', rack)
    await place.write('rackbench.config.yaml', `provisioner: { type: http, url: "${url}" }\n`)
  }

  test.concurrent('and comes back after 10 s fails nobody: what had begun goes on, and nothing is done twice', { timeout: 120_000 }, async ({ place }) => {
    await place.write('rack.yaml', rack)
    const args = ['--simulation', 'rack.yaml', '--state', 'state.json']
    const first = await simulator(place, [...args, '--port', '0'])
    await configured(place, first.url)
    const run = place.start(['run', '101-130', '--progress', 'none'], { env: { RACKBENCH_TOKEN: token } })
    await untilLines(`${place.folder}/rackbench-out`, 60, run)
    first.process.signal('SIGKILL')
    await first.process.ended
    // The outage itself, and no wait for anything.
    await sleep(10_000)
    const second = await simulator(place, [...args, '--port', new URL(first.url).port])
    const { code } = await run.ended
    second.process.signal('SIGTERM')
    expect(await second.process.ended).toMatchObject({ code: 0, stderr: '' })
    const { servers } = await resultsOf(place)
    const { machines } = JSON.parse(await place.read('state.json')) as RackRecord
    const steps = machines.map(({ operations }) => operations.map(({ step, end }) => `${step} ${end?.is}`).join(', '))
    expect([code, new Set(servers.map(outcomeOf)), machines.length, new Set(steps), new Set(machines.map(({ state }) => state))]).toEqual([
      0, new Set(['passed']), 30, new Set(['install succeeded, benchmark succeeded, destroy succeeded']), new Set(['clean']),
    ])
  })

  test.concurrent('for good ends the run with 3 after the outage limit, and judges nobody under way', { timeout: 120_000 }, async ({ place }) => {
    // With a file every server passes: none may end by a fault of its own before the provisioner is gone.
    await place.write('rack.yaml', 'strict: false\n')
    const { process, url } = await simulator(place, ['--port', '0', '--simulation', 'rack.yaml'])
    await configured(place, url)
    const run = place.start(['run', '101-130', '--max-outage', '3s', '--progress', 'none'], { env: { RACKBENCH_TOKEN: token } })
    await untilLines(`${place.folder}/rackbench-out`, 35, run)
    process.signal('SIGKILL')
    const { code, stdout } = await run.ended
    const { servers, run: told } = await resultsOf(place)
    const failed = servers.filter(({ status }) => status === 'failed')
    expect({ code, failed: new Set(failed.map(({ error }) => error?.type)), marked: servers.filter(({ broken }) => broken.marked) }).toEqual({ code: 3, failed: new Set(['ProvisionerUnavailableError']), marked: [] })
    expect(failed.length).toBeGreaterThan(4)
    expect(told.problems.join('\n')).toContain(`${failed.length} servers were not judged`)
    expect(stdout).toContain('the provisioner is gone')
    const marks = (await eventsOf(`${place.folder}/rackbench-out`)).filter((event) => event.type === 'step.started' && event.step === 'mark')
    expect(marks).toEqual([])
  })
})

test.concurrent('wrong credentials are told before any server is touched', async ({ place }) => {
  await using site = await httpRack({})
  await place.write('rackbench.config.yaml', `provisioner: { type: http, url: "${site.simulator.url}" }\n`)
  const { code, stdout } = await place.run(['run', '101-103'], { env: { RACKBENCH_TOKEN: 'not-the-token' } })
  expect([code, site.rack.record().machines, site.exchanges.map(({ method, path }) => `${method} ${path}`)]).toEqual([3, [], ['GET /servers']])
  expect(stdout).toContain('RequestRefusedError: GET /servers: 401 Unauthorized "the token is missing or wrong": are the credentials right?')
  expect(Object.values(await place.files()).join('\n')).not.toContain('not-the-token')
})

test.concurrent('an install that is still on its way when rackbench is killed does not outlive the wipe of another process', async ({ place }) => {
  await using site = await httpRack({ defaults: { install: { takes: '1h' }, destroy: { takes: '0ms' } } })
  await using relay = await relayTo(site.simulator.url, (request) => (request.startsWith('POST') ? 'hold' : 'pass'))
  const options = { env: { RACKBENCH_TOKEN: token } }
  const configured = (url: string): Promise<void> => place.write('rackbench.config.yaml', `provisioner: { type: http, url: "${url}" }\n`)
  await configured(relay.url)
  const run = place.start(['run', '101'], options)
  await until(() => relay.held() > 0, run)
  run.signal('SIGKILL')
  await run.ended
  // The way that the process knew is blocked still, and the next one takes another.
  const journal = await place.read('rackbench-out/journal.jsonl')
  await place.write('rackbench-out/journal.jsonl', journal.replaceAll(relay.url, site.simulator.url))
  expect((await place.run(['destroy', 'rackbench-out'], options)).code).toBe(0)
  const lines = (): string[] => site.exchanges.filter(({ method }) => method === 'POST').map(({ path }) => path)
  expect(lines()).toEqual(['/servers/101/install', '/servers/101/destroy'])
  relay.release()
  await until(() => lines().length === 3)
  expect([lines()[2], site.begun('101', 'install'), site.rack.look('101' as ServerId).state]).toEqual(['/servers/101/install', 1, 'clean'])
})
