import { expect, test } from 'vitest'
import { DefectError } from '../../src/model/fault.ts'
import { portStatusOf } from '../../src/model/port-round.ts'
import { UsageError } from '../../src/model/problem.ts'
import type { MonitorOptions } from '../../src/ports/monitor.ts'
import { createMonitor } from '../../src/ports/monitor.ts'
import { allOf, checkOf, endpointsOf, scripted, signsOf } from '../fixtures/endpoints.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

function options(given: Partial<MonitorOptions> & Pick<MonitorOptions, 'clock' | 'checkAll'>): MonitorOptions {
  return { endpoints: endpointsOf('ab'), history: 3, everyMs: 15_000, signal: new AbortController().signal, ...given }
}

test('a round tells when it began, how long it took, what it found, what is kept and what has changed', async () => {
  const clock = virtualClock()
  const monitor = createMonitor(options({ clock, checkAll: scripted(['+t', '++'], clock), count: 2 }))
  const [first, second] = ['2026-11-21T10:00:00.000Z', '2026-11-21T10:00:15.000Z'] as const
  const [a, b] = endpointsOf('ab') as [{ host: string; port: number }, { host: string; port: number }]
  expect(await clock.run(allOf(monitor.rounds()))).toEqual([
    {
      number: 1,
      startedAt: first,
      durationMs: 10,
      checks: [checkOf('+', first), checkOf('t', first)],
      states: [{ endpoint: a, checks: [checkOf('+', first)] }, { endpoint: b, checks: [checkOf('t', first)] }],
      changes: [
        { endpoint: a, from: 'unknown', to: 'up' },
        { endpoint: b, from: 'unknown', to: 'failing' },
      ],
      missed: 0,
    },
    {
      number: 2,
      startedAt: second,
      durationMs: 10,
      checks: [checkOf('+', second), checkOf('+', second)],
      states: [
        { endpoint: a, checks: [checkOf('+', first), checkOf('+', second)] },
        { endpoint: b, checks: [checkOf('t', first), checkOf('+', second)] },
      ],
      changes: [{ endpoint: b, from: 'failing', to: 'flapping' }],
      missed: 0,
    },
  ])
})

test('a round in which the monitor is cut off tells what it found, keeps nothing of it, and says which in a row it is', async () => {
  const clock = virtualClock()
  const monitor = createMonitor(options({ clock, checkAll: scripted(['++', 'rt', 'tt', 'tt', 'tt'], clock), count: 5 }))
  const rounds = await clock.run(allOf(monitor.rounds()))
  expect(rounds.map(({ cutOff, checks, states, changes }) => [cutOff, signsOf(checks), states.map((state) => signsOf(state.checks)), changes.map(({ to }) => to)])).toEqual([
    [undefined, '++', ['+', '+'], ['up', 'up']],
    [1, 'rt', ['+', '+'], []],
    [2, 'tt', ['+', '+'], []],
    [undefined, 'tt', ['+t', '+t'], ['flapping', 'flapping']],
    [undefined, 'tt', ['+tt', '+tt'], []],
  ])
})

test('what an earlier process kept is gone on with: its checks, and its rounds that did not count', async () => {
  const clock = virtualClock()
  const earlier = createMonitor(options({ clock, checkAll: scripted(['+t', 'tt', 'tt'], clock), count: 3 }))
  await clock.run(allOf(earlier.rounds()))
  const later = createMonitor(options({ clock, checkAll: scripted(['tt'], clock), count: 1, past: earlier.state() }))
  const [round] = await clock.run(allOf(later.rounds()))
  expect([round?.number, round?.cutOff, round?.states.map(({ checks }) => signsOf(checks)), round?.changes.map(({ from, to }) => [from, to])])
    .toEqual([1, undefined, ['+t', 'tt'], [['up', 'flapping']]])
})

test('an endpoint that no round has counted is neither up nor down', async () => {
  const clock = virtualClock()
  const past = { uncounted: 0, endpoints: [{ endpoint: { host: 'a', port: 22 }, checks: [checkOf('+')] }] }
  const [round] = await clock.run(allOf(createMonitor(options({ clock, checkAll: scripted(['tt'], clock), count: 1, past })).rounds()))
  expect([round?.cutOff, round?.states.map((state) => portStatusOf(state, 3))]).toEqual([1, ['up', 'unknown']])
})

