import { expect, test } from 'vitest'
import { metricKindsOf, openBenchmark, problemsOfBenchmark } from '../../src/benchmarks/open.ts'
import { systemClock } from '../../src/model/clock.ts'

const world = { clock: systemClock, env: {}, directory: '/nowhere' }

test('a benchmark is opened by its type', async () => {
  expect((await openBenchmark({ type: 'command', settings: { run: ['true'] } }, world)).name).toBe('command')
})

test('what is wrong with its settings is told without opening it', async () => {
  expect(await problemsOfBenchmark({ type: 'command', settings: { run: 'true' } }, world)).toEqual(['benchmark.run: expected an array, got "true"; write for example [./measure.sh, "{address}"]'])
  expect(await problemsOfBenchmark({ type: 'command', settings: { run: ['true'] } }, world)).toEqual([])
})

test('what is known of its metrics is known before it has measured anything', async () => {
  expect(await metricKindsOf({ type: 'command', settings: { run: ['true'], metrics: { latency: { unit: 'ms', better: 'lower' } } } })).toEqual({ latency: { unit: 'ms', better: 'lower' } })
  expect(await metricKindsOf({ type: 'command', settings: { run: ['true'] } })).toEqual({})
})
