import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawable } from '../../../src/reporters/plots/figures.ts'
import { valueScale } from '../../../src/reporters/plots/value-scale.ts'

const range = [0, 1000] as const

test('a bound that is near is on the scale', () => {
  const [low, high] = valueScale([78, 80, 82], [{ min: 50 }], range).domain()
  expect(low).toBeLessThan(50)
  expect(high).toBeGreaterThan(82)
})

test('a bound, or a value, that is far off does not press all others into one place', () => {
  const scale = valueScale([78, 79, 80, 81, 82, 1e300], [{ min: -50_000 }], range)
  expect(scale(82) - scale(78)).toBeGreaterThan(500)
  expect([scale(1e300), scale(-50_000)]).toEqual([1000, 0])
})

test('values that are all the same stand in the middle', () => {
  expect([valueScale([9.4, 9.4], [], range)(9.4), valueScale([0], [], range)(0)]).toEqual([500, 500])
})

const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, 1e300, -1e300, 5e-324, Number.MAX_VALUE, 1e15, 1e15 + 0.125))

test('every finite value has its place, and greater ones are not farther left', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 30 }), value, (values, min) => {
      const sorted = Array.from(Float64Array.from(values.map(drawable)).sort())
      const scale = valueScale(sorted, [{ min }], range)
      const places = sorted.map((one) => scale(one))
      return places.every((place, index) => place >= 0 && place <= 1000 && (index === 0 || place >= places[index - 1]!)) && scale.ticks(8).every((tick) => Number.isFinite(scale(tick)))
    }),
  )
})
