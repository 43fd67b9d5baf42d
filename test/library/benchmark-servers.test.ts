import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BenchmarkOptions, NamedServer, RunEvent } from '../../src/index.ts'
import { ProvisionerUnavailableError, ServerNotOursError, ServerOperationError, UsageError, benchmarkServers, log } from '../../src/index.ts'
import { runEventSchema } from '../../src/model/event.ts'
import type { Provisioner } from '../../src/model/provisioner.ts'
import { resultsSchema } from '../../src/model/results.ts'
import { adapter } from '../fixtures/adapter.ts'

let out = ''
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'rackbench-library-'))
})
afterEach(() => rm(out, { recursive: true }))

const rack = (parts: Partial<Provisioner> = {}, calls: string[] = []): Provisioner => adapter(parts, calls)()
const scores = (given: Readonly<Record<string, number>>): Partial<Provisioner> => ({ benchmark: async ({ id }) => given[id] ?? 80 })

/** The lines that a call is refused with. */
async function problemsOf(calling: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await calling.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(UsageError)
  return (error as UsageError).problems
}

/** As a program in JavaScript may call it. */
const callWith = (...given: readonly unknown[]): Promise<unknown> => (benchmarkServers as (...args: readonly unknown[]) => Promise<unknown>)(...given)

/** Resolves, once the install of so many servers has begun and hangs until it is aborted. */
function hanging(count: number): { readonly parts: Partial<Provisioner>; readonly begun: Promise<void> } {
  let begin = (): void => {}
  let left = count
  const begun = new Promise<void>((resolve) => (begin = resolve))
  const install: Provisioner['install'] = (_server, _os, { signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      if (--left === 0) begin()
    })
  return { parts: { install }, begun }
}

