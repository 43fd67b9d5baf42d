import fc from 'fast-check'
import { expect, test } from 'vitest'
import { axisFigures, drawable, exactFigure, figure } from '../../../src/reporters/plots/figures.ts'

test.each([
  [0, '0'], [-0, '0'], [31, '31'], [80.512, '80.51'], [1234.5, '1,235'], [-1_234_567, '-1,235,000'], [0.1 + 0.2, '0.3'], [0.00012, '0.00012'], [1e-7, '1e-7'], [1e300, '1e+300'], [-Number.MAX_VALUE, '-1.798e+308'], [5e-324, '4.941e-324'],
])('%d is written %s', (value, written) => {
  expect(figure(value)).toBe(written)
})

test('a bound is written with all its digits', () => {
  expect([exactFigure(1234.5678), exactFigure(90.25)]).toEqual(['1,234.5678', '90.25'])
})

test('ticks of an axis have as many digits as tell them apart', () => {
  expect(axisFigures([100_000, 100_000.5, 100_001])).toEqual(['100,000', '100,000.5', '100,001'])
  expect(axisFigures([-0.1, 1.3877787807814457e-17, 0.1])).toEqual(['-0.1', '0', '0.1'])
})

test('what can be drawn has finite differences', () => {
  fc.assert(fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (one, other) => Number.isFinite((drawable(one) - drawable(other)) * 1000)))
})
