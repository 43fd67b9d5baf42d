import { expect, test } from 'vitest'
import type { MaxBroken } from '../../src/model/budget.ts'
import { marksAllowed, maxBrokenSchema } from '../../src/model/budget.ts'

test.each<[MaxBroken, number, number]>([
  ['default', 1, 5],
  ['default', 50, 5],
  ['default', 51, 6],
  ['default', 200, 20],
  ['default', 500, 50],
  ['default', 100_000, 50],
  [{ count: 0 }, 100, 0],
  [{ count: 7 }, 3, 7],
  [{ percent: 0 }, 100, 0],
  [{ percent: 1 }, 1, 1],
  [{ percent: 10 }, 15, 2],
  [{ percent: 100 }, 15, 15],
  [{ percent: 33.3 }, 1000, 333],
  [{ percent: 7 }, 100, 7],
])('the budget %j of %i servers is %i marks', (maxBroken, servers, marks) => {
  expect(marksAllowed(maxBroken, servers)).toBe(marks)
})

test.each([{ count: -1 }, { count: 1.5 }, { percent: 101 }, { percent: -1 }, 'all', 5])('%j is no budget', (maxBroken) => {
  expect(maxBrokenSchema.safeParse(maxBroken).success).toBe(false)
})
