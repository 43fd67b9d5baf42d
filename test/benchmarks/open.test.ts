import { expect, test } from 'vitest'
import { lookAtBenchmark, openBenchmark } from '../../src/benchmarks/open.ts'
import { systemClock } from '../../src/model/clock.ts'

const world = { clock: systemClock, env: {}, directory: '/nowhere' }

test('a benchmark is opened by its type', async () => {
  expect((await openBenchmark({ type: 'command', settings: { run: ['true'] } }, world)).name).toBe('command')
  expect((await openBenchmark({ type: 'ssh', settings: { user: 'root', commands: ['cpu'] } }, world)).name).toBe('ssh')
})

test('what is wrong with its settings is told without opening it', async () => {
  expect((await lookAtBenchmark({ type: 'command', settings: { run: 'true' } })).problems).toEqual(['benchmark.run: expected an array, got "true"; write for example [./measure.sh, "{address}"]'])
  expect((await lookAtBenchmark({ type: 'command', settings: { run: ['true'] } })).problems).toEqual([])
  expect((await lookAtBenchmark({ type: 'ssh', settings: { user: 'root', commands: ['cpu', { profile: 'dsk' }] } })).problems).toEqual([expect.stringMatching(/^benchmark\.commands\[1\]\.profile: /)])
})

test('what is known of its metrics is known before it has measured anything', async () => {
  expect((await lookAtBenchmark({ type: 'command', settings: { run: ['true'], metrics: { latency: { unit: 'ms', better: 'lower' } } } })).metrics).toEqual({ latency: { unit: 'ms', better: 'lower' } })
  expect((await lookAtBenchmark({ type: 'command', settings: { run: ['true'] } })).metrics).toEqual({})
  expect((await lookAtBenchmark({ type: 'ssh', settings: { user: 'root', commands: ['cpu'] } })).metrics).toMatchObject({ 'cpu.events_per_second': { better: 'higher' } })
})