describe('benchmarkServers', () => {
  test('names servers that passed, and lie far from the others', async () => {
    const { suspects, passed } = await benchmarkServers(rack(scores({ '108': 60 })), Array.from({ length: 8 }, (_, n) => 101 + n))
    expect({ suspects, passed: passed.length }).toEqual({ suspects: [expect.objectContaining({ server: '108', metric: 'score', value: 60, median: 80, servers: 8 })], passed: 8 })
  })

  test('tells in the order of the servers what passed, failed and was skipped, and all that is known of each', async () => {
    const calls: string[] = []
    const install: Provisioner['install'] = async ({ id }) => {
      if (id === '103') throw new ServerOperationError('PXE boot timed out')
      if (id === '104') throw new ServerNotOursError('in use')
    }
    const { servers, run, ...result } = await benchmarkServers(rack({ install, ...scores({ '102': 31 }) }, calls), ['105', '104', '103', '102', '101'], { concurrency: 1 })
    expect(result).toEqual({ passed: ['105', '101'], failed: ['103', '102'], skipped: ['104'], suspects: [], status: 'finished', exitCode: 1, problems: [], held: [] })
    expect(servers.map(({ id, status, left, metrics, broken, error }) => ({ id, status, left, metrics, marked: broken.marked, error: error?.type }))).toEqual([
      { id: '105', status: 'passed', left: 'clean', metrics: { score: 80 }, marked: false, error: undefined },
      { id: '104', status: 'skipped', left: 'unknown', metrics: {}, marked: false, error: 'ServerNotOursError' },
      { id: '103', status: 'failed', left: 'unknown', metrics: {}, marked: true, error: 'ServerOperationError' },
      { id: '102', status: 'failed', left: 'installed', metrics: { score: 31 }, marked: true, error: 'PerformanceError' },
      { id: '101', status: 'passed', left: 'clean', metrics: { score: 80 }, marked: false, error: undefined },
    ])
    expect(calls).toEqual(['install 105', 'benchmark 105', 'destroy 105', 'install 104', 'install 103', 'mark 103', 'install 102', 'benchmark 102', 'mark 102', 'install 101', 'benchmark 101', 'destroy 101'])
    expect(run).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/)
  })

  test('hands servers on with their address and labels, and takes numbers for IDs', async () => {
    const seen: unknown[] = []
    const named: readonly (string | number | NamedServer)[] = ['a', 7, { id: 'b', address: '10.0.0.2', labels: { rack: 'r1' } }, { id: 'c' }]
    const { passed } = await benchmarkServers(rack({ install: async (server) => void seen.push(server) }), new Set(named), { concurrency: 1 })
    expect(passed).toEqual(['a', '7', 'b', 'c'])
    expect(seen).toEqual([{ id: 'a', labels: {} }, { id: '7', labels: {} }, { id: 'b', address: '10.0.0.2', labels: { rack: 'r1' } }, { id: 'c', labels: {} }])
  })

  test('keeps the plan that its options ask for, with durations as numbers and as texts', async () => {
    const events: RunEvent[] = []
    const options: BenchmarkOptions = {
      os: 'ubuntu-24.04', thresholds: [{ metric: 'latency', max: 2, unit: 'ms' }], unmatched: 'pass', retest: 1, concurrency: 3, destroy: 'always', markBroken: false, maxBroken: '20%', maxAlike: 0, retries: 0,
      maxOutage: 1500, timeouts: { install: '45m', benchmark: 7_200_000 }, grace: 0, deadline: '3h', wipeReserve: 60_000, suite: 'nightly', attach: 'all', logLevel: 'debug', logFormat: 'json',
      onEvent: (event) => events.push(event),
    }
    const benchmark = { name: 'fio', run: async () => ({ latency: 1.5 }) }
    const { passed } = await benchmarkServers(rack({ benchmark: () => Promise.reject(new Error('not asked')) }), ['101'], { ...options, benchmark })
    expect(passed).toEqual(['101'])
    expect(events[0]).toEqual(
      expect.objectContaining({
        type: 'run.started',
        plan: {
          servers: [{ id: '101', labels: {} }], provisioner: { type: 'program:adapter', settings: {} }, os: 'ubuntu-24.04', thresholds: [{ metric: 'latency', max: 2, unit: 'ms' }], unmatched: 'pass', retest: 1,
          concurrency: 3, destroy: 'always', markBroken: false, maxBroken: { percent: 20 }, maxAlike: 0, retries: 0, maxOutageMs: 1500,
          limitsMs: { install: 2_700_000, benchmark: 7_200_000, destroy: 7_200_000, mark: 120_000 }, graceMs: 0, deadlineMs: 10_800_000, wipeReserveMs: 60_000,
          suite: 'nightly', attach: 'all', logLevel: 'debug', logFormat: 'json', flags: [],
        },
      }),
    )
    expect(events.map((event) => runEventSchema.parse(event))).toEqual(events)
  })

  test('asks the benchmark whether it can measure, and closes it when the run is over', async () => {
    const calls: string[] = []
    class Fio {
      readonly name = 'fio'
      readonly calls = calls
      async check(): Promise<void> {
        this.calls.push('check')
      }
      async run(): Promise<number> {
        return this.calls.push('run') + 50
      }
      async close(): Promise<void> {
        this.calls.push('close')
        throw new Error('still busy')
      }
    }
    const { passed, exitCode, problems } = await benchmarkServers(rack({}, calls), ['101'], { benchmark: new Fio() })
    expect([calls, passed, exitCode, problems]).toEqual([['check', 'install 101', 'run', 'destroy 101', 'close'], ['101'], 3, ['benchmark fio could not be closed: still busy']])
    const refusing = { name: 'fio', run: async () => 80, check: () => Promise.reject(new Error('no fio here')) }
    expect((await benchmarkServers(rack({}, calls), ['102'], { benchmark: refusing })).problems).toEqual([
      'no more servers were started: the benchmark cannot be used: its check failed: ServerOperationError: no fio here', '1 server was not finished',
    ])
    expect(calls.length).toBe(5)
  })

  test('does not close the provisioner, which is not its own', async () => {
    const calls: string[] = []
    await benchmarkServers(rack({ close: async () => void calls.push('close') }, calls), ['101'])
    expect(calls).toEqual(['install 101', 'benchmark 101', 'destroy 101'])
  })

  test('runs twice at once, each run with its own servers, lines and directory', async () => {
    const runOf = async (name: string): Promise<{ readonly lines: string[]; readonly logs: string[] }> => {
      const lines: string[] = []
      const install: Provisioner['install'] = async ({ id }) => {
        await new Promise((resolve) => setImmediate(resolve))
        log(`${name} installs ${id}`)
      }
      const ids = [1, 2, 3, 4, 5].map((n) => `${name}${n}`)
      const { passed } = await benchmarkServers(rack({ install }), ids, { out: join(out, name), onLine: (line) => lines.push(line) })
      expect(passed).toEqual(ids)
      const logs = await Promise.all(ids.map((id) => readFile(join(out, name, 'logs', `${id}.log`), 'utf8')))
      for (const [index, text] of logs.entries()) expect([...text.matchAll(/\w installs (\w+)/g)].map(([, id]) => id)).toEqual([ids[index]])
      return { lines, logs }
    }
    const [a, b] = await Promise.all([runOf('a'), runOf('b')])
    expect(a.lines.filter((line) => line.includes('installs')).length).toBe(5)
    expect([...a.lines, ...a.logs].filter((line) => /\[b\d\]|b installs/.test(line))).toEqual([])
    expect([...b.lines, ...b.logs].filter((line) => /\[a\d\]|a installs/.test(line))).toEqual([])
  })

  test('leaves the process as it was: no listener, and nothing written without `out`', async () => {
    const listeners = (): unknown[] => process.eventNames().map((name) => [name, process.listenerCount(name)])
    const before = listeners()
    let during: unknown[] = []
    await benchmarkServers(rack({ install: async () => void (during = listeners()) }), ['101'])
    expect([during, listeners()]).toEqual([before, before])
    expect(await readdir(out)).toEqual([])
  })
})

