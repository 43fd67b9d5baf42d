import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dodge } from '../../../src/reporters/plots/dodge.ts'

test('marks that would touch stand one above the other, as far as there is room', () => {
  expect(dodge([0, 4, 8, 9, 10, 30], 8, 2)).toEqual([0, 1, 0, undefined, undefined, 0])
})

test('no two marks of a level touch', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 200 })), (unsorted) => {
      const places = unsorted.toSorted((a, b) => a - b)
      const levels = dodge(places, 8, 3)
      return places.every((place, index) => places.every((other, at) => at <= index || levels[at] === undefined || levels[at] !== levels[index] || other - place >= 8))
    }),
  )
})
