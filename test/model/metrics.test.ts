import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MeasurementError } from '../../src/model/fault.ts'
import { metricsSchema, readMetrics } from '../../src/model/metrics.ts'

test.each([
  [80, { score: 80 }],
  [-1, { score: -1 }],
  [0, { score: 0 }],
  [{ cpu: 900, disk: 0.5 }, { cpu: 900, disk: 0.5 }],
])('%j is what was measured', (answer, metrics) => {
  expect(readMetrics(answer)).toEqual(metrics)
})

const long = 'x'.repeat(129)
describe('is a measurement that failed:', () => {
  test.each<[unknown, string]>([
    [Number.NaN, 'metric "score" is NaN, not a finite number'],
    [Number('1e400'), 'metric "score" is Infinity, not a finite number'],
    [-Infinity, 'metric "score" is -Infinity, not a finite number'],
    [null, 'the benchmark answered null, not a number or an object of numbers'],
    [undefined, 'the benchmark answered undefined, not a number or an object of numbers'],
    ['fast', 'the benchmark answered "fast", not a number or an object of numbers'],
    ['80', 'the benchmark answered "80", not a number or an object of numbers'],
    ['y'.repeat(100), `the benchmark answered "${'y'.repeat(60)}...", not a number or an object of numbers`],
    [true, 'the benchmark answered true, not a number or an object of numbers'],
    [10n, 'the benchmark answered 10, not a number or an object of numbers'],
    [[80], 'the benchmark answered an array of 1, not a number or an object of numbers'],
    [() => 80, 'the benchmark answered a function, not a number or an object of numbers'],
    [Symbol('s'), 'the benchmark answered a symbol, not a number or an object of numbers'],
    [{}, 'the benchmark answered an object without any metric'],
    [new Map([['cpu', 1]]), 'the benchmark answered an object without any metric'],
    [{ cpu: '900' }, 'metric "cpu" is "900", not a finite number'],
    [{ cpu: null }, 'metric "cpu" is null, not a finite number'],
    [{ cpu: { value: 1 } }, 'metric "cpu" is an object, not a finite number'],
    [{ cpu: Number.NaN }, 'metric "cpu" is NaN, not a finite number'],
    [{ '': 1 }, 'the benchmark answered a metric with an unusable name: ""'],
    [{ [long]: 1 }, `the benchmark answered a metric with an unusable name: "${'x'.repeat(60)}..."`],
    [{ 'a\u001b[31m': 1 }, 'the benchmark answered a metric with an unusable name: "a\\u001b[31m"'],
    [{ 'a\ud800': 1 }, 'the benchmark answered a metric with an unusable name: "a\\ud800"'],
    [JSON.parse('{"__proto__": 5}'), 'the benchmark answered a metric with an unusable name: "__proto__"'],
    [Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`m${n}`, n])), 'the benchmark answered 1001 metrics, more than 1000'],
  ])('%o', (answer, message) => {
    let thrown: unknown
    try {
      readMetrics(answer)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(MeasurementError)
    expect((thrown as Error).message).toBe(message)
  })
})

const unreadable = (): never => {
  throw new TypeError('hands off')
}
test.each<[string, () => unknown]>([
  ['a getter that throws', () => ({ cpu: 900, get disk() { return unreadable() } })],
  ['a proxy that throws when its names are asked for', () => new Proxy({ cpu: 900 }, { ownKeys: unreadable })],
  ['a proxy that throws when a value is asked for', () => new Proxy({ cpu: 900 }, { get: unreadable })],
  ['a proxy that was revoked', () => {
    const { proxy, revoke } = Proxy.revocable({ cpu: 900 }, {})
    revoke()
    return proxy
  }],
])('an answer that cannot be read is a measurement that failed: %s', (_what, make) => {
  expect(() => readMetrics(make())).toThrow(new MeasurementError('what the benchmark answered cannot be read', { cause: expect.any(TypeError) }))
})

test('what is read of any answer at all is finite numbers, which the journal gives back as they are', () => {
  const answer = fc.oneof(fc.anything(), fc.dictionary(fc.string(), fc.double()), fc.double())
  fc.assert(
    fc.property(answer, (given) => {
      let metrics
      try {
        metrics = readMetrics(given)
      } catch (error) {
        expect(error).toBeInstanceOf(MeasurementError)
        return
      }
      expect(Object.values(metrics).every(Number.isFinite)).toBe(true)
      const readBack = metricsSchema.parse(JSON.parse(JSON.stringify(metrics)))
      expect(Object.entries(readBack).map(([name, value]) => [name, value + 0])).toEqual(Object.entries(metrics).map(([name, value]) => [name, value + 0]))
    }),
  )
})