describe('its directory', () => {
  test('is the one that `rackbench run` writes', async () => {
    const { passed, failed, skipped, servers, run } = await benchmarkServers(rack(scores({ '102': 31 })), ['101', '102'], { out })
    expect((await readdir(out)).sort()).toEqual(['failed-servers.txt', 'html', 'journal.jsonl', 'junit.xml', 'logs', 'results.csv', 'results.json', 'run.log', 'summary.md', 'trace.json'])
    const results = resultsSchema.parse(JSON.parse(await readFile(join(out, 'results.json'), 'utf8')))
    expect(results).toEqual(expect.objectContaining({ passed, failed, skipped, servers }))
    expect(results.run).toEqual(expect.objectContaining({ id: run, status: 'finished', exitCode: 1, provisioner: 'program:adapter' }))
    const journal = (await readFile(join(out, 'journal.jsonl'), 'utf8')).trim().split('\n').map((line) => runEventSchema.parse(JSON.parse(line)).type)
    expect([journal[0], journal.at(-1)]).toEqual(['run.started', 'run.finished'])
    const xml = await readFile(join(out, 'junit.xml'), 'utf8')
    expect([...xml.matchAll(/<testcase [^>]*name="(\w+)"/g)].map(([, name]) => name)).toEqual(['101', '102'])
    expect(xml).not.toContain('Run this server again')
    expect(await readFile(join(out, 'logs/102.log'), 'utf8')).toContain('check: failed: PerformanceError: score 31 is below 50, by 19')
  })

  test('is locked while the run goes on, and refused if a run in it has died, unless that is given up', async () => {
    const { parts, begun } = hanging(1)
    const stopping = new AbortController()
    const first = benchmarkServers(rack(parts), ['101'], { out, signal: stopping.signal })
    await begun
    expect(await problemsOf(benchmarkServers(rack(), ['101'], { out }))).toEqual([expect.stringContaining(`is in use: a rackbench with process ID ${process.pid}`)])
    const died = await readFile(join(out, 'journal.jsonl'), 'utf8')
    stopping.abort()
    await first
    await writeFile(join(out, 'journal.jsonl'), died)
    expect(await problemsOf(benchmarkServers(rack(), ['101'], { out }))).toEqual([
      `${out} holds a run that has died (it may hold 1 server), of a program with a provisioner of its own: give it up with replace: true, or --replace; the servers held are told then`,
    ])
    expect((await benchmarkServers(rack(), ['102'], { out, replace: true })).held).toEqual(['101'])
  })

  test('that cannot be made is refused before any server is touched', async () => {
    const calls: string[] = []
    await writeFile(join(out, 'file'), '')
    expect(await problemsOf(benchmarkServers(rack({}, calls), ['101'], { out: join(out, 'file') }))).toEqual([`cannot write to the run directory ${join(out, 'file')}: it is a file, not a directory`])
    expect(calls).toEqual([])
  })
})

