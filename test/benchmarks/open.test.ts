import { expect, test } from 'vitest'
import { metricKindsOf, openBenchmark, problemsOfBenchmark } from '../../src/benchmarks/open.ts'
import { systemClock } from '../../src/model/clock.ts'

const world = { clock: systemClock, env: {}, directory: '/nowhere' }

test('a benchmark is opened by its type', async () => {
  expect((await openBenchmark({ type: 'command', settings: { run: ['true'] } }, world)).name).toBe('command')
  expect((await openBenchmark({ type: 'ssh', settings: { user: 'root', commands: ['cpu'] } }, world)).name).toBe('ssh')
})

test('what is wrong with its settings is told without opening it', async () => {
  expect(await problemsOfBenchmark({ type: 'command', settings: { run: 'true' } }, world)).toEqual(['benchmark.run: expected an array, got "true"; write for example [./measure.sh, "{address}"]'])
  expect(await problemsOfBenchmark({ type: 'command', settings: { run: ['true'] } }, world)).toEqual([])
  expect(await problemsOfBenchmark({ type: 'ssh', settings: { user: 'root', commands: ['cpu', { profile: 'dsk' }] } }, world)).toEqual([expect.stringMatching(/^benchmark\.commands\[1\]\.profile: /)])
})

test('what is known of its metrics is known before it has measured anything', async () => {
  expect(await metricKindsOf({ type: 'command', settings: { run: ['true'], metrics: { latency: { unit: 'ms', better: 'lower' } } } })).toEqual({ latency: { unit: 'ms', better: 'lower' } })
  expect(await metricKindsOf({ type: 'command', settings: { run: ['true'] } })).toEqual({})
  expect(await metricKindsOf({ type: 'ssh', settings: { user: 'root', commands: ['cpu'] } })).toMatchObject({ 'cpu.events_per_second': { better: 'higher' } })
})
