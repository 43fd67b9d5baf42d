import { expect, test } from 'vitest'
import { elapsed, elapsedTicks } from '../../../src/reporters/plots/elapsed.ts'

const hour = 3_600_000

test.each([
  [0, '0ms'], [250, '250ms'], [1_500, '1.5s'], [45_000, '45s'], [60_000, '1m'], [90_500, '1m 30s'], [hour, '1h'], [1.5 * hour, '1h 30m'], [54 * hour, '2d 6h'],
])('%d milliseconds are %s', (ms, written) => {
  expect(elapsed(ms)).toBe(written)
})

test.each([
  [2 * hour, ['0ms', '15m', '30m', '45m', '1h', '1h 15m', '1h 30m', '1h 45m', '2h']],
  [2_700, ['0ms', '500ms', '1s', '1.5s', '2s', '2.5s']],
  [40_000, ['0ms', '5s', '10s', '15s', '20s', '25s', '30s', '35s', '40s']],
  [30 * hour, ['0ms', '3h', '6h', '9h', '12h', '15h', '18h', '21h', '1d', '1d 3h', '1d 6h']],
])('the axis of %d milliseconds has ticks at round times', (ms, ticks) => {
  expect(elapsedTicks(ms, 8).map(elapsed)).toEqual(ticks)
})
