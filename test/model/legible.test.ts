import fc from 'fast-check'
import { expect, test } from 'vitest'
import { legible, legiblePair } from '../../src/model/legible.ts'

test('a measured number has six significant digits, and a whole number all of its own', () => {
  expect([487.79999999999995, 0.1 + 0.2, 1_234_567.89, 12_345_678, 0.000123456789, 0, -2 / 3, 1e300].map(legible)).toEqual([487.8, 0.3, 1_234_568, 12_345_678, 0.000123457, 0, -0.666667, 1e300])
})

test.each<[string, readonly [number, number], readonly [number, number]]>([
  ['a value far off is short', [487.79999999999995, 850], [487.8, 850]],
  ['one that would be rounded onto its bound has more digits', [79.9999999, 80], [79.9999999, 80]],
  ['and no more than it takes', [79.99999123456, 80], [79.99999, 80]],
  ['a bound is told as it was written', [1, 1234.5678], [1, 1234.5678]],
  ['one that was calculated is short, too', [70.123456789, 77.2666666666667], [70.1235, 77.2667]],
  ['as long as they differ', [77.26666601, 77.2666666666667], [77.266666, 77.266667]],
  ['neighbours among the numbers are told apart', [50 - 2 ** -47, 50], [50 - 2 ** -47, 50]],
])('%s', (_what, [value, bound], shown) => {
  expect(legiblePair(value, bound)).toEqual(shown)
})

test('rounded or not, a value lies on the same side of its bound, and what is shown is finite', () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true })
  const near = fc.tuple(number, fc.integer({ min: 1, max: 20 })).map(([value, digits]) => [value, Number(value.toPrecision(digits))] as const)
  fc.assert(
    fc.property(fc.oneof(fc.tuple(number, number), near), ([value, bound]) => {
      fc.pre(Number.isFinite(bound))
      const [shownValue, shownBound] = legiblePair(value, bound)
      expect([shownValue < shownBound, shownValue > shownBound]).toEqual([value < bound, value > bound])
      expect([legible(value), shownValue, shownBound].every(Number.isFinite)).toBe(true)
    }),
  )
})