describe('a run that goes wrong resolves', () => {
  test('as stopped when its signal aborts, once all that had begun is wiped', async () => {
    const calls: string[] = []
    const { parts, begun } = hanging(2)
    const stopping = new AbortController()
    const running = benchmarkServers(rack(parts, calls), ['101', '102', '103'], { concurrency: 2, signal: stopping.signal })
    await begun
    stopping.abort(new Error('the night is over'))
    const { status, exitCode, passed, failed, skipped, problems, servers } = await running
    expect({ status, exitCode, passed, failed, skipped }).toEqual({ status: 'stopped', exitCode: 3, passed: [], failed: [], skipped: ['101', '102', '103'] })
    expect(problems).toEqual(['the run was stopped by a signal: the night is over', '1 server was not finished'])
    expect(servers.map(({ left }) => left)).toEqual(['clean', 'clean', 'clean'])
    expect(calls.toSorted()).toEqual(['destroy 101', 'destroy 102', 'install 101', 'install 102'])
  })

  test('as stopped without touching a server when its signal has aborted before', async () => {
    const calls: string[] = []
    const { status, skipped } = await benchmarkServers(rack({}, calls), ['101'], { signal: AbortSignal.abort() })
    expect([status, skipped, calls]).toEqual(['stopped', ['101'], []])
  })

  test('as stopped by its deadline', async () => {
    const { parts } = hanging(1)
    const { status, problems, skipped } = await benchmarkServers(rack(parts), ['101'], { deadline: '1s', wipeReserve: 900 })
    expect([status, problems[0], skipped]).toEqual(['stopped', 'the run was stopped by its deadline', ['101']])
  })

  test('as braked when many servers fail alike, and says what is missing', async () => {
    const install = () => Promise.reject(new Error('no lease'))
    const { status, exitCode, problems, failed, skipped } = await benchmarkServers(rack({ install }), ['1', '2', '3', '4'], { concurrency: 1, maxAlike: 2 })
    expect({ status, exitCode, failed, skipped }).toEqual({ status: 'braked', exitCode: 3, failed: ['1', '2'], skipped: ['3', '4'] })
    expect(problems[0]).toBe('no more servers were started: this looks like one cause: 2 servers in a row failed at install: no lease')
  })

  test('when the provisioner is away, and judges nobody', async () => {
    const install = () => Promise.reject(new ProvisionerUnavailableError('nobody answers'))
    const { exitCode, failed, problems } = await benchmarkServers(rack({ install }), ['101'], { maxOutage: 0, markBroken: true })
    expect([exitCode, failed, problems]).toEqual([3, ['101'], expect.arrayContaining(['1 server was not judged'])])
  })

  test('when its listeners throw, at once or later', async () => {
    const onEvent = (): never => {
      throw new Error('event trouble')
    }
    const onLine = (async () => Promise.reject(new Error('line trouble'))) as () => void
    const { passed, exitCode, problems } = await benchmarkServers(rack(), ['101'], { onEvent, onLine })
    expect([passed, exitCode, problems.toSorted()]).toEqual([['101'], 3, ['onEvent failed: event trouble', 'onLine failed: line trouble']])
  })

  test('when a listener throws, later, what cannot be shown', async () => {
    const onEvent = (async () => Promise.reject(Object.create(null))) as () => void
    const { passed, exitCode, problems } = await benchmarkServers(rack(), ['101'], { onEvent })
    expect([passed, exitCode, problems]).toEqual([['101'], 3, ['onEvent failed: something that cannot be shown']])
  })

  test('when its signal aborts for a reason that cannot be shown, and gives its directory back', async () => {
    const call = async (reason: unknown) => benchmarkServers(rack(), ['101'], { out, replace: true, signal: AbortSignal.abort(reason) })
    for (const reason of [Object.create(null), Object.assign(new Error(), { message: Object.create(null) })]) {
      const { status, problems } = await call(reason)
      expect([status, problems]).toEqual(['stopped', ['the run was stopped by a signal: something that cannot be shown', '1 server was not finished']])
    }
    expect(await readdir(out)).not.toContain('rackbench.lock')
  })

  test('when a provisioner changes the servers and answers that it was given', async () => {
    const seen: unknown[] = []
    const parts: Partial<Provisioner> = {
      install: async (server) => {
        if (server.id === '101') Object.assign(server, { id: 'other' })
        return { address: '10.0.0.2' }
      },
      benchmark: async (_server, { installed }) => {
        Object.assign(installed!, { address: 'changed' })
        return 80
      },
      destroy: async (_server, { installed }) => void seen.push(installed),
    }
    const { passed, failed, servers } = await benchmarkServers(rack(parts), ['101', '102'], { out })
    expect([passed, failed, servers[0]!.error?.type, seen]).toEqual([['102'], ['101'], 'DefectError', [{ address: '10.0.0.2' }]])
  })
})

