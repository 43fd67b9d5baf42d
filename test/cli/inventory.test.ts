import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect } from 'vitest'
import type { Place } from '../fixtures/cli.ts'
import { test, until } from '../fixtures/cli.ts'

const secret = 'hunter2-hunter2'
const item = (id: string, model = 'R640') => ({ id, address: `10.0.0.${id}`, labels: { model, rack: `A${id}` } })

interface Service extends AsyncDisposable {
  readonly url: string
  /** What was asked for, in order. */
  readonly asked: readonly string[]
}

type Answer = (path: string, response: ServerResponse, request: IncomingMessage) => void

/** A service that lists IDs at `/servers` and has the details of each below it. */
async function service(answer: Answer): Promise<Service> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request.url ?? '', response, request)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** Answers as a list of these, in which some are broken. */
function fleetOf(ids: readonly string[], broken: readonly string[] = []): Answer {
  return (path, response) => {
    const id = path.slice('/servers/'.length)
    if (path === '/servers') json(response, ids)
    else if (broken.includes(id)) response.writeHead(404).end('gone')
    else json(response, item(id, Number(id) % 2 === 0 ? 'R640' : 'R740'))
  }
}

async function configured(place: Place, { url }: Service, more = ''): Promise<void> {
  await place.write('rackbench.config.yaml', `inventory: { type: http, list: ${url}/servers, item: "${url}/servers/{id}", address: /address, labels: /labels, retries: 0${more} }\n`)
}

