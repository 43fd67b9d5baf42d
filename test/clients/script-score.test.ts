import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MeasurementError } from '../../src/model/fault.ts'
import { readMetrics } from '../../src/model/metrics.ts'
import { readScore } from '../../src/clients/script-score.ts'

const metricsOf = (line: string) => readMetrics(readScore(line, './benchmark.sh'))
const expected = 'it should be a number, or a JSON object of metrics in one line'

test.each([
  ['81.5', { score: 81.5 }],
  ['  +8e1\t', { score: 80 }],
  ['.5', { score: 0.5 }],
  ['-3', { score: -3 }],
  ['\u001b[32m81.5\u001b[0m', { score: 81.5 }],
  ['{"cpu": 900, "disk": 120.5}', { cpu: 900, disk: 120.5 }],
])('%j is %j', (line, metrics) => {
  expect(metricsOf(line)).toEqual(metrics)
})

test.each([
  ['', `./benchmark.sh printed nothing: ${expected}`],
  ['done', `the last line of ./benchmark.sh is "done": ${expected}`],
  ['81.5 MB/s', `the last line of ./benchmark.sh is "81.5 MB/s": ${expected}`],
  ['NaN', `the last line of ./benchmark.sh is "NaN": ${expected}`],
  ['Infinity', `the last line of ./benchmark.sh is "Infinity": ${expected}`],
  ['0x10', `the last line of ./benchmark.sh is "0x10": ${expected}`],
  ['}', `the last line of ./benchmark.sh is "}": ${expected}`],
  ['[1, 2]', `the last line of ./benchmark.sh is "[1, 2]": ${expected}`],
  ['null', `the last line of ./benchmark.sh is "null": ${expected}`],
  ['{"cpu": 900, "di', `the last line of ./benchmark.sh is "{\\"cpu\\": 900, \\"di": ${expected}`],
  ['1e400', 'metric "score" is Infinity, not a finite number'],
  ['{"cpu": "fast"}', 'metric "cpu" is "fast", not a finite number'],
  ['{}', 'the benchmark answered an object without any metric'],
])('%j is a fault of the measurement', (line, message) => {
  expect(() => metricsOf(line)).toThrow(new MeasurementError(message))
})

test('whatever a benchmark prints is finite metrics or a fault of the measurement', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.double().map(String)), (line) => {
      try {
        expect(Object.values(metricsOf(line)).every(Number.isFinite)).toBe(true)
      } catch (error) {
        expect(error).toBeInstanceOf(MeasurementError)
      }
    }),
  )
})

test('a message is short, however long the line was', () => {
  expect(() => metricsOf('x'.repeat(250_000))).toThrow(new MeasurementError(`the last line of ./benchmark.sh is "${'x'.repeat(200)}": ${expected}`))
})

test('no line takes longer than its length, not even one of nothing but digits', () => {
  const digits = '9'.repeat(250_000)
  expect(() => metricsOf(digits)).toThrow(new MeasurementError('metric "score" is Infinity, not a finite number'))
  expect(() => metricsOf(`${digits}x`)).toThrow(MeasurementError)
})