describe('what its listeners hear', () => {
  test('is every event, as a copy that they may change, and every line of the log', async () => {
    const lines: string[] = []
    const types: string[] = []
    const { passed } = await benchmarkServers(rack({ install: async (_server, _os, step) => step.log('from the context') }), ['101', '101'], {
      onEvent(event) {
        types.push(event.type)
        for (const key of Object.keys(event)) delete (event as Record<string, unknown>)[key]
      },
      onLine: (line, level) => lines.push(`${level}: ${line}`),
    })
    expect(passed).toEqual(['101'])
    expect(types).toEqual(['run.started', 'server.started', ...['install', 'benchmark', 'check', 'destroy'].flatMap(() => ['step.started', 'step.finished']), 'server.finished', 'run.finished'])
    expect(lines).toEqual(expect.arrayContaining(['warn: warn  [rackbench] 1 duplicate ID dropped', 'info: info  [worker-01] [101] install: from the context', 'info: info  [worker-01] [101] check: passed']))
    expect(lines[1]).toMatch(/at most 5 marked as broken$/)
  })

  test('holds no secret, and neither does the directory', async () => {
    const secret = 'hunter2-hunter2'
    const heard: string[] = []
    const install: Provisioner['install'] = async (_server, _os, step) => {
      step.log(`token ${secret}`)
      throw new Error(`refused ${secret}`)
    }
    const { servers } = await benchmarkServers(rack({ install }), ['101'], { out, secrets: [secret], onLine: (line) => heard.push(line), onEvent: (event) => heard.push(JSON.stringify(event)) })
    const files = (await readdir(out, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
    const written = await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')))
    expect([...heard, ...written, JSON.stringify(servers)].filter((text) => text.includes(secret))).toEqual([])
    expect(servers[0]?.error?.message).toBe('refused ***')
  })
})

describe('it rejects what is wrong, every problem at once, and touches nothing:', () => {
  test('options', async () => {
    const options = {
      concurency: 3, os: '', threshold: Number.NaN, concurrency: 0, destroy: 'sometimes', maxBroken: '120%', retries: -1, maxOutage: -1, timeouts: { install: 0, wipe: 5 }, grace: 'soon', deadline: '10s', wipeReserve: 10_000,
      thresholds: [{ metric: 'cpu', maximum: 3 }], secrets: ['short', 7], signal: {}, onEvent: 'yes', benchmark: { run() {}, check: 5, close: {} }, out: '', suite: 3n, logFormat: 'xml',
    }
    expect(await problemsOf(callWith(rack(), ['101'], options))).toEqual([
      'benchmark: check: expected a function',
      'benchmark: close: expected a function',
      'signal: expected an AbortSignal',
      'onEvent: expected a function',
      'unknown option "concurency"; did you mean concurrency?',
      'timeouts: unknown key "wipe"',
      'os: expected a text of one line, got ""',
      'threshold: expected a number, got null',
      'concurrency: expected a whole number of at least 1, got 0',
      'destroy: expected passing | always | never, got "sometimes"',
      'maxBroken: expected a number of servers, or a share of them from 0% to 100%, got "120%"',
      'retries: expected a whole number of at least 0, got -1',
      'maxOutage: expected a duration (write 90s, 45m or 2h), got -1',
      'timeouts.install: expected a duration above 0 (write 90s, 45m or 2h), got 0',
      'grace: expected a duration (write 90s, 45m or 2h), got "soon"',
      'out: expected a path, got ""',
      'suite: expected a text of one line, got 3n',
      'logFormat: expected text | json, got "xml"',
      'deadline: expected more than the 10s of wipeReserve, got "10s"',
      'thresholds[0]: unknown key "maximum"',
      'thresholds[0]: needs a min or a max, or a reference with lower or upper, or ownHistory, got {"metric":"cpu","maximum":3}',
      'secrets[0]: too short for a secret: it takes at least 6 characters to be redacted',
      'secrets[1]: expected a text',
    ])
  })

  test('servers', async () => {
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    expect(await problemsOf(callWith(rack(), ['ok', '../etc', 'node-1', 'Node-1', 1.5, null, {}, { id: 'x', labels: { rack: 7 } }, circular, '101-115\n']))).toEqual([
      expect.stringMatching(/^servers\[1\]: "\.\.\/etc" is not a server ID: /),
      'servers[3]: Node-1 and node-1 differ only in case: their logs would be one file',
      'servers[4]: expected a server ID, or an object with an id, got 1.5',
      'servers[5]: expected a server ID, or an object with an id, got null',
      'servers[6].id: expected a string, but it is missing',
      'servers[7].labels.rack: expected a string, got 7',
      'servers[8].id: expected a string, but it is missing',
      expect.stringMatching(/^servers\[9\]: "101-115\\n" is not a server ID: /),
    ])
    expect(await problemsOf(callWith(rack(), '101'))).toEqual(['servers: expected a list of server IDs, got "101"'])
    expect(await problemsOf(callWith(rack(), []))).toEqual(['servers: the list is empty'])
    expect(await problemsOf(callWith(rack(), Array.from({ length: 100_001 }, (_, n) => n)))).toEqual(['servers[100000]: more than 100000 servers in all'])
  })

  test('the provisioner, and options that are none', async () => {
    expect(await problemsOf(callWith({ install() {}, name: 'a\nb' }, ['101'], 'fast'))).toEqual([
      'provisioner: lacks destroy(), markAsBroken()',
      'provisioner: name is "a\\nb", not a text of one line, at most 100 characters',
      'options: expected an object, got "fast"',
    ])
    expect(await problemsOf(callWith({ ...rack(), benchmark: undefined }, ['101']))).toEqual(['provisioner adapter has no benchmark(), and nothing else is there to measure with: add one, or give a benchmark'])
    expect(await problemsOf(callWith(rack(), ['101'], { benchmark: { name: 'fio' } }))).toEqual(['benchmark: expected an object with run()'])
    expect(await problemsOf(callWith(Map, ['101']))).toEqual(['provisioner: expected an object with install(), destroy() and markAsBroken(); this is a function: a class needs `new`'])
  })
})
