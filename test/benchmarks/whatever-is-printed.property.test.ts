import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RemoteOutput } from '../../src/benchmarks/remote.ts'
import { MeasurementError, ServerOperationError } from '../../src/model/fault.ts'
import type { Metrics } from '../../src/model/metrics.ts'
import { readMetrics } from '../../src/model/metrics.ts'
import { commandOf } from '../fixtures/one-command.ts'
import { recorded } from '../fixtures/outputs.ts'

const own = { name: 'own', run: 'x' }
const commands = [
  'cpu',
  { profile: 'memory', tests: ['read', 'write', 'copy'] },
  { profile: 'disk', tests: ['randread', 'randwrite', 'read', 'write'] },
  { profile: 'stress', seconds: 2 },
  { profile: 'network', peer: 'peer' },
  { ...own, parse: 'lines' },
  { ...own, parse: { json: { a: '/jobs/0/read/iops', b: '' } } },
  { ...own, parse: { regex: ['rate: *(?<a>\\S+)', '(?<b>[\\d.,e+-]+)$'] } },
].map(commandOf)
const outputs = await Promise.all(['sysbench/cpu', 'sysbench/memory', 'mbw/copy', 'fio/all-tests', 'fio/disk-fails', 'stress-ng/verified', 'stress-ng/memory-flips', 'iperf3/both', 'iperf3/refused'].map(recorded))

/** What a parser makes of it: metrics that may be journalled, or an error that says whose fault it is. */
function isInOrder(parse: () => Metrics): boolean {
  try {
    readMetrics(parse())
    return true
  } catch (error) {
    return error instanceof MeasurementError || error instanceof ServerOperationError
  }
}

const word = fc.constantFrom('events per second:', '95th percentile:', 'operation: read', ' MiB transferred (', ' MiB/sec)', 'AVG\t', '\tCopy: ', ' MiB/s', '"jobs":[', '"jobname":"read"', '"iops":', '{', '}', '[', ']', '"', '\\', ',', ':', 'NaN', 'Infinity', '-1', '1e999', '0', '12,5', '1.5', '=== send\n', '\n', '\r', '\u001b[31m', 'stress-ng: fail:  [1] ', 'stress-ng: metrc: [1] cpu ', 'rate: ', 'a=', 'a=1', 'null', '__proto__=1', '\u0000', '\ud800', ' ')
const text = fc.oneof(fc.array(fc.oneof(word, fc.string({ maxLength: 5 })), { maxLength: 60 }).map((words) => words.join('')), fc.string({ unit: 'binary' }))
/** A real output, of which a part is lost, or another put in its place. */
const damaged = fc.tuple(fc.constantFrom(...outputs), fc.nat(), fc.nat(), text, fc.integer({ min: 0, max: 255 })).map(([output, from, length, put, exitCode]): RemoteOutput => {
  const damage = (whole: string): string => whole.slice(0, from % (whole.length + 1)) + put + whole.slice((from % (whole.length + 1)) + (length % 50))
  return { exitCode: exitCode % 3, stdout: damage(output.stdout), stderr: damage(output.stderr) }
})

describe('whatever a tool prints, finite metrics are read from it, or it is said whose fault it is:', () => {
  test.each(commands.map((command, index) => [`${command.name} (${index})`, command] as const))('%s', (_name, { parse }) => {
    fc.assert(fc.property(text, text, fc.nat(2), (stdout, stderr, exitCode) => isInOrder(() => parse({ exitCode, stdout, stderr }))))
    fc.assert(fc.property(damaged, (output) => isInOrder(() => parse(output))))
  })
})

const pieces = ['{', '[', '"', '{"', '"\\', '[\n', '{\n', '{}\n', 'AVG\t\tCopy: ', 'operation: read\n', 'a=1', 'a=1 ', '\u001b[', '\u001b]', '\r', '=== send\n', 'stress-ng: metrc: [1] cpu 1 1 ', 'stress-ng: fail:  [1] ', '    events per second:  ', ' ', '1']

describe('a text that was made to take long takes no longer than its length:', () => {
  test.each(commands.map((command, index) => [`${command.name} (${index})`, command] as const))('%s', (_name, { parse }) => {
    for (const piece of pieces) {
      const stdout = piece.repeat(Math.ceil(1_100_000 / piece.length))
      const began = process.cpuUsage()
      expect(isInOrder(() => parse({ exitCode: 0, stdout, stderr: '' }))).toBe(true)
      const { user, system } = process.cpuUsage(began)
      // What takes the square of its length takes hours.
      expect([piece, (user + system) / 1e6 < 20]).toEqual([piece, true])
    }
  })
})
