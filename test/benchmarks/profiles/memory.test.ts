import { expect, test } from 'vitest'
import { commandOf, refusal } from '../../fixtures/one-command.ts'
import { recorded } from '../../fixtures/outputs.ts'

test('memory is read and written by all CPUs, for which it needs sysbench', () => {
  const { requires, metrics, silenceMs } = commandOf('memory')
  expect({ requires, metrics, silenceMs }).toEqual({
    requires: ['sysbench'],
    metrics: { 'memory.read.mib_per_second': { unit: 'MiB/s', better: 'higher' }, 'memory.write.mib_per_second': { unit: 'MiB/s', better: 'higher' } },
    silenceMs: 915_000,
  })
})

test('where there is no sysbench, mbw copies', () => {
  const { requires, script, metrics } = commandOf({ profile: 'memory', tests: ['copy'] })
  expect({ requires, last: script.split('\n').at(-1), metrics: Object.keys(metrics) }).toEqual({ requires: ['mbw'], last: 'mbw -q -t0 -n 20 256 || exit', metrics: ['memory.copy.mib_per_second'] })
})

test('what the tools printed is read', async () => {
  expect(commandOf('memory').parse(await recorded('sysbench/memory'))).toEqual({ 'memory.read.mib_per_second': 6321.33, 'memory.write.mib_per_second': 4451.98 })
  expect(commandOf({ profile: 'memory', tests: ['copy'] }).parse(await recorded('mbw/copy'))).toEqual({ 'memory.copy.mib_per_second': 2826.897 })
})

test('outputs of both tools, one after the other, are told apart', async () => {
  const stdout = `${(await recorded('mbw/copy')).stdout}${(await recorded('sysbench/memory')).stdout}`
  const read = commandOf({ profile: 'memory', tests: ['copy', 'write', 'read', 'read'] }).parse({ exitCode: 0, stdout, stderr: '' })
  expect(read).toEqual({ 'memory.copy.mib_per_second': 2826.897, 'memory.write.mib_per_second': 4451.98, 'memory.read.mib_per_second': 6321.33 })
})

test.each([
  ['sysbench/memory-no-room', ['read'], 'sysbench ended with 1: FATAL: Failed to allocate buffer for thread #0!'],
  ['mbw/no-room', ['copy'], 'mbw ended with 1: Error allocating memory: Cannot allocate memory'],
  ['mbw/all-methods', ['copy'], 'mbw printed memory.copy.mib_per_second twice'],
  ['sysbench/cpu', ['read', 'write'], 'sysbench printed no memory.read.mib_per_second'],
])('%s is no measurement', async (name, tests, message) => {
  const output = await recorded(name)
  expect(refusal(() => commandOf({ profile: 'memory', tests }).parse(output))).toBe(`MeasurementError: ${message}`)
})
