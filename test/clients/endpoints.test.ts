import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkAll } from '../../src/clients/endpoints.ts'
import type { CheckAllOptions } from '../../src/clients/endpoints.ts'
import { systemClock } from '../../src/model/clock.ts'
import { closedEndpoint, listening, silent } from '../fixtures/listeners.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

const options: CheckAllOptions = { limitMs: 20_000, signal: new AbortController().signal, clock: systemClock, concurrency: 16 }

/** What this process waits for: sockets, timers and the like. */
function resources(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /^(?:TCPSOCKET|TCPSocket|TLS|Timeout|Immediate|GetAddrInfo)/.test(name))
}

test('tells of each endpoint once, and leaves nothing open, whatever they do and however many are checked at once', async () => {
  await using open = await listening()
  await using rude = await listening((socket) => socket.resetAndDestroy())
  await using speaking = await listening((socket) => socket.write('SSH-2.0-x\r\n'))
  await using hanging = await silent()
  const kinds = { open: open.endpoint, rude: rude.endpoint, speaking: speaking.endpoint, hanging: hanging.endpoint, closed: await closedEndpoint(), named: { ...speaking.endpoint, host: 'localhost' } }
  const reasons = { open: 'timeout', rude: 'reset', speaking: 'ok', hanging: 'timeout', closed: 'refused', named: 'ok' }
  const before = resources().filter((name) => name.startsWith('TCP'))
  const kind = fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[]))
  await fc.assert(
    fc.asyncProperty(fc.array(kind, { maxLength: 40 }), fc.integer({ min: 1, max: 50 }), async (chosen, concurrency) => {
      const results: (string | undefined)[] = chosen.map(() => undefined)
      await checkAll(chosen.map((name) => kinds[name]), { ...options, concurrency: Math.max(concurrency, chosen.length / 4), limitMs: 250, expect: /^SSH-/ }, (check, endpoint, index) => {
        expect(endpoint).toBe(kinds[chosen[index]!])
        expect(results[index]).toBeUndefined()
        results[index] = check.ok ? 'ok' : check.reason
      })
      expect(results).toEqual(chosen.map((name) => reasons[name]))
    }),
    { numRuns: 10 },
  )
  await expect.poll(() => resources().filter((name) => name.startsWith('TCP')), { timeout: 20_000 }).toEqual(before)
})

test('leaves no descriptor open after 100 rounds', async () => {
  await using open = await listening((socket) => socket.write('SSH-2.0-x\r\n'))
  await using hanging = await silent()
  const endpoints = [open.endpoint, { ...open.endpoint, host: 'localhost' }, await closedEndpoint(), hanging.endpoint]
  const descriptors = (): number => readdirSync('/proc/self/fd').length
  const round = (): Promise<void> => checkAll(endpoints, { ...options, limitMs: 10 }, () => {})
  await round()
  await expect.poll(() => resources().filter((name) => name.startsWith('TCPSocket')).length).toBeLessThanOrEqual(8)
  const before = descriptors()
  for (let count = 0; count < 100; count++) await round()
  await expect.poll(descriptors).toBeLessThanOrEqual(before)
})

test('checks no more at once than it may', async () => {
  await using open = await listening()
  let going = 0
  let most = 0
  const counting = { ...systemClock, after: (ms: number, call: () => void) => ((most = Math.max(most, ++going)), systemClock.after(ms, call)) }
  await checkAll(Array.from({ length: 200 }, () => open.endpoint), { ...options, concurrency: 7, clock: counting }, () => going--)
  expect(most).toBe(7)
})

test('checks nothing if there is nothing, and ends with what its listener throws and what aborts it', async () => {
  await using open = await listening()
  await using hanging = await silent()
  await checkAll([], options, () => expect.unreachable())
  const endpoints = [hanging.endpoint, open.endpoint, hanging.endpoint]
  await expect(checkAll(endpoints, options, () => { throw new Error('not so') })).rejects.toThrow('not so')
  const stop = new AbortController()
  await expect(checkAll(endpoints, { ...options, signal: stop.signal }, () => stop.abort(new Error('enough')))).rejects.toThrow('enough')
})

test('looks each name up once, and fails those that wait together if the name service is away', async () => {
  const clock = virtualClock()
  const asked: string[] = []
  const free: (() => void)[] = []
  const hosts = Array.from({ length: 50 }, (_, index) => `node-${index >> 1}`)
  const results: string[] = []
  const resolver: CheckAllOptions['resolver'] = (host, tell) => {
    asked.push(host)
    free.push(() => tell({ reason: 'dns', detail: 'ENOTFOUND' }))
  }
  const all = checkAll(
    hosts.map((host) => ({ host, port: 22 })),
    { ...options, limitMs: 3000, clock, resolver },
    (check) => results.push(check.ok ? 'ok' : `${check.reason}: ${check.detail}`),
  )
  await clock.run(all)
  for (const end of free) end()
  expect(asked).toEqual(['node-0', 'node-1'])
  expect(clock.elapsed()).toBe(15_000)
  const away = 'dns: the name service did not answer within'
  expect(results.toSorted()).toEqual([...Array.from({ length: 46 }, () => `${away} 15s`), ...Array.from({ length: 4 }, () => `${away} 3s`)])
})

test('a machine with too few descriptors checks fewer at once and fails none, and says so if it can check none', async () => {
  await using open = await listening((socket) => socket.end())
  const built = (path: string): string => JSON.stringify(pathToFileURL(`dist/${path}`).href)
  const script = `
    import { closeSync, openSync } from 'node:fs'
    import { checkAll } from ${built('clients/endpoints.js')}
    import { systemClock } from ${built('model/clock.js')}
    const taken = []
    try { for (;;) taken.push(openSync('/dev/null')) } catch {}
    for (const fd of taken.slice(0, 10)) closeSync(fd)
    const options = { limitMs: 20000, concurrency: 400, signal: new AbortController().signal, clock: systemClock }
    let ok = 0
    await checkAll(Array.from({ length: 400 }, () => (${JSON.stringify(open.endpoint)})), options, (check) => { ok += check.ok ? 1 : 0 })
    console.log(String(ok))
    try { for (;;) openSync('/dev/null') } catch {}
    await checkAll([${JSON.stringify(open.endpoint)}], { ...options, limitMs: 200 }, () => {}).catch(({ name, message }) => console.log(name, message))`
  const { stdout } = await promisify(execFile)('sh', ['-c', 'ulimit -n 256 && exec "$0" --input-type=module -e "$1"', process.execPath, script])
  expect(stdout.split('\n')).toEqual(['400', 'DefectError this machine cannot open a single connection: EMFILE', ''])
})
