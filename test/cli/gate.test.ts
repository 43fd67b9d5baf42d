import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { eventsOf, test, until } from '../fixtures/cli.ts'
import { httpRack, token } from '../fixtures/http-rack.ts'
import { silent } from '../fixtures/listeners.ts'

/** Listens at an address of this machine. @param port 0 takes any that is free. */
async function listener(host: string, port = 0) {
  const server = createServer((socket) => socket.destroy())
  await once(server.listen(port, host), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}

const quiet = ['--progress', 'none']

describe('run --gate-open --gate-closed', () => {
  test('begins only servers whose ports say so, and asks the provisioner for nothing about any other', async ({ place }) => {
    await using ready = await listener('127.0.1.1')
    await using busy = await listener('127.0.1.3')
    const [open, closed] = [ready.port, busy.port]
    await using alsoBusy = await listener('127.0.1.3', open)
    await using hanging = await silent({ host: '127.0.1.4', port: open })
    expect([alsoBusy.port, hanging.endpoint.port]).toEqual([open, open])
    await using site = await httpRack({})
    await place.write('fleet.csv', ['id,address', 'ready,127.0.1.1', 'refused,127.0.1.2', 'busy,127.0.1.3', 'silent,127.0.1.4', 'unknown,no-such-name.invalid', 'nowhere,', ''].join('\n'))
    await place.write('rackbench.config.yaml', `inventory: ./fleet.csv\nprovisioner: { type: http, url: "${site.simulator.url}" }\nthreshold: 0\ntimeouts: { gate: 1s }\ngateClosed: ${closed}\n`)
    const { code } = await place.run(['run', '--inventory', '--gate-open', String(open), '--destroy', 'always', ...quiet], { env: { RACKBENCH_TOKEN: token } })

    const { servers } = JSON.parse(await place.read('rackbench-out/results.json')) as { servers: { id: string; status: string; because?: string; left: string }[] }
    expect([code, servers.map(({ id, status, because = '', left }) => [id, status, because.replace(/dns \(\w+\)/g, 'dns'), left])]).toEqual([
      0,
      [
        ['ready', 'passed', '', 'clean'],
        ['refused', 'skipped', `install: the gate does not open: port ${open} does not answer: refused`, 'clean'],
        ['busy', 'skipped', `install: the gate does not open: port ${closed} answers, and must be refused`, 'clean'],
        ['silent', 'skipped', `install: the gate does not open: port ${open} does not answer: timeout`, 'clean'],
        ['unknown', 'skipped', `install: the gate does not open: port ${open} does not answer: dns; port ${closed} is not refused: dns`, 'clean'],
        ['nowhere', 'skipped', 'install: the gate does not open: no address of the server is known', 'clean'],
      ],
    ])
    expect(new Set(site.exchanges.flatMap(({ path }) => /^\/servers\/([^/]+)/.exec(path)?.[1] ?? []))).toEqual(new Set(['ready']))
    const junit = await place.read('rackbench-out/junit.xml')
    expect(junit).toMatch(/tests="6" failures="0" errors="0" skipped="5"/)
    expect(junit).toContain(`<skipped message="install: the gate does not open: port ${open} does not answer: refused"/>`)
    expect(await place.read('rackbench-out/failed-servers.txt')).toBe('')
  })

  test('holds in a resumed run for servers that had not begun, and not for those that had', async ({ place }) => {
    const ready = await listener('127.0.2.1')
    await place.write('rack.yaml', 'defaults: { install: { takes: 1ms }, benchmark: { takes: 1ms, score: 80 }, destroy: { takes: 1ms } }\nservers:\n  begun: { address: 127.0.2.1, benchmark: { hangs: true } }\n  waiting: { address: 127.0.2.1 }\n')
    const running = place.start(['run', 'begun', 'waiting', '--simulation', 'rack.yaml', '-c', '1', '--gate-open', String(ready.port), ...quiet])
    const out = join(place.folder, 'rackbench-out')
    await until(async () => (await eventsOf(out)).some((event) => event.type === 'step.started' && event.step === 'benchmark'), running)
    running.signal('SIGKILL')
    await running.ended
    await ready[Symbol.asyncDispose]()
    const resumed = place.start(['resume', 'rackbench-out', '-c', '2', ...quiet])
    await until(async () => (await eventsOf(out)).some((event) => event.type === 'server.finished' && event.server === 'waiting'), resumed)
    const events = await eventsOf(out)
    expect(events.flatMap((event) => (event.type === 'step.started' ? `${event.server} ${event.step}` : []))).toEqual(['begun install', 'begun benchmark', 'begun benchmark'])
    resumed.signal('SIGTERM')
    expect((await resumed.ended).code).toBe(143)
  })

  test('hears a stop at once', async ({ place }) => {
    await using busy = await listener('127.0.3.1')
    await using hanging = await silent({ host: '127.0.3.2', port: busy.port })
    await place.write('rack.yaml', 'servers: { "101": { address: 127.0.3.2 } }')
    const running = place.start(['run', '101', '--simulation', 'rack.yaml', '--gate-open', String(hanging.endpoint.port), '--timeout-gate', '60m', ...quiet])
    await until(async () => (await eventsOf(join(place.folder, 'rackbench-out'))).some(({ type }) => type === 'server.started'), running)
    running.signal('SIGINT')
    expect((await running.ended).code).toBe(130)
    const steps = (await eventsOf(join(place.folder, 'rackbench-out'))).filter(({ type }) => type === 'step.started')
    expect(steps).toEqual([])
  })
})
