import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { Fact } from '../../src/model/event.ts'
import type { Colours } from '../../src/reporters/colour.ts'
import { allColours, noColours } from '../../src/reporters/colour.ts'
import type { OutputStream } from '../../src/reporters/console-stream.ts'
import { guardStream } from '../../src/reporters/console-stream.ts'
import { chooseProgress, openConsole } from '../../src/reporters/console.ts'
import type { LogFormat } from '../../src/reporters/log-line.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'
import { id, liveRun, passed, passing, planOf, slow, step } from './report-run.ts'
import { fakeTerminal } from './terminal.ts'

function plainStream(): OutputStream & { readonly text: () => string } {
  const stream = new PassThrough()
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return Object.assign(stream, { text: () => Buffer.concat(chunks).toString() })
}

async function openOn(stream: OutputStream, mode: 'live' | 'plain' | 'none', { colours = noColours, format = 'text' }: { colours?: Colours; format?: LogFormat } = {}) {
  const clock = virtualClock()
  const console = await openConsole({ output: guardStream(stream), mode, colours, format, clock })
  const { record } = liveRun(planOf([104, 105, 106, 107]), (event, fold) => console.watch(event, fold.state))
  return { console, clock, record: (facts: readonly Fact[]) => facts.forEach(record) }
}

const underWay: Fact[] = [{ type: 'server.started', server: id(106), worker: 'worker-02', turn: 1, kept: [] }, ...step(id(106), 'install', passed).slice(0, 1)]

test.each([
  ['auto', true, {}, 'live'],
  ['auto', true, { CI: '' }, 'live'],
  ['auto', true, { CI: 'true' }, 'plain'],
  ['auto', true, { TERM: 'dumb' }, 'plain'],
  ['auto', undefined, {}, 'plain'],
  ['plain', true, {}, 'plain'],
  ['none', true, {}, 'none'],
] as const)('--progress %s with isTTY %s and %j is %s', (choice, isTTY, env, mode) => {
  expect(chooseProgress(choice, { isTTY }, env)).toBe(mode)
})

test('without a terminal there are plain lines, and once a minute one with the totals and what is under way', async () => {
  const stream = plainStream()
  const { console, clock, record } = await openOn(stream, 'plain')
  console.line('info  [worker-01] [104] server started', 'info')
  record([...passing(id(104)), ...slow(id(105)), ...underWay])
  await clock.advance(59_999)
  console.line('warn  [rackbench] hm', 'warn')
  await clock.advance(1)
  record(step(id(106), 'install', passed).slice(1))
  record(step(id(106), 'benchmark', passed).slice(0, 1))
  await clock.advance(60_000)
  console.close()
  await clock.advance(600_000)
  console.line('the end', 'info')
  expect(stream.text()).toBe(
    [
      'info  [worker-01] [104] server started',
      'warn  [rackbench] hm',
      'rackbench: 2 of 4 done (1 passed, 1 failed), 1 under way: 1 install; 1 waiting',
      'rackbench: 2 of 4 done (1 passed, 1 failed), 1 under way: 1 benchmark; 1 waiting',
      'the end',
      '',
    ].join('\n'),
  )
  expect(clock.waiting()).toBe(0)
})

test('as JSON the line of each minute is an object too, and nothing is painted', async () => {
  const stream = plainStream()
  const { console, clock } = await openOn(stream, 'plain', { format: 'json', colours: allColours })
  console.line('{"level":"error"}', 'error')
  await clock.advance(60_000)
  console.close()
  expect(stream.text().split('\n')).toEqual(['{"level":"error"}', '{"level":"info","message":"0 of 4 done, 0 under way; 4 waiting"}', ''])
})

test('with no progress there is never a line of its own, and only warnings and errors are asked for', async () => {
  const stream = plainStream()
  const { console, clock, record } = await openOn(stream, 'none')
  record(passing(id(104)))
  console.line('error [rackbench] x', 'error')
  await clock.advance(600_000)
  console.close()
  expect(stream.text()).toBe('error [rackbench] x\n')
  expect(console.level).toBe('warn')
})

test('lines are painted by their level', async () => {
  const stream = plainStream()
  const { console } = await openOn(stream, 'plain', { colours: allColours })
  console.line('bad', 'error')
  console.line('good', 'info')
  console.close()
  expect(stream.text()).toBe('\u001b[31mbad\u001b[39m\ngood\n')
})

test('at a terminal a region below the lines shows how far the run is and what each worker does', async () => {
  const terminal = fakeTerminal({ columns: 120 })
  const { console, clock, record } = await openOn(terminal, 'live')
  console.line('info  [rackbench] started', 'info')
  record([...passing(id(104)), ...slow(id(105)), ...underWay])
  await clock.advance(3000)
  expect(terminal.screen()).toEqual([
    'info  [rackbench] started',
    '[############            ] 2 of 4 done, 3s, about 0s left, 1 passed, 1 failed, 0 skipped, 1 under way, 1 waiting',
    'worker-02  106  install    3s',
  ])
  record([...step(id(106), 'install', passed).slice(1), { type: 'server.finished', server: id(106) }])
  console.line('info  [rackbench] finished', 'info')
  console.close()
  expect(terminal.screen()).toEqual([
    'info  [rackbench] started',
    'info  [rackbench] finished',
    '[##################      ] 3 of 4 done, 3s, about 0s left, 1 passed, 1 failed, 1 skipped, 0 under way, 1 waiting',
  ])
  expect(clock.waiting()).toBe(0)
})

test('a terminal that is made smaller meanwhile is no trouble', async () => {
  const terminal = fakeTerminal({ columns: 120 })
  const { console, clock, record } = await openOn(terminal, 'live')
  record(underWay)
  await clock.advance(0)
  Object.assign(terminal, { columns: 20, rows: 6 })
  await clock.advance(1000)
  console.close()
  expect(terminal.screen().every((line, index) => index < 2 || line.length < 20)).toBe(true)
})
