import { describe, expect, test } from 'vitest'
import { alone, beside, scaled } from '../../bench/bench.ts'

const seconds = (value: number) => ({ value, unit: 's' })

describe('a figure beside another', () => {
  test('is so many times as much, and has reached its target if that is little enough', () => {
    expect(beside({ what: 'w', figure: seconds(6), target: { is: 'at most', value: 3 } }, 'times as much', { what: 'r', ...seconds(2) })).toEqual({
      what: 'w',
      figure: seconds(6),
      reference: { what: 'r', ...seconds(2) },
      ratio: 3,
      ratioIs: 'times as much',
      target: { is: 'at most', value: 3 },
      reached: true,
    })
  })

  test('is so many times faster, and has missed its target if that is too little', () => {
    const finding = beside({ what: 'w', figure: seconds(6), target: { is: 'at least', value: 2, goal: 4 } }, 'times faster', { what: 'r', ...seconds(9) })
    expect([finding.ratio, finding.reached]).toEqual([1.5, false])
  })

  test('needs no target', () => {
    const { target, reached } = beside({ what: 'w', figure: seconds(6) }, 'times faster', { what: 'r', ...seconds(9) })
    expect([target, reached]).toEqual([null, null])
  })
})

test.each<[number, boolean | null]>([
  [400, true],
  [400.1, false],
])('a figure alone of %d is held against the target itself', (value, reached) => {
  expect(alone({ what: 'w', figure: { value, unit: 'MB' }, target: { is: 'at most', value: 400 } })).toEqual({
    what: 'w',
    figure: { value, unit: 'MB' },
    reference: null,
    ratio: null,
    ratioIs: null,
    target: { is: 'at most', value: 400 },
    reached,
  })
})

test('a part of the full size is never nothing', () => {
  expect([scaled(1000, { scale: 1 }), scaled(60, { scale: 0.05 }), scaled(60, { scale: 0.001 })]).toEqual([1000, 3, 1])
})
