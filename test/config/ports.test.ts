import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endpointsOf } from '../../src/config/endpoints.ts'
import { portsSettings } from '../../src/config/ports.ts'
import { UsageError } from '../../src/model/problem.ts'

let cwd = ''
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'rackbench-ports-'))
  await writeFile(join(cwd, 'fleet.txt'), 'node-01 node-02:2222 # two\n[::1]:22\n')
  await writeFile(join(cwd, 'bad.txt'), 'node-01\nnode_02:x # a comment\n')
  await writeFile(join(cwd, 'ca.pem'), '-----BEGIN CERTIFICATE-----\n')
})
afterAll(() => rm(cwd, { recursive: true }))

interface Told {
  readonly flags?: Readonly<Record<string, string | boolean>>
  readonly port?: readonly string[]
  readonly where?: readonly string[]
  readonly stdin?: string
}

const read = (words: readonly string[], { flags = {}, port, where, stdin = '' }: Told = {}) =>
  portsSettings({ words, flags, lists: { ...(port && { port }), ...(where && { where }) }, cwd, readStdin: async () => stdin })

async function problemsOf(...told: Parameters<typeof read>): Promise<readonly string[]> {
  const error = await read(...told).then(() => undefined, (thrown: unknown) => thrown)
  return error instanceof UsageError ? error.problems : []
}

async function endpoints(words: readonly string[], told: Told = {}): Promise<string[] | readonly string[]> {
  const { hosts, ports } = await read(words, told)
  const problems: string[] = []
  const made = endpointsOf(hosts, ports, (problem) => problems.push(problem))
  return problems.length > 0 ? problems : made.map(({ host, port }) => `${host} ${port}`)
}

describe('what rackbench ports is told', () => {
  test('is one round, unless it says otherwise', async () => {
    expect(await read(['node-01:22'])).toEqual({
      hosts: [{ host: 'node-01', port: 22 }],
      ports: [],
      asked: {},
      timeoutMs: 3000,
      concurrency: 1024,
      everyMs: 15_000,
      count: 1,
      history: 5,
      format: 'text',
      tlsWarnMs: 14 * 86_400_000,
    })
  })

  test('is read whole', async () => {
    const flags = { timeout: '500ms', concurrency: '8', every: '1m', count: '3', history: '2', state: 's.json', junit: '/j.xml', format: 'ndjson', tls: true, 'tls-ca': 'ca.pem', 'tls-warn': '30d', expect: '^SSH-', 'from-inventory': true, 'max-age': '1h', 'stale-ok': true }
    expect(await read([], { flags, port: ['22', '443'], where: ['rack=A1'] })).toEqual({
      hosts: [],
      ports: [22, 443],
      fromInventory: { where: [{ key: 'rack', is: '=', pattern: 'A1' }], maxAgeMs: 3_600_000, staleOk: true, allowPartial: false },
      asked: { tls: { verify: true, ca: '-----BEGIN CERTIFICATE-----\n' }, expect: /^SSH-/ },
      timeoutMs: 500,
      concurrency: 8,
      everyMs: 60_000,
      count: 3,
      history: 2,
      state: join(cwd, 's.json'),
      junit: '/j.xml',
      format: 'ndjson',
      tlsWarnMs: 30 * 86_400_000,
    })
  })

  test.each<[string, Told, number]>([
    ['--every alone', { flags: { every: '1s' } }, Infinity],
    ['--count alone', { flags: { count: '7' } }, 7],
    ['both', { flags: { every: '1s', count: '7' } }, 7],
  ])('has rounds without end or a number of them: %s', async (_, told, count) => {
    expect((await read(['node-01:22'], told)).count).toBe(count)
  })

  test('takes any certificate, unless it is asked to verify them', async () => {
    expect((await read(['node-01:443'], { flags: { tls: true } })).asked).toEqual({ tls: { verify: false } })
    expect((await read(['node-01:443'], { flags: { tls: true, 'tls-verify': true } })).asked).toEqual({ tls: { verify: true } })
  })

  test('is refused with every problem at once', async () => {
    const flags = { timeout: '3', concurrency: '0', every: '0s', count: 'x', history: '0', format: 'xml', expect: '(', 'tls-ca': 'none.pem', 'stale-ok': true, state: 'same', junit: 'same' }
    expect(await problemsOf(['104', 'a:b'], { flags, port: ['ssh', '0'], where: ['rack'] })).toEqual([
      '--timeout: expected a duration (write 90s, 45m or 2h), got "3"',
      '--concurrency: expected a whole number of at least 1, got "0"',
      '--every: expected a duration above 0 (write 90s, 45m or 2h), got "0s"',
      '--count: expected a whole number of at least 1, got "x"',
      '--history: expected a whole number of at least 1, got "0"',
      '--format: expected text | json | ndjson, got "xml"',
      '--expect: expected a regular expression (Invalid regular expression: /(/: Unterminated group), got "("',
      '--stale-ok needs --from-inventory',
      '--where needs --from-inventory',
      '--where "rack": expected label=value, label!=value, label~pattern or label!~pattern, such as model=R640',
      '--port: expected a port from 1 to 65535, got "ssh"',
      '--port: expected a port from 1 to 65535, got "0"',
      '"104" is no host: a name or an address is needed; --from-inventory knows the addresses of servers',
      '"a:b": expected a port from 1 to 65535 behind the colon, got "b"',
      '--tls-ca needs --tls',
      `--state and --junit name the same file: ${JSON.stringify(join(cwd, 'same').slice(0, 80))}`,
    ])
    expect(await problemsOf([])).toEqual(['ports: of which hosts? `rackbench ports node-[01-20] --port 22`, @file, - for standard input, or --from-inventory'])
    expect(await problemsOf([' '])).toEqual(['an empty host argument: is the Jenkins parameter set?'])
    expect(await problemsOf([], { flags: { 'from-inventory': true, 'max-age': '1h', 'stale-ok': true } })).toEqual(['--from-inventory: which port? --port 22, say'])
    expect(await problemsOf(['a:1'], { flags: { tls: true, 'tls-ca': 'none.pem' } })).toEqual(['--tls-ca: none.pem: no such file'])
    expect(await problemsOf(['a:1'], { flags: { tls: true, 'tls-ca': 'fleet.txt' } })).toEqual(['--tls-ca: fleet.txt: holds no certificate in PEM'])
    expect(await problemsOf(['@none.txt', '@bad.txt'])).toEqual(['@none.txt: no such file', '@bad.txt line 2: "node_02:x": expected a port from 1 to 65535 behind the colon, got "x"'])
  })
})

