import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changeOf, isWorseBy } from '../../src/model/change.ts'

test.each([
  [80, 76, 'higher', { percent: -5, is: 'worse' }],
  [80, 84, 'higher', { percent: 5, is: 'better' }],
  [80, 84, 'lower', { percent: 5, is: 'worse' }],
  [80, 84, undefined, { percent: 5, is: 'higher' }],
  [80, 76, undefined, { percent: -5, is: 'lower' }],
  [-10, -5, 'higher', { percent: 50, is: 'better' }],
  [-5, 5, 'lower', { percent: 200, is: 'worse' }],
  [0, 0, 'higher', { percent: 0, is: 'same' }],
  [0, -0, 'higher', { percent: 0, is: 'same' }],
  [0, 3, 'lower', { percent: null, is: 'worse' }],
  [5e-324, 1e300, 'higher', { percent: null, is: 'better' }],
] as const)('from %d to %d, where %s is better', (before, after, better, change) => {
  expect(changeOf(before, after, better)).toEqual(change)
})

test('5 % is not worse by more than 5 %, whatever binary fractions make of it', () => {
  for (let whole = 1; whole <= 1000; whole++) expect([whole, isWorseBy(changeOf(whole / 10, (whole * 0.95) / 10, 'higher'), 5)]).toEqual([whole, false])
  expect(isWorseBy(changeOf(80, 75.99, 'higher'), 5)).toBe(true)
})

test('what was nothing, and is worse, is worse by more than any share; what is better, or of no known direction, never is', () => {
  expect([changeOf(0, 1, 'lower'), changeOf(0, 1, 'higher'), changeOf(0, 1, undefined), changeOf(1, 1, 'lower')].map((change) => isWorseBy(change, 100))).toEqual([true, false, false, false])
})

test('no change is ever told as NaN or infinite', () => {
  const value = fc.double({ noNaN: true, noDefaultInfinity: true })
  fc.assert(
    fc.property(value, value, (before, after) => {
      const { percent, is } = changeOf(before, after, 'higher')
      expect(percent === null || Number.isFinite(percent)).toBe(true)
      expect(is).toBe(before === after ? 'same' : after > before ? 'better' : 'worse')
    }),
  )
})
