import fc from 'fast-check'
import { expect, test } from 'vitest'
import { summarise } from '../../src/benchmarks/spread.ts'
import { MeasurementError } from '../../src/model/fault.ts'

test('one run counts as it is, and has no spread', () => {
  expect(summarise([{ 'cpu.rate': 100 }], { name: 'cpu', maxSpread: 0.05 })).toEqual({ metrics: { 'cpu.rate': 100 }, told: [] })
})

test('of several runs the median counts, and how far they lay apart is a metric', () => {
  expect(summarise([{ a: 100, b: 7 }, { a: 90, b: 7 }, { a: 110, b: 7 }], { name: 'x' })).toEqual({ metrics: { a: 100, 'a.spread_percent': 20, b: 7, 'b.spread_percent': 0 }, told: [] })
})

test('of two runs the mean counts', () => {
  expect(summarise([{ a: 100 }, { a: 300 }], { name: 'x' }).metrics).toEqual({ a: 200, 'a.spread_percent': 100 })
})

test('a spread over what it may be is told, with all runs', () => {
  const runs = [{ 'disk.iops': 41_000, flat: 1 }, { 'disk.iops': 38_000.123, flat: 1 }, { 'disk.iops': 43_100, flat: 1 }]
  expect(summarise(runs, { name: 'disk', maxSpread: 0.05 }).told).toEqual(['disk.iops: 3 runs lie 12.44 % apart, more than 5 %: 41000, 38000, 43100'])
  expect(summarise(runs, { name: 'disk', maxSpread: 0.2 }).told).toEqual([])
})

test('around nought the largest value is what they lie apart by', () => {
  expect(summarise([{ a: 0 }, { a: 0 }, { a: 3 }], { name: 'x', maxSpread: 0.05 })).toEqual({ metrics: { a: 0, 'a.spread_percent': 100 }, told: ['a: 3 runs lie 100 % apart, more than 5 %: 0, 0, 3'] })
})

test('a metric that one of the runs lacks is no measurement', () => {
  expect(() => summarise([{ a: 1, b: 1 }, { a: 1 }], { name: 'raid' })).toThrow(new MeasurementError('raid: run 2 of 2 measured no b'))
  expect(() => summarise([{}, { a: 1 }], { name: 'raid' })).toThrow(new MeasurementError('raid: run 1 of 2 measured no a'))
})

test('whatever finite numbers are measured, what is told of them is finite, and within them', () => {
  const value = fc.double({ noNaN: true, noDefaultInfinity: true })
  fc.assert(fc.property(fc.array(value, { minLength: 2, maxLength: 9 }), (values) => {
    const { metrics } = summarise(values.map((a) => ({ a })), { name: 'x', maxSpread: 0.05 })
    expect(Object.values(metrics).every(Number.isFinite)).toBe(true)
    expect([metrics['a']! >= Math.min(...values), metrics['a']! <= Math.max(...values), metrics['a.spread_percent']! >= 0]).toEqual([true, true, true])
  }))
})
