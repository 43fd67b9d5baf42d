import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimal, isDecimal } from '../../src/model/decimal.ts'

describe('decimal', () => {
  it('reads what programs print in the locale C', () => {
    expect(['0', '-1', '+2.5', '3.', '.5', '1e3', '1.5E-2'].map(decimal)).toEqual([0, -1, 2.5, 3, 0.5, 1000, 0.015])
  })

  it.each(['', ' 1', '1 ', '1,5', '0x10', '1_000', 'NaN', 'Infinity', '.', '-', '1e', '1e+', '--1'])('reads no number in %j', (text) => {
    expect(decimal(text)).toBeUndefined()
  })

  it('takes what is too large for a number to be a number that has no value', () => {
    expect([isDecimal('1e999'), decimal('1e999')]).toEqual([true, undefined])
  })

  it('reads any finite number as JavaScript prints it', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => decimal(String(value)) === Number(String(value))))
  })
})
