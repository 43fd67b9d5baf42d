import { expect, test } from 'vitest'
import { commandOf, refusal } from '../../fixtures/one-command.ts'
import { recorded } from '../../fixtures/outputs.ts'

test('cpu needs no settings: sysbench on every CPU for half a minute', () => {
  const { parse: _, ...command } = commandOf('cpu')
  expect(command).toEqual({
    name: 'cpu',
    requires: ['sysbench'],
    repeat: 1,
    repeatable: true,
    silenceMs: 930_000,
    script: 'export LC_ALL=C\nthreads=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)\nsysbench cpu --threads="$threads" --time=30 run',
    metrics: { 'cpu.events_per_second': { unit: '1/s', better: 'higher' }, 'cpu.p95_ms': { unit: 'ms', better: 'lower' } },
  })
})

test('its options reach the script, and its name the metrics', () => {
  const { script, metrics } = commandOf({ profile: 'cpu', name: 'core', threads: 1, seconds: 5 })
  expect([script, Object.keys(metrics)]).toEqual(['export LC_ALL=C\nthreads=1\nsysbench cpu --threads="$threads" --time=5 run', ['core.events_per_second', 'core.p95_ms']])
})

test('what sysbench printed is read', async () => {
  expect(commandOf('cpu').parse(await recorded('sysbench/cpu'))).toEqual({ 'cpu.events_per_second': 979.58, 'cpu.p95_ms': 16.41 })
})

test('what sysbench refused is told in its words', async () => {
  const output = await recorded('sysbench/cpu-wrong-option')
  expect(refusal(() => commandOf('cpu').parse(output))).toBe("MeasurementError: sysbench ended with 1: Invalid value for the 'threads' option: 'two'")
})

test.each([
  ['events per second:', 'sysbench printed no cpu.events_per_second'],
  ['    events per second:  nan\n', 'sysbench printed "nan" for cpu.events_per_second'],
  ['    events per second:  979,58\n', 'sysbench printed "979,58" for cpu.events_per_second'],
  ['    events per second:  -979.58\n', 'sysbench printed "-979.58" for cpu.events_per_second'],
  ['    events per second:  1e999\n', 'sysbench printed "1e999" for cpu.events_per_second'],
  ['    events per second:  1\n    events per second:  2\n', 'sysbench printed cpu.events_per_second twice'],
  ['    events per second:  979.58\n', 'sysbench printed no cpu.p95_ms'],
])('%j is no measurement', (stdout, message) => {
  expect(refusal(() => commandOf('cpu').parse({ exitCode: 0, stdout, stderr: '' }))).toBe(`MeasurementError: ${message}`)
})

test('colours and line ends of others do not matter', () => {
  const stdout = '    \u001b[32mevents per second\u001b[0m:  12.5\r\n         95th percentile:  0.5\r'
  expect(commandOf('cpu').parse({ exitCode: 0, stdout, stderr: '' })).toEqual({ 'cpu.events_per_second': 12.5, 'cpu.p95_ms': 0.5 })
})
