import { expect, test } from 'vitest'
import { commandOf, refusal } from '../../fixtures/one-command.ts'
import { recorded } from '../../fixtures/outputs.ts'

const short = { profile: 'stress', seconds: 2 }

test('stress computes on all CPUs for a minute, walks through half of the memory, and verifies both', () => {
  const { requires, script, metrics } = commandOf('stress')
  expect({ requires, script, metrics }).toEqual({
    requires: ['stress-ng'],
    script: 'export LC_ALL=C\nstress-ng --cpu 0 --vm 0 --vm-bytes 50% --verify --metrics --temp-path /tmp --timeout 60s',
    metrics: { 'stress.cpu.bogo_ops_per_second': { unit: '1/s', better: 'higher' }, 'stress.vm.bogo_ops_per_second': { unit: '1/s', better: 'higher' } },
  })
})

test('what stress-ng printed is read', async () => {
  expect(commandOf(short).parse(await recorded('stress-ng/verified'))).toEqual({ 'stress.cpu.bogo_ops_per_second': 434.61, 'stress.vm.bogo_ops_per_second': 669.02 })
})

test('also in the form that it had before 0.14.04, on standard output', () => {
  const stdout = `stress-ng: info:  [711] dispatching hogs: 8 cpu, 8 vm
stress-ng: info:  [711] stressor       bogo ops real time  usr time  sys time   bogo ops/s   bogo ops/s
stress-ng: info:  [711]                           (secs)    (secs)    (secs)   (real time) (usr+sys time)
stress-ng: info:  [711] cpu               11252      2.00     15.92      0.00      5625.61       706.78
stress-ng: info:  [711] vm              1234567      2.05      8.01      7.40    602227.80     80114.67
stress-ng: info:  [711] successful run completed in 2.06s
`
  expect(commandOf(short).parse({ exitCode: 0, stdout, stderr: '' })).toEqual({ 'stress.cpu.bogo_ops_per_second': 5625.61, 'stress.vm.bogo_ops_per_second': 602_227.8 })
})

test('memory that loses bits is the fault of the server, and of nothing else', async () => {
  const output = await recorded('stress-ng/memory-flips')
  expect(refusal(() => commandOf({ profile: 'stress', seconds: 5 }).parse(output))).toMatch(/^ServerOperationError: stress-ng verified what the server computes, and found it wrong: zero-one: detected \d+ memory errors$/)
})

test.each([
  ['stress-ng: fail:  [1] vm: mmap failed, errno=12 (Cannot allocate memory)', 2],
  ['stress-ng: fail:  [1] vm: gave up trying to mmap, no available memory', 2],
  ['stress-ng: fail:  [1] cpu: detected 1 bit errors', 3],
])('%j with exit code %i is not held against it', (stderr, exitCode) => {
  expect(refusal(() => commandOf(short).parse({ exitCode, stdout: '', stderr }))).toBe(`MeasurementError: stress-ng ended with ${exitCode}: ${stderr}`)
})

test.each([
  ['stress-ng/no-memory', 1, 'stress-ng: vm did nothing at all: is there enough memory?'],
  ['stress-ng/cut-short', 20, expect.stringMatching(/^MeasurementError: stress-ng ended with 124: /)],
  ['stress-ng/wrong-option', 1, "stress-ng ended with 1: stress-ng: unrecognized option '--nosuch'"],
  ['sysbench/cpu', 1, 'stress-ng printed no stress.cpu.bogo_ops_per_second'],
])('%s is no measurement', async (name, seconds, message: unknown) => {
  const output = await recorded(name)
  expect(refusal(() => commandOf({ profile: 'stress', seconds }).parse(output))).toEqual(typeof message === 'string' ? `MeasurementError: ${message}` : message)
})

test('a run that was ended early is no measurement, though stress-ng calls it successful', async () => {
  const output = await recorded('stress-ng/cut-short')
  expect(refusal(() => commandOf({ profile: 'stress', seconds: 20 }).parse({ ...output, exitCode: 0 }))).toMatch(/^MeasurementError: stress-ng: cpu was cut short, after \d\.\d+ of 20 s$/)
})
