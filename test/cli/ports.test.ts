import { rename } from 'node:fs/promises'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect } from 'vitest'
import { createAuthority } from '../fixtures/certificates.ts'
import type { Place } from '../fixtures/cli.ts'
import { test as withPlace, until } from '../fixtures/cli.ts'
import { countsOf, parseJunit } from '../reporters/junit-parse.ts'

interface Listener {
  readonly port: number
  readonly connections: () => number
  readonly close: () => Promise<void>
  /** Listens again, at the same port. */
  readonly again: () => Promise<void>
}

type Listen = (answer?: (socket: Socket) => void, port?: number) => Promise<Listener>

/** Listeners on every address of this machine's own network, closed after the test. */
const test = withPlace.extend<{ readonly listen: Listen; readonly closed: () => Promise<number> }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest wants a pattern there
  listen: async ({}, use) => {
    const all: Listener[] = []
    await use(async (answer = (socket) => socket.end()) => {
      const listener = await listenAt(0, answer)
      all.push(listener)
      return listener
    })
    await Promise.all(all.map((listener) => listener.close()))
  },
  /** A port that nobody listens at. */
  // oxlint-disable-next-line no-empty-pattern -- vitest wants a pattern there
  closed: async ({}, use) => {
    await use(async () => {
      const { port, close } = await listenAt(0, () => {})
      await close()
      return port
    })
  },
})

async function listenAt(given: number, answer: (socket: Socket) => void): Promise<Listener> {
  const sockets = new Set<Socket>()
  let connections = 0
  let server: Server
  const open = async (port: number): Promise<number> => {
    server = createServer((socket) => {
      connections++
      sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)))
      answer(socket)
    })
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }
  const port = await open(given)
  return {
    port,
    connections: () => connections,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
    again: async () => void (await open(port)),
  }
}

const stamp = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g
/** Lines without what differs from time to time. */
const lines = (text: string): string[] => text.trimEnd().split('\n').map((line) => line.replaceAll(stamp, '<at>').replace(/, in [\d.]+m?s$/, ', in <time>'))

async function statusesIn(place: Place, file: string): Promise<Record<string, string>> {
  const { cases } = parseJunit(await place.read(file))
  return Object.fromEntries(cases.map(({ attributes, properties, failure, error }) => [attributes['name'], [Object.fromEntries(properties)['status'] ?? '', failure && 'failure', error && 'error'].filter(Boolean).join(' ')]))
}

