import { expect, test } from 'vitest'
import { complementaryError } from '../../src/model/complementary-error.ts'

// Abramowitz and Stegun, tables 7.1 and 7.3; further digits by the C library.
test.each([
  [0, 1],
  [0.1, 0.8875370839817152],
  [0.5, 0.4795001221869535],
  [1, 0.15729920705028513],
  [1.9999, 0.004679802092970608],
  [2, 0.004677734981047266],
  [3, 2.209049699858544e-5],
  [5, 1.5374597944280349e-12],
  [10, 2.088487583762545e-45],
])('of %d are as the tables have them', (x, erfc) => {
  expect(Math.abs(complementaryError(x) / erfc - 1)).toBeLessThan(1e-12)
})

test('far out there is nothing left, and no NaN', () => {
  expect([30, 1e3, 1e200, Infinity].map(complementaryError)).toEqual([0, 0, 0, 0])
})