describe.concurrent('rackbench inventory', () => {
  test('prints a record for each ID of a service, in its order', async ({ place }) => {
    await using fleet = await service(fleetOf(['10', '2', '3']))
    await configured(place, fleet)
    const print = async (...args: string[]) => place.run(['inventory', ...args])
    const [table, object, lines, csv, ids] = await Promise.all([print(), print('--format', 'json'), print('--format', 'ndjson', '--limit', '1'), print('--format', 'csv'), print('--format', 'ids')])
    expect(table).toEqual({ code: 0, signal: null, stdout: 'ID  ADDRESS    LABELS\n10  10.0.0.10  model=R640 rack=A10\n2   10.0.0.2   model=R640 rack=A2\n3   10.0.0.3   model=R740 rack=A3\n', stderr: '' })
    expect([object.stdout.match(/^ {2}"\d+"/gm), JSON.parse(object.stdout)]).toEqual([['  "10"', '  "2"', '  "3"'], { 2: item('2'), 3: item('3', 'R740'), 10: item('10') }])
    expect(lines.stdout).toBe(`${JSON.stringify(item('10'))}\n`)
    expect(csv.stdout).toBe('id,address,model,rack\n10,10.0.0.10,R640,A10\n2,10.0.0.2,R640,A2\n3,10.0.0.3,R740,A3\n')
    expect(ids.stdout).toBe('10\n2\n3\n')
    expect(await place.run(['run', '-', '--dry-run'], { stdin: ids.stdout })).toMatchObject({ code: 0, stdout: expect.stringContaining('servers      3: 10 2 3\n') as string })
  })

  test('selects by conditions, which must all hold', async ({ place }) => {
    await using fleet = await service(fleetOf(['10', '2', '3']))
    await configured(place, fleet)
    expect(await place.run(['inventory', '--where', 'model=R640', '--where', 'rack~^A1', '--format', 'ids'])).toEqual({ code: 0, signal: null, stdout: '10\n', stderr: '' })
    expect(await place.run(['inventory', '--where', 'model=R640', '--where', 'rack=B1'])).toEqual({
      code: 3, signal: null, stdout: '', stderr: 'rackbench: --where rack=B1: none of the 2 left of 3 servers of the inventory meets it; there is rack=A10, A2\n',
    })
  })

  test('names what cannot be read, and prints the others', async ({ place }) => {
    await using fleet = await service(fleetOf(['1', '2', '3', '4'], ['2', '4']))
    await configured(place, fleet)
    const [strict, lenient] = await Promise.all([place.run(['inventory', '--format', 'ids']), place.run(['inventory', '--format', 'ids', '--allow-partial'])])
    expect([strict.code, strict.stdout, lenient.code, lenient.stdout]).toEqual([1, '1\n3\n', 0, '1\n3\n'])
    expect(strict.stderr.split('\n')).toEqual([
      expect.stringMatching(/^rackbench: 2: could not be read: .*404/), expect.stringMatching(/^rackbench: 4: could not be read: .*404/), 'rackbench: 2 of 4 servers could not be read: this is exit code 1; --allow-partial makes it 0', '',
    ])
    expect(lenient.stderr).toContain('rackbench: 2 of 4 servers could not be read\n')
  })

  test('is never content with nothing', async ({ place }) => {
    await using empty = await service(fleetOf([]))
    await configured(place, empty)
    expect(await place.run(['inventory', '--format', 'json', '--allow-partial'])).toEqual({ code: 3, signal: null, stdout: '', stderr: 'rackbench: the inventory is empty\n' })
    await using broken = await service(fleetOf(['1'], ['1']))
    await configured(place, broken)
    const ended = await place.run(['inventory', '--allow-partial'])
    expect([ended.code, ended.stdout, ended.stderr.split('\n').slice(1)]).toEqual([3, '', ['rackbench: not one server of the inventory could be read: 1 could not', '']])
  })

  test('says whose fault it is where there is no list, and tells no secret', async ({ place }) => {
    await using closed = await service((_path, response) => json(response, { error: `the token ${secret} is wrong` }, 401))
    await configured(place, closed, ', token: "${FLEET_TOKEN}"')
    const refused = await place.run(['inventory'], { env: { FLEET_TOKEN: secret } })
    expect([refused.code, refused.stdout, refused.stderr]).toEqual([3, '', expect.stringMatching(/^rackbench: the inventory .* could not be read: the inventory refuses the request: .*401.*: look at the credentials \(those of its settings\) and at the address\n$/)])
    expect(refused.stderr).not.toContain(secret)
    await place.write('rackbench.config.yaml', 'inventory: { type: http, list: "http://127.0.0.1:1/servers", retries: 0 }\n')
    expect(await place.run(['inventory'])).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('the inventory, or the network to it, is away') as string })
  })

  test('prints nothing that is secret, and no escape sequence', async ({ place }) => {
    await using fleet = await service((path, response) => json(response, path === '/servers' ? ['1'] : { id: '1', address: '10.0.0.1', labels: { note: `\u001b[31m${secret}\u001b]0;x\u0007\nnext` } }))
    await configured(place, fleet, ', token: "${FLEET_TOKEN}"')
    const ended = await Promise.all(['table', 'json', 'ndjson', 'csv'].map((format) => place.run(['inventory', '--format', format], { env: { FLEET_TOKEN: secret } })))
    expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual(ended.map(() => ({ code: 0, stderr: '' })))
    expect(ended.map(({ stdout }) => stdout.includes('*** next') && !stdout.includes('\u001b') && !stdout.includes(secret))).toEqual([true, true, true, true])
  })

  test.for<[NodeJS.Signals, number]>([['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]])('ends at once on %s while it reads', async ([signal, code], { place }) => {
    await using hanging = await service((path, response) => (path === '/servers' ? json(response, ['1', '2']) : undefined))
    await configured(place, hanging)
    const reading = place.start(['inventory'])
    await until(() => hanging.asked.length > 1, reading)
    reading.signal(signal)
    expect(await reading.ended).toEqual({ code, signal: null, stdout: '', stderr: `rackbench: stopped by ${signal} before the inventory was read\n` })
  })

  test('ends quietly when nobody reads on', async ({ place }) => {
    await place.write('fleet.csv', `id,note\n${Array.from({ length: 20_000 }, (_, index) => `${index},${'x'.repeat(50)}`).join('\n')}\n`)
    for (const format of ['table', 'json', 'csv']) {
      const printing = place.start(['inventory', 'fleet.csv', '--format', format])
      await until(() => printing.stdout().length > 100, printing)
      printing.hangUp()
      expect(await printing.ended).toMatchObject({ code: 0, signal: null, stderr: '' })
    }
  })

  test('says so if what it prints cannot be written', async ({ place }) => {
    await place.write('fleet.csv', 'id\n1\n')
    expect(await place.run(['inventory', 'fleet.csv'], { before: ['sh', '-c', 'exec "$@" > /dev/full', 'sh'] })).toEqual({
      code: 3, signal: null, stdout: '', stderr: expect.stringMatching(/^rackbench: the inventory could not be written: .*ENOSPC.*\n$/) as string,
    })
  })

  test('asks a service no more often than it must, and goes by what it knew while that is away', async ({ place }) => {
    const env = { XDG_CACHE_HOME: place.folder }
    const print = async (...args: string[]) => place.run(['inventory', '--format', 'ids', ...args], { env })
    {
      await using fleet = await service(fleetOf(['10', '2']))
      await configured(place, fleet)
      const [first, second] = [await print('--max-age', '1h'), await print('--max-age', '1h', '--where', 'id=2')]
      expect([first.stdout, second.stdout, fleet.asked]).toEqual(['10\n2\n', '2\n', ['/servers', '/servers/10', '/servers/2']])
      expect(second.stderr).toMatch(/^rackbench: the inventory was not asked: this was read \d+s ago .*\n$/)
      await print('--max-age', '0s')
      expect(fleet.asked).toHaveLength(6)
    }
    const [strict, lenient] = [await print(), await print('--stale-ok')]
    expect([strict.code, strict.stdout, lenient.code, lenient.stdout]).toEqual([3, '', 0, '10\n2\n'])
    expect(lenient.stderr).toMatch(/^rackbench: the inventory is away .* is used instead .*\n$/)
  })

  test('reads a file that is named, whatever is configured', async ({ place }) => {
    await place.write('rackbench.config.yaml', 'nonsense: 1\n')
    await place.write('fleet.csv', 'id,address,model\n10,10.0.0.10,R640\n2,,R740\n')
    expect(await place.run(['inventory', 'fleet.csv', '--format', 'ndjson'])).toEqual({ code: 0, signal: null, stdout: '{"id":"10","address":"10.0.0.10","labels":{"model":"R640"}}\n{"id":"2","labels":{"model":"R740"}}\n', stderr: '' })
    expect(await place.run(['inventory', 'fleet.csv', '--config', 'rackbench.config.yaml'])).toMatchObject({ code: 2, stderr: 'rackbench: either a file ("fleet.csv") or --config: the file stands for the inventory of the configuration\n' })
  })

  test.for(['json', 'csv'])('reads what it printed itself as %s', async (format, { place }) => {
    await place.write('fleet.csv', 'id,address,model\n10,10.0.0.10,R640\n2,,"R 7,4"\n')
    const { stdout } = await place.run(['inventory', 'fleet.csv', '--format', format])
    await place.write(`again.${format}`, stdout)
    const [one, other] = await Promise.all(['fleet.csv', `again.${format}`].map((file) => place.run(['inventory', file, '--format', 'ndjson'])))
    expect([other, other?.code]).toEqual([one, 0])
  })

  test('lists what the provisioner has', async ({ place }) => {
    await place.write('rackbench.config.yaml', 'inventory: provisioner\nsimulation: { strict: true, servers: { a: { labels: { model: R640 } }, b: {} } }\n')
    expect(await place.run(['inventory', '--where', 'model=R640', '--format', 'ids'])).toEqual({ code: 0, signal: null, stdout: 'a\n', stderr: 'rackbench: no provisioner given: the simulated rack is used, no real machine is touched\n' })
  })

  test('tells at once all that is wrong, and how an inventory is configured', async ({ place }) => {
    const none = await place.run(['inventory'])
    expect(none).toEqual({ code: 2, signal: null, stdout: '', stderr: expect.stringMatching(/^rackbench: no inventory: name a file \(rackbench inventory fleet\.csv\), or write inventory: into rackbench\.config\.yaml, such as inventory: \{ type: http, .*\}\n$/) as string })
    expect(await place.run(['inventory', '--where', 'x', '--where', 'y~(', '--format', 'yaml', '--limit', '0', '--max-age', '3'])).toEqual({
      code: 2,
      signal: null,
      stdout: '',
      stderr: [
        'rackbench: --format: expected table | json | ndjson | csv | ids, got "yaml"',
        'rackbench: --limit: expected a whole number of at least 1, got "0"',
        'rackbench: --max-age: expected a duration (write 90s, 45m or 2h), got "3"',
        'rackbench: --where "x": expected label=value, label!=value, label~pattern or label!~pattern, such as model=R640',
        'rackbench: --where "y~(": the pattern is no regular expression: Invalid regular expression: /(/: Unterminated group',
        '',
      ].join('\n'),
    })
    expect(await place.run(['inventory', 'a.csv', 'b.csv'])).toMatchObject({ code: 2, stderr: 'rackbench: inventory takes one file, not 2: "a.csv" "b.csv"\n' })
  })
})