describe.concurrent('rackbench ports', () => {
  test('ends with 0 if every endpoint answers, each once whatever it is called', async ({ place, listen }) => {
    const { port, connections } = await listen()
    const { code, stdout, stderr } = await place.run(['ports', '127.0.0.1', 'LOCALHOST', 'localhost', `127.0.0.1:${port}`, '--port', String(port)])
    expect({ code, stderr, lines: lines(stdout) }).toEqual({ code: 0, stderr: '', lines: ['<at> round 1: 2 endpoints: 2 up, in <time>'] })
    await until(() => connections() === 2)
  })

  test('tells what refuses, hangs, has no address, says something else or nothing, with 1', async ({ place, listen, closed }) => {
    const [ssh, web, silent, refusing] = await Promise.all([listen((socket) => socket.write('SSH-2.0-x\r\n')), listen((socket) => socket.write('\u001b[31mHTTP/1.1 400\r\n')), listen(() => {}), closed()])
    const names = [ssh.port, web.port, silent.port, refusing].map((port) => `127.0.0.1:${port}`)
    const { code, stdout, stderr } = await place.run(['ports', ...names, 'nowhere.invalid:22', '--expect', '^SSH-', '--timeout', '700ms'])
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(lines(stdout).map((line) => line.replace(/(dns \(1 of 1\)): .*/, '$1'))).toEqual([
      '<at> round 1: 5 endpoints: 1 up, 4 failing, in <time>',
      `<at> ${names[1]} failing: unexpected (1 of 1): said "HTTP/1.1 400"`,
      `<at> ${names[2]} failing: timeout (1 of 1)`,
      `<at> ${names[3]} failing: refused (1 of 1)`,
      '<at> nowhere.invalid:22 failing: dns (1 of 1)',
    ])
  })

  test('remembers between two calls, and tells each change', async ({ place, listen, closed }) => {
    const [steady, flapping, refusing] = await Promise.all([listen(), listen(), closed()])
    const names = [steady.port, flapping.port, refusing].map((port) => `127.0.0.1:${port}`)
    const call = async () => {
      const { code, stdout, stderr } = await place.run(['ports', ...names, '--history', '2', '--state', 'kept/state.json', '--junit', 'reports/ports.xml'])
      expect(stderr).toBe('')
      return { code, lines: lines(stdout), junit: await statusesIn(place, 'reports/ports.xml') }
    }
    const [one, two, three] = names as [string, string, string]
    expect(await call()).toEqual({ code: 1, lines: ['<at> round 1: 3 endpoints: 2 up, 1 failing, in <time>', `<at> ${three} failing: refused (1 of 1)`], junit: { [one]: '', [two]: '', [three]: 'failing' } })
    await flapping.close()
    expect(await call()).toEqual({
      code: 1,
      lines: ['<at> round 1: 3 endpoints: 1 up, 1 flapping, 1 down, in <time>', `<at> ${two} up -> flapping: refused (1 of 2)`, `<at> ${three} failing -> down: refused (2 of 2)`],
      junit: { [one]: '', [two]: 'flapping', [three]: 'down failure' },
    })
    await flapping.again()
    expect((await call()).lines.slice(1)).toEqual([`<at> ${two} flapping: refused (1 of 2)`, `<at> ${three} down: refused (2 of 2)`])
    expect((await call()).lines.slice(1)).toEqual([`<at> ${two} flapping -> up`, `<at> ${three} down: refused (2 of 2)`])
  })

  test('does not count rounds in which the monitor is probably cut off: 3, and an error of its own, twice', async ({ place, listen }) => {
    const [first, second] = await Promise.all([listen(), listen()])
    const args = ['ports', `127.0.0.1:${first.port}`, `127.0.0.1:${second.port}`, '--history', '2', '--state', 'state.json', '--junit', 'ports.xml']
    const call = async () => {
      const { code, stdout } = await place.run(args)
      return { code, first: lines(stdout)[0], junit: Object.values(await statusesIn(place, 'ports.xml')) }
    }
    expect(await call()).toMatchObject({ code: 0, junit: ['', ''] })
    await Promise.all([first.close(), second.close()])
    const because = 'all 2 endpoints failed at once, and not before (refused (2 of 2)): this monitor itself is probably cut off'
    expect(await call()).toEqual({ code: 3, first: `<at> round 1 does not count: ${because}`, junit: ['error', '', ''] })
    expect(await call()).toEqual({ code: 3, first: `<at> round 1 does not count, for the 2nd time in a row: ${because}`, junit: ['error', '', ''] })
    expect(await call()).toEqual({ code: 1, first: '<at> round 1: 2 endpoints: 0 up, 2 flapping, in <time>', junit: ['flapping', 'flapping'] })
    expect(await call()).toMatchObject({ code: 1, junit: ['down failure', 'down failure'] })
  })

  test('goes on in rounds, and tells a summary at the end', async ({ place, closed }) => {
    const port = await closed()
    const { code, stdout } = await place.run(['ports', `127.0.0.1:${port}`, '--count', '4', '--every', '10ms', '--history', '3'])
    expect({ code, lines: lines(stdout) }).toEqual({
      code: 1,
      lines: [
        '<at> round 1: 1 endpoint: 0 up, 1 failing, in <time>',
        `<at> 127.0.0.1:${port} failing: refused (1 of 1)`,
        ...lines(stdout).filter((line) => line.includes('left out')),
        `<at> 127.0.0.1:${port} failing -> down: refused (3 of 3)`,
        '<at> round 4: 1 endpoint: 0 up, 1 down, in <time>',
      ],
    })
  })

  test('answers with one document, or an object a line', async ({ place, listen, closed }) => {
    const [open, refusing] = await Promise.all([listen(), closed()])
    const names = [open.port, refusing].map((port) => `127.0.0.1:${port}`)
    const json = await place.run(['ports', ...names, '--format', 'json', '--count', '2', '--every', '10ms'])
    expect({ code: json.code, stderr: json.stderr, document: JSON.parse(json.stdout) as unknown }).toMatchObject({
      code: 1,
      stderr: '',
      document: { exitCode: 1, rounds: 2, cutOff: false, summary: { total: 2, up: 1, failing: 1 }, endpoints: [{ endpoint: names[0], status: 'up', checks: [{ ok: true }, { ok: true }] }, { endpoint: names[1], status: 'failing', reasons: { refused: 2 } }] },
    })
    const ndjson = await place.run(['ports', ...names, '--format', 'ndjson'])
    expect(ndjson.stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { type: 'endpoint', endpoint: names[0], status: 'up', from: null },
      { type: 'endpoint', endpoint: names[1], status: 'failing', from: null, reason: 'refused' },
      { type: 'round', number: 1, counts: true, summary: { total: 2, up: 1, failing: 1 } },
    ])
  })

  test('tells the days until a certificate expires, and refuses one only if it is asked to verify it', async ({ place }) => {
    const authority = createAuthority()
    const server = createTlsServer(authority.certify({ ip: '127.0.0.1' }, 3), (socket) => socket.on('error', () => {}).end()).on('tlsClientError', () => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const name = `127.0.0.1:${(server.address() as AddressInfo).port}`
    await place.write('ca.pem', authority.ca)
    const call = async (...args: string[]) => {
      const { code, stdout } = await place.run(['ports', name, '--junit', 'ports.xml', ...args])
      const [{ properties, output } = { properties: [] }] = parseJunit(await place.read('ports.xml')).cases
      return { code, lines: lines(stdout).slice(1), properties, ...(output !== undefined && { output: output.replaceAll(stamp, '<at>') }) }
    }
    try {
      expect(await call('--tls')).toEqual({ code: 0, lines: [`<at> ${name}: its certificate expires in 2 days`], properties: [['status', 'up'], ['certificate.daysToExpiry', '2']], output: 'its certificate expires in 2 days' })
      expect(await call('--tls', '--tls-warn', '1d')).toEqual({ code: 0, lines: [], properties: [['status', 'up'], ['certificate.daysToExpiry', '2']] })
      expect(await call('--tls', '--tls-ca', 'ca.pem', '--tls-warn', '1d')).toMatchObject({ code: 0, lines: [] })
      const refused = await call('--tls', '--tls-verify')
      expect(refused).toMatchObject({ code: 1, properties: [['status', 'failing']] })
      expect(refused.lines[0]).toContain(`<at> ${name} failing: tls (1 of 1): `)
    } finally {
      server.close()
    }
  })

  test('watches the addresses of the inventory, and says whose they are', async ({ place, listen, closed }) => {
    const [{ port }, other] = await Promise.all([listen(), closed()])
    await place.write('fleet.yaml', `strict: true\nservers:\n  "104": { address: 127.0.0.1, labels: { rack: A1 } }\n  "105": { address: 127.0.0.1, labels: { rack: A1 } }\n  "106": { labels: { rack: A1 } }\n  "107": { address: 127.0.0.2, labels: { rack: B1 } }\n  "108": { address: a/b, labels: { rack: A1 } }\n`)
    await place.write('rackbench.config.yaml', 'provisioner: { type: simulated }\nsimulation: fleet.yaml\ninventory: provisioner\n')
    const one = await place.run(['ports', '--from-inventory', '--where', 'rack=A1', '--where', 'id!=108', '--port', String(port)])
    expect({ code: one.code, lines: lines(one.stdout), stderr: one.stderr }).toEqual({ code: 0, lines: ['<at> round 1: 1 endpoint: 1 up, in <time>'], stderr: 'rackbench: 1 server not watched, without an address: 106\n' })
    const two = await place.run(['ports', '--from-inventory', '--where', 'rack=A1', '--port', String(other), '--junit', 'ports.xml'])
    expect({ code: two.code, line: lines(two.stdout)[1], stderr: two.stderr }).toEqual({
      code: 3,
      line: `<at> 127.0.0.1:${other} (104, 105) failing: refused (1 of 1)`,
      stderr: 'rackbench: 1 server not watched, without an address: 106\nrackbench: 1 server not watched, whose address is of no use: 108 ("a/b" is no host: expected a name, an IPv4 address or an IPv6 address ([::1]:22 with a port))\n',
    })
    const [missing, refused] = parseJunit(await place.read('ports.xml')).cases
    expect([missing!.attributes['name'], missing!.error?.message, refused!.properties]).toEqual(['monitor', 'a part of the inventory could not be read', [['status', 'failing'], ['server', '104, 105']]])
    const none = await place.run(['ports', '--from-inventory', '--where', 'rack=C1', '--port', '22', '--junit', 'ports.xml'])
    expect(none).toMatchObject({ code: 3, stdout: '' })
    expect(Object.keys(await place.files())).not.toContain('ports.xml')
    expect(none.stderr).toMatch(/^rackbench: --where rack=C1: none of 5 servers of the inventory meets it/)
  })

  test.for([[[], 3], [['--allow-partial'], 0]] as const)('keeps the past of a server that the inventory could not tell of this time (%j)', async ([more, code], { place, listen }) => {
    const { port } = await listen()
    const call = () => place.run(['ports', '--from-inventory', '--port', String(port), '--state', 'state.json', ...more])
    await place.write('rackbench.config.yaml', 'inventory: ./fleet.csv\n')
    await place.write('fleet.csv', 'id,address\n104,127.0.0.1\n105,localhost\n')
    expect(await call()).toMatchObject({ code: 0 })
    await place.write('fleet.csv', 'id,address\n104,127.0.0.1\n105\n')
    expect(await call()).toMatchObject({ code })
    expect((await place.read('state.json')).match(/127\.0\.0\.1|localhost/g)).toEqual(['127.0.0.1', 'localhost'])
    await place.write('fleet.csv', 'id,address\n104,127.0.0.1\n')
    expect(await call()).toMatchObject({ code: 0 })
    expect((await place.read('state.json')).match(/127\.0\.0\.1|localhost/g)).toEqual(['127.0.0.1'])
  })

  test('leaves no report of an earlier time, also where it cannot begin', async ({ place, listen }) => {
    const { port } = await listen()
    await place.run(['ports', `127.0.0.1:${port}`, '--junit', 'ports.xml'])
    expect(await place.run(['ports', '', '--port', String(port), '--junit', 'ports.xml'])).toMatchObject({ code: 2 })
    expect(Object.keys(await place.files())).not.toContain('ports.xml')
  })

  test.for<NodeJS.Signals>(['SIGINT', 'SIGTERM', 'SIGHUP'])('ends by %s in the middle of a round, with all that the rounds before have found', async (signal, { place, listen }) => {
    let isHanging = false
    const [{ port, connections }, steady] = await Promise.all([listen((socket) => (isHanging ? undefined : socket.end('SSH-2.0\r\n'))), listen((socket) => socket.end('SSH-2.0\r\n'))])
    const args = ['ports', `127.0.0.1:${port}`, `127.0.0.1:${steady.port}`, '--expect', 'SSH', '--timeout', '1h', '--every', '20ms', '--state', 'state.json', '--junit', 'ports.xml']
    const process = place.start(args)
    await until(() => /round 1: /.test(process.stdout()), process)
    isHanging = true
    const before = connections()
    await until(() => connections() > before, process)
    process.signal(signal)
    const { code, stderr, stdout } = await process.ended
    expect({ code, stderr }).toEqual({ code: { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal as 'SIGINT'], stderr: '' })
    expect(lines(stdout)[0]).toBe('<at> round 1: 2 endpoints: 2 up, in <time>')
    expect(JSON.parse(await place.read('state.json'))).toMatchObject({ endpoints: [{ port, checks: expect.anything() as unknown }, { port: steady.port }] })
    expect(Object.values(await statusesIn(place, 'ports.xml'))).toEqual(['', ''])
  })

  test('writes a report that says so if a signal ends it before the first round has ended', async ({ place, listen }) => {
    const { port, connections } = await listen(() => {})
    await place.write('ports.xml', '<stale/>')
    const process = place.start(['ports', `127.0.0.1:${port}`, '--expect', 'SSH', '--timeout', '1h', '--junit', 'ports.xml', '--state', 'state.json', '--format', 'json'])
    await until(() => connections() > 0, process)
    process.signal('SIGTERM')
    const { code, stdout } = await process.ended
    expect({ code, document: JSON.parse(stdout) as unknown }).toMatchObject({ code: 143, document: { exitCode: 143, rounds: 0, summary: { total: 1, unknown: 1 } } })
    const { cases, suite } = parseJunit(await place.read('ports.xml'))
    expect(suite).toMatchObject(countsOf(cases))
    expect(cases).toMatchObject([{ error: { message: 'stopped by SIGTERM before the first round had ended' } }, { skipped: { message: 'not checked yet' } }])
  })

  test('ends with 3 if state or report cannot be written', async ({ place, listen }) => {
    const waiting: Socket[] = []
    const { port } = await listen((socket) => void waiting.push(socket))
    const process = place.start(['ports', `127.0.0.1:${port}`, '--expect', 'SSH', '--timeout', '1h', '--junit', 'reports/ports.xml', '--state', 'kept/state.json'])
    await until(() => waiting.length > 0, process)
    for (const folder of ['reports', 'kept']) {
      await rename(join(place.folder, folder), join(place.folder, `${folder}-moved`))
      await place.write(folder, 'no folder')
    }
    waiting[0]!.end('SSH-2.0\r\n')
    const { code, stdout, stderr } = await process.ended
    expect({ code, lines: lines(stdout) }).toEqual({ code: 3, lines: ['<at> round 1: 1 endpoint: 1 up, in <time>'] })
    expect(stderr.trimEnd().split('\n').map((line) => line.replace(/(could not be written): ENOTDIR.*/, '$1')).toSorted()).toEqual([
      `rackbench: --junit ${place.folder}/reports/ports.xml could not be written`,
      `rackbench: --state ${place.folder}/kept/state.json could not be written`,
    ])
  })

  test('ends with 3 if the document cannot be written', async ({ place, listen }) => {
    const { port } = await listen()
    expect(await place.run(['ports', `127.0.0.1:${port}`, '--format', 'json'], { before: ['sh', '-c', 'exec "$@" > /dev/full', 'sh'] })).toEqual({
      code: 3, signal: null, stdout: '', stderr: expect.stringMatching(/^rackbench: the document could not be written: .*ENOSPC.*\n$/) as string,
    })
  })

  test('touches no endpoint if the report can never be written', async ({ place, listen }) => {
    const { port, connections } = await listen()
    await place.write('file', '')
    const { code, stdout, stderr } = await place.run(['ports', `127.0.0.1:${port}`, '--junit', 'file/ports.xml'])
    expect({ code, stdout, connections: connections() }).toEqual({ code: 2, stdout: '', connections: 0 })
    expect(stderr).toContain(`--junit: ${place.folder}/file/ports.xml: cannot be written: `)
  })

  test('lowers its concurrency, and says so, where only few descriptors may be open', async ({ place, listen }) => {
    const { port } = await listen()
    const { code, stdout, stderr } = await place.run(['ports', `127.0.1.[1-200]:${port}`, `127.0.0.1:${port}`], { before: ['sh', '-c', 'ulimit -n 200; exec "$@"', 'sh'] })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^rackbench: .*200.*\n$/)
    expect(lines(stdout)[0]).toBe('<at> round 1: 201 endpoints: 1 up, 200 failing, in <time>')
    expect(stdout).not.toMatch(/timeout|reset|unreachable/)
  })

  test('says in one line that there are too few descriptors to begin at all', async ({ place }) => {
    const ended = await Promise.all(
      [24, 30, 40, 64].map(async (limit) => {
        const { code, stdout, stderr } = await place.run(['ports', '127.0.0.1:22'], { before: ['sh', '-c', `ulimit -n ${limit}; exec "$@"`, 'sh'] })
        return { code, stdout, stderr: stderr.replace(/ \(.*\)\n$/, ' (...)') }
      }),
    )
    expect(ended).toEqual([24, 30, 40, 64].map((limit) => ({ code: 3, stdout: '', stderr: `rackbench: too few file descriptors, ${limit}: raise ulimit -n (...)` })))
  })

  test('ends with the round that nobody reads any more, by what it has seen', async ({ place, listen }) => {
    const { port } = await listen()
    const watching = place.start(['ports', `127.0.0.1:${port}`, '--every', '50ms', '--format', 'ndjson'])
    await until(() => watching.stdout() !== '', watching)
    watching.hangUp()
    const { code, stderr } = await watching.ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  test('refuses what it cannot read, all of it at once', async ({ place }) => {
    const told = async (...args: string[]): Promise<unknown> => {
      const { code, stdout, stderr } = await place.run(['ports', ...args])
      return [code, stdout, stderr.replaceAll('rackbench: ', '').trimEnd().split('\n')]
    }
    expect(await told('node-01', '--timeout', 'x', '--count', '0')).toEqual([2, '', ['--timeout: expected a duration (write 90s, 45m or 2h), got "x"', '--count: expected a whole number of at least 1, got "0"']])
    expect(await told('node-01')).toEqual([2, '', ['node-01: which port? --port 22, say, or node-01:22']])
    expect(await told('node-01:22', '--prot', '1')).toEqual([2, '', ['unknown option --prot; did you mean --port?']])
    expect(await told('--from-inventory', '--port', '22')).toEqual([2, '', ['--from-inventory: the configuration has no inventory: write inventory: into rackbench.config.yaml, such as inventory: ./fleet.csv']])
    await place.write('state.json', '[]')
    expect((await place.run(['ports', 'node-01:22', '--state', 'state.json'])).code).toBe(2)
    expect(await place.read('state.json')).toBe('[]')
  })

  test('says in its help what each option does', async ({ place }) => {
    const { code, stdout } = await place.run(['ports', '--help'])
    expect(code).toBe(0)
    for (const option of ['--port', '--from-inventory', '--where', '--timeout', '--tls', '--expect', '--concurrency', '--every', '--count', '--history', '--state', '--format', '--junit']) expect(stdout).toContain(option)
  })
})
