import { describe, expect } from 'vitest'
import { test, until } from '../fixtures/cli.ts'

const listening = /^the simulated rack listens on (http:\/\/127\.0\.0\.1:(\d+))\n/

describe.concurrent('rackbench simulator', () => {
  test('serves until a signal ends it, and remembers the rack', async ({ place }) => {
    const args = ['simulator', '--port', '0', '--state', 'rack.json', '--token', 'hunter2-hunter2', '--verbose']
    const once = async (signal: NodeJS.Signals, ask: (url: string, headers: Record<string, string>) => Promise<unknown>) => {
      const process = place.start(args)
      const [, url = ''] = await until(() => listening.exec(process.stdout()), process)
      const answer = await ask(url, { authorization: 'Bearer hunter2-hunter2' })
      process.signal(signal)
      const { code, stderr, stdout } = await process.ended
      return { code, stderr, answer, lines: stdout.split('\n').slice(1).map((line) => line.replace(/^\S+ /, '')) }
    }
    const first = await once('SIGTERM', async (url, headers) => {
      expect((await fetch(`${url}/servers`)).status).toBe(401)
      const answer = await fetch(`${url}/servers/104/mark-broken`, { method: 'POST', headers: { ...headers, 'idempotency-key': 'r/104/mark/1' }, body: '{"reason":"slow"}' })
      return answer.json()
    })
    expect(first).toMatchObject({ code: 0, stderr: '', answer: { status: 'running' }, lines: ['GET /servers: 401', 'POST /servers/104/mark-broken (r/104/mark/1): 202', ''] })
    const second = await once('SIGINT', async (url, headers) => (await fetch(`${url}/servers/104`, { headers })).json())
    expect(second).toMatchObject({ code: 0, stderr: '', answer: { id: '104' } })
    expect(JSON.parse(await place.read('rack.json'))).toMatchObject({ version: 1, machines: [{ id: '104', mark: { run: 'r', reason: 'slow' }, operations: [{ step: 'markAsBroken', end: { is: 'succeeded' } }] }] })
  })

  test('tells each thing that keeps it from serving in one line', async ({ place }) => {
    await place.write('rack.yaml', 'servers: {"1": {install: {takes: soon}}}\nfaults: {hang: 1}\n')
    await place.write('state.json', '[]')
    const running = place.start(['simulator', '--port', '0'])
    const [, , port = ''] = await until(() => listening.exec(running.stdout()), running)
    const told = async (...args: string[]): Promise<unknown> => {
      const { code, stdout, stderr } = await place.run(['simulator', ...args])
      return [code, stdout, stderr.replaceAll(place.folder, '<cwd>').replaceAll('rackbench: ', '').trimEnd().split('\n')]
    }
    expect(await told('--port', port)).toEqual([2, '', [`cannot listen on port ${port} of 127.0.0.1: somebody else listens there`]])
    expect(await told('--simulation', 'none.yaml', '--token', 'a b')).toEqual([2, '', ['--token: expected a token without blanks', '--port: which port is it to listen on? 0 takes any that is free', '--simulation: none.yaml: no such file']])
    expect(await told('--port', '70000', '--host', 'a b')).toEqual([2, '', ['--port: expected a whole number of at most 65535, got "70000"', '--host: expected a host name or an address, got "a b"']])
    expect(await told('--port', '0', '--simulation', 'rack.yaml')).toEqual([2, '', ['simulation: servers.1.install.takes: expected a duration such as 500ms, 90s or 2h, got "soon"', 'simulation: faults.hang: expected an object, got 1']])
    expect(await told('--port', '0', '--state', 'state.json')).toEqual([2, '', ['--state: <cwd>/state.json: is not the state of a simulator: expected an object, got []']])
    expect(await told('--port', '0', '104')).toEqual([2, '', ['simulator takes options only, not "104"']])
    expect(await told('--port', '0', '--host', '192.0.2.1')).toEqual([2, '', ['cannot listen on port 0 of 192.0.2.1: this machine has no such address']])
  })
})