describe('endpoints', () => {
  test('are every host at every port, each once, in the order given', async () => {
    expect(await endpoints(['b', 'a:80', 'B,a', '[::1]', '0::1'], { port: ['443', '22,443'] })).toEqual(['b 443', 'b 22', 'a 80', 'a 443', 'a 22', '::1 443', '::1 22'])
  })

  test('may be ranges, a file, or what comes in', async () => {
    expect(await endpoints(['node-[08-10]:22', '10.0.0.[1-2]:80'])).toEqual(['node-08 22', 'node-09 22', 'node-10 22', '10.0.0.1 80', '10.0.0.2 80'])
    expect(await endpoints(['@fleet.txt', '-'], { port: ['22', '8000-8001'], stdin: 'node-03:1\n' })).toEqual(['node-01 22', 'node-01 8000', 'node-01 8001', 'node-02 2222', '::1 22', 'node-03 1'])
  })

  test('need a port', async () => {
    expect(await endpoints(['a', 'b:1'])).toEqual(['a: which port? --port 22, say, or a:22'])
    expect(await endpoints(['::1'])).toEqual(['::1: which port? --port 22, say, or [::1]:22'])
    expect(await endpoints(['a', 'b'])).toEqual(['2 hosts (a, ...): which port? --port 22, say, or a:22'])
  })

  test('are at most 100,000', async () => {
    expect(await endpoints(['10.0.[0-3].[0-249]'], { port: ['1-101'] })).toEqual(['more than 100000 endpoints: 1000 hosts at 101 ports each'])
    expect(await problemsOf(['10.[0-255].[0-255].[0-255]:22'])).toEqual(['"10.[0-255].[0-255].[0-255]:22" holds more than 100000 hosts'])
    expect((await endpoints(['10.0.[0-3].[0-249]'], { port: ['1-100'] })).length).toBe(100_000)
  })
})
