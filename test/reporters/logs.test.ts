import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LogsOptions } from '../../src/reporters/logs.ts'
import { openLogs } from '../../src/reporters/logs.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'
import { id } from './report-run.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rackbench-logs-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function open(changes: Partial<LogsOptions> = {}) {
  const shown: string[] = []
  const problems: string[] = []
  const clock = virtualClock()
  const logs = openLogs({ directory, level: 'info', format: 'text', console: { line: (text) => shown.push(text) }, clock, onProblem: (message) => problems.push(message), ...changes })
  return { ...logs, shown, problems, clock }
}

function read(...path: string[]): string {
  return readFileSync(join(directory, ...path), 'utf8')
}

function held(): string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/self/fd/${descriptor}`)].filter((path) => path.startsWith(directory))
    } catch {
      return []
    }
  })
}

test('each line is on the console, in run.log, and in the file of its server alone', async () => {
  const logs = open()
  logs.run('info', 'started')
  const first = logs.open(id(104), 'worker-01')
  const second = logs.open(id(105), 'worker-02')
  first.write('info', 'install', 'started (debian-12)')
  await logs.clock.advance(1500)
  second.write('warn', undefined, 'server started again')
  logs.of(id(104)).write('error', 'install', 'failed')
  await Promise.all([first.close(), second.close()])
  logs.run('info', 'finished')
  await logs.close()

  expect(read('logs', '104.log')).toBe('2026-11-21T10:00:00.000Z info  [worker-01] [104] install: started (debian-12)\n2026-11-21T10:00:01.500Z error [worker-01] [104] install: failed\n')
  expect(read('logs', '105.log')).toBe('2026-11-21T10:00:01.500Z warn  [worker-02] [105] server started again\n')
  expect(read('run.log')).toBe(
    [
      '2026-11-21T10:00:00.000Z info  [rackbench] started',
      '2026-11-21T10:00:00.000Z info  [worker-01] [104] install: started (debian-12)',
      '2026-11-21T10:00:01.500Z warn  [worker-02] [105] server started again',
      '2026-11-21T10:00:01.500Z error [worker-01] [104] install: failed',
      '2026-11-21T10:00:01.500Z info  [rackbench] finished',
      '',
    ].join('\n'),
  )
  expect(logs.shown).toEqual(read('run.log').split('\n').slice(0, -1).map((line) => line.slice('2026-11-21T10:00:00.000Z '.length)))
  expect(logs.problems).toEqual([])
})

test('the level holds for all three; the console may show less', async () => {
  const logs = open({ level: 'warn' })
  const server = logs.open(id(104), 'worker-01')
  server.write('debug', 'install', 'a')
  server.write('info', 'install', 'b')
  server.write('warn', 'install', 'c')
  expect(server.tail()).toEqual(['2026-11-21T10:00:00.000Z warn  [worker-01] [104] install: c'])
  await logs.close()
  expect(read('run.log')).toBe('2026-11-21T10:00:00.000Z warn  [worker-01] [104] install: c\n')
  expect(read('logs', '104.log')).toBe(read('run.log'))
  expect(logs.shown).toEqual(['warn  [worker-01] [104] install: c'])
})

test.each([
  ['debug', 'warn', ['w', 'e']],
  ['error', 'warn', ['e']],
] as const)('at level %s a console for %s shows %j', async (level, consoleLevel, expected) => {
  const shown: string[] = []
  const logs = open({ level, console: { line: (text) => shown.push(text), level: consoleLevel } })
  for (const [each, message] of [['debug', 'd'], ['info', 'i'], ['warn', 'w'], ['error', 'e']] as const) logs.run(each, message)
  await logs.close()
  expect(shown.map((text) => text.at(-1))).toEqual(expected)
})

test('as JSON every line of every place is one object', async () => {
  const logs = open({ format: 'json' })
  logs.open(id(104), 'worker-01').write('info', 'install', 'says "hello"\nand\u001b[1m more')
  await logs.close()
  const message = String.raw`says "hello"\nand\x1b[1m more`
  expect(JSON.parse(read('logs', '104.log'))).toEqual({ timestamp: '2026-11-21T10:00:00.000Z', level: 'info', worker: 'worker-01', server: '104', step: 'install', message })
  expect(read('run.log')).toBe(read('logs', '104.log'))
  expect(logs.shown.map((line) => JSON.parse(line))).toEqual([{ level: 'info', worker: 'worker-01', server: '104', step: 'install', message }])
})

test('what a step says after its end is in run.log only, tagged late', async () => {
  const logs = open()
  const server = logs.open(id(104), 'worker-01')
  server.write('info', 'install', 'started')
  logs.late(id(104), 'install', 'still here')
  await server.close()
  server.write('info', 'install', 'and here')
  logs.late(id(104), 'install', 'and gone')
  await logs.close()
  expect(read('logs', '104.log')).toBe('2026-11-21T10:00:00.000Z info  [worker-01] [104] install: started\n')
  expect(read('run.log').split('\n').slice(1)).toEqual([
    '2026-11-21T10:00:00.000Z warn  [worker-01] [104] install: (late) still here',
    '2026-11-21T10:00:00.000Z warn  [worker-01] [104] install: (late) and here',
    '2026-11-21T10:00:00.000Z warn  [worker-01] [104] install: (late) and gone',
    '',
  ])
  expect(logs.shown).toEqual(['info  [worker-01] [104] install: started'])
})

test('a line after everything was closed harms nobody', async () => {
  const logs = open()
  const server = logs.open(id(104), 'worker-01')
  server.write('info', 'install', 'started')
  await logs.close()
  server.write('info', 'install', 'too late')
  logs.run('info', 'too late')
  logs.late(id(104), 'install', 'too late')
  logs.of(id(104)).write('info', 'install', 'too late')
  await Promise.all([logs.close(), server.close()])
  expect(read('run.log')).toBe('2026-11-21T10:00:00.000Z info  [worker-01] [104] install: started\n')
})

test('a server without an open log is heard in run.log and on the console', async () => {
  const logs = open()
  logs.of(id(104)).write('info', undefined, 'server started')
  await logs.close()
  expect(read('run.log')).toBe('2026-11-21T10:00:00.000Z info  [104] server started\n')
  expect(logs.shown).toEqual(['info  [104] server started'])
})

test('a resumed run appends: nothing is lost, and the tail goes on from the file', async () => {
  mkdirSync(join(directory, 'logs'))
  const earlier = Array.from({ length: 30 }, (_, index) => `earlier ${index}`)
  writeFileSync(join(directory, 'logs', '104.log'), `${earlier.join('\n')}\ncut sho`)
  writeFileSync(join(directory, 'run.log'), 'cut')
  const logs = open()
  const server = logs.open(id(104), 'worker-01')
  expect(server.tail()).toEqual([...earlier.slice(-19), 'cut sho'])
  server.write('info', undefined, 'server started again')
  const line = '2026-11-21T10:00:00.000Z info  [worker-01] [104] server started again'
  expect(server.tail()).toEqual([...earlier.slice(-18), 'cut sho', line])
  await logs.close()
  expect(read('logs', '104.log')).toBe(`${earlier.join('\n')}\ncut sho\n${line}\n`)
  expect(read('run.log')).toBe(`cut\n${line}\n`)
})

test('a server that is taken up twice by one process goes on in its file', async () => {
  const logs = open()
  const first = logs.open(id(104), 'worker-01')
  first.write('info', undefined, 'one')
  await first.close()
  const second = logs.open(id(104), 'worker-02')
  second.write('info', undefined, 'two')
  expect(second.tail()).toEqual(['2026-11-21T10:00:00.000Z info  [worker-01] [104] one', '2026-11-21T10:00:00.000Z info  [worker-02] [104] two'])
  await logs.close()
  expect(read('logs', '104.log').split('\n')).toHaveLength(3)
})

test('the tail is there before the disk has heard of it', () => {
  const logs = open()
  const server = logs.open(id(104), 'worker-01')
  for (let line = 0; line < 100; line++) server.write('info', 'benchmark', `line ${line}`)
  expect(server.tail()).toEqual(Array.from({ length: 20 }, (_, index) => `2026-11-21T10:00:00.000Z info  [worker-01] [104] benchmark: line ${index + 80}`))
  return logs.close()
})

test('many servers, fifteen at a time, leave every line in the right file and no descriptor open', async () => {
  const logs = open()
  const ids = Array.from({ length: 600 }, (_, index) => id(index))
  const waiting = [...ids]
  let mostHeld = 0
  async function worker(name: string): Promise<void> {
    for (let server = waiting.shift(); server !== undefined; server = waiting.shift()) {
      const log = logs.open(server, name)
      for (let line = 0; line < 12; line++) log.write('info', 'install', `line ${line} of ${server}`)
      if (Number(server) % 50 === 0) mostHeld = Math.max(mostHeld, held().length)
      await log.close()
    }
  }
  await Promise.all(Array.from({ length: 15 }, (_, index) => worker(`worker-${index}`)))
  expect(mostHeld).toBeLessThanOrEqual(16)
  expect(held().filter((path) => path.includes('/logs/'))).toEqual([])
  await logs.close()
  expect(held()).toEqual([])
  for (const server of ids) {
    const messages = read('logs', `${server}.log`).split('\n').map((line) => line.split('install: ')[1])
    expect(messages).toEqual([...Array.from({ length: 12 }, (_, line) => `line ${line} of ${server}`), undefined])
  }
  expect(read('run.log').split('\n')).toHaveLength(600 * 12 + 1)
})

test('a full disk is one problem, however many logs it fails, and stops nothing', async () => {
  mkdirSync(join(directory, 'logs'))
  symlinkSync('/dev/full', join(directory, 'run.log'))
  for (const server of [104, 105]) symlinkSync('/dev/full', join(directory, 'logs', `${server}.log`))
  const logs = open()
  const servers = [104, 105, 106].map((server) => logs.open(id(server), 'worker-01'))
  for (const server of servers) server.write('info', 'install', 'started')
  await Promise.all(servers.map((server) => server.close()))
  logs.run('info', 'finished')
  await logs.close()
  expect(logs.problems).toHaveLength(1)
  expect(logs.problems[0]).toMatch(/^the log \S+ could not be written: ENOSPC: no space left on device, write$/)
  expect(servers[0]?.tail()).toEqual(['2026-11-21T10:00:00.000Z info  [worker-01] [104] install: started'])
  expect(read('logs', '106.log')).toContain('[106] install: started\n')
  expect(logs.shown).toHaveLength(4)
})

test('a directory that is removed in the middle of a run is a problem of the run, not a crash', async () => {
  const logs = open()
  const first = logs.open(id(104), 'worker-01')
  first.write('info', 'install', 'started')
  await first.close()
  rmSync(join(directory, 'logs'), { recursive: true })
  for (const server of [105, 106]) {
    const log = logs.open(id(server), 'worker-01')
    log.write('info', 'install', 'started')
    await log.close()
  }
  await logs.close()
  expect(logs.problems).toEqual([`the log ${join(directory, 'logs', '105.log')} could not be written: ENOENT: no such file or directory, open '${join(directory, 'logs', '105.log')}'`])
  expect(read('run.log').split('\n')).toHaveLength(4)
})

test('a run directory that cannot be made is told, and the console still shows every line', async () => {
  writeFileSync(join(directory, 'file'), '')
  const logs = open({ directory: join(directory, 'file', 'out') })
  logs.run('info', 'started')
  await logs.close()
  expect(logs.problems).toHaveLength(1)
  expect(logs.problems[0]).toContain('ENOTDIR')
  expect(logs.shown).toEqual(['info  [rackbench] started'])
})

test('a log that is a directory is told, and its server goes on', async () => {
  mkdirSync(join(directory, 'logs', '104.log'), { recursive: true })
  const logs = open()
  const server = logs.open(id(104), 'worker-01')
  server.write('info', 'install', 'started')
  await logs.close()
  expect(logs.problems).toHaveLength(1)
  expect(logs.problems[0]).toContain('EISDIR')
})

test('no timer is left when all is closed', async () => {
  const logs = open()
  logs.open(id(104), 'worker-01').write('info', 'install', 'started')
  await logs.close()
  expect(logs.clock.waiting()).toBe(0)
})
