import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDuration, parseDuration } from '../../src/model/duration.ts'

test.each([
  ['90s', 90_000],
  ['45m', 2_700_000],
  ['2h', 7_200_000],
  ['1.5h', 5_400_000],
  ['500ms', 500],
  ['1d', 86_400_000],
  ['0s', 0],
  ['0.0001s', 0],
])('%s is %i milliseconds', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each(['', '90', 's', '1 h', '-1h', '1h30m', '1e3s', '1H', '.5h', '5.h', '1234567890s', '1h\n', 'NaNs'])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined()
})

test.each([
  [0, '0ms'],
  [1, '1ms'],
  [1500, '1500ms'],
  [90_000, '90s'],
  [5_400_000, '90m'],
  [7_200_000, '2h'],
  [172_800_000, '2d'],
  [31_460_266_667, '31460266.667s'],
])('%i milliseconds are written %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

test('what is written is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 366 * 86_400_000 }), (ms) => {
      expect(parseDuration(formatDuration(ms))).toBe(ms)
    }),
  )
})
