import { expect, test } from 'vitest'
import { readRetryAfter } from '../../src/clients/retry-after.ts'

const now = Date.parse('2026-11-21T10:00:00Z')

test.each([
  ['0', 0],
  ['7', 7000],
  [' 1.5 ', 1500],
  ['86400', 3_600_000],
  ['Sat, 21 Nov 2026 10:00:30 GMT', 30_000],
  ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
  ['Sat, 21 Nov 2099 09:00:00 GMT', 3_600_000],
  ['', undefined],
  ['soon', undefined],
  ['-1', undefined],
  ['2026-11-21', undefined],
  ['1e9', undefined],
  [undefined, undefined],
])('%j asks to wait %j ms, and never for more than an hour', (header, expected) => {
  expect(readRetryAfter(header, now)).toBe(expected)
})