test('a round that takes longer than there is between two leaves starts out, and rounds never overlap', async () => {
  const clock = virtualClock()
  const takes = [40_000, 15_001, 1]
  let going = 0
  const monitor = createMonitor(
    options({
      clock,
      count: 3,
      async checkAll(endpoints, _signal, onCheck) {
        expect(++going).toBe(1)
        await new Promise<void>((resolve) => void clock.after(takes.shift()!, resolve))
        for (const [index, endpoint] of endpoints.entries()) onCheck(checkOf('+'), endpoint, index)
        going--
      },
    }),
  )
  const rounds = await clock.run(allOf(monitor.rounds()))
  expect(rounds.map(({ number, startedAt, durationMs, missed }) => [number, startedAt.slice(14, 19), durationMs, missed])).toEqual([
    [1, '00:00', 40_000, 0],
    [2, '00:45', 15_001, 2],
    [3, '01:15', 1, 1],
  ])
})

test('whoever is slow to read a round is waited for, and the next one is on the grid', async () => {
  const clock = virtualClock()
  const monitor = createMonitor(options({ clock, checkAll: scripted(['++', '++'], clock), count: 2 }))
  const starts: string[] = []
  const read = async (): Promise<void> => {
    for await (const { startedAt } of monitor.rounds()) {
      starts.push(startedAt.slice(14, 19))
      await new Promise<void>((resolve) => void clock.after(20_000, resolve))
    }
  }
  await clock.run(read())
  expect(starts).toEqual(['00:00', '00:30'])
})

test.each([
  ['rejects then', true],
  ['resolves then', false],
])('a round that the signal ends is dropped, if its checks %s', async (_what, rejects) => {
  const clock = virtualClock()
  const stop = new AbortController()
  const first = scripted(['++'], clock)
  let round = 0
  const monitor = createMonitor(
    options({
      clock,
      signal: stop.signal,
      checkAll(endpoints, signal, onCheck) {
        if (++round === 1) return first(endpoints, signal, onCheck)
        onCheck(checkOf('t'), endpoints[0]!, 0)
        onCheck(checkOf('t'), endpoints[1]!, 1)
        stop.abort(new Error('stopped'))
        return rejects ? Promise.reject(stop.signal.reason as Error) : Promise.resolve()
      },
    }),
  )
  const rounds = await clock.run(allOf(monitor.rounds()))
  expect([rounds.map(({ number }) => number), monitor.state().endpoints.map(({ checks }) => signsOf(checks)), clock.waiting()]).toEqual([[1], ['+', '+'], 0])
})

test('the signal ends the wait for the next round at once', async () => {
  const clock = virtualClock()
  const stop = new AbortController()
  const monitor = createMonitor(options({ clock, signal: stop.signal, checkAll: scripted(['++'], clock) }))
  const rounds = allOf(monitor.rounds())
  await clock.advance(5000)
  stop.abort()
  expect([(await rounds).length, clock.elapsed(), clock.waiting()]).toEqual([1, 5000, 0])
})

test('nothing is checked before rounds are read, nor after the signal', async () => {
  const clock = virtualClock()
  const checkAll = (): never => expect.unreachable()
  createMonitor(options({ clock, checkAll }))
  expect(await allOf(createMonitor(options({ clock, checkAll, signal: AbortSignal.abort() })).rounds())).toEqual([])
})

test('a checker that breaks ends the rounds with its error, and what was known stays', async () => {
  const clock = virtualClock()
  const first = scripted(['++'], clock)
  let round = 0
  const monitor = createMonitor(
    options({ clock, checkAll: (...asked) => (++round === 1 ? first(...asked) : Promise.reject(new DefectError('no descriptor is left'))) }),
  )
  await expect(clock.run(allOf(monitor.rounds()))).rejects.toThrow('no descriptor is left')
  expect([monitor.state().endpoints.map(({ checks }) => signsOf(checks)), clock.waiting()]).toEqual([['+', '+'], 0])
})

test('an endpoint that the checker leaves out is a defect, and nothing is guessed', async () => {
  const clock = virtualClock()
  const checkAll: MonitorOptions['checkAll'] = async (endpoints, _signal, onCheck) => onCheck(checkOf('+'), endpoints[0]!, 0)
  await expect(clock.run(allOf(createMonitor(options({ clock, checkAll })).rounds()))).rejects.toThrow(new DefectError('endpoint 2 of 2 was not checked'))
})

test('more checks than can be kept are refused before anything is checked', () => {
  const endpoints = Array.from({ length: 10_000 }, (_, index) => ({ host: `node-${index}`, port: 22 }))
  const made = (history: number) => () => createMonitor(options({ clock: virtualClock(), checkAll: () => expect.unreachable(), endpoints, history }))
  expect(made(101)).toThrow(new UsageError(['--history: 101 checks of each of 10000 endpoints are too much to keep: at most 100 are possible']))
  expect(made(100)).not.toThrow()
})
