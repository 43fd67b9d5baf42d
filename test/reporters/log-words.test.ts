import { expect, test } from 'vitest'
import { count, countsInWords, few, inWords, roughly } from '../../src/reporters/log-words.ts'

test.each([[0, '0ms'], [250.4, '250ms'], [2000, '2s'], [61_234, '1m 1.2s'], [3_661_900, '1h 1m 1s'], [-5, '0ms'], [Number.NaN, '0ms'], [Infinity, '0ms']])('%d ms are %s', (ms, words) => {
  expect(inWords(ms)).toBe(words)
})

test.each([[0, '0s'], [999, '0s'], [61_999, '1m 1s'], [-1, '0s']])('%d ms are roughly %s', (ms, words) => {
  expect(roughly(ms)).toBe(words)
})

test('one is singular, none and more are plural', () => {
  expect([0, 1, 2].map((number) => count(number, 'server'))).toEqual(['0 servers', '1 server', '2 servers'])
})

test('servers that have not finished are told only where there are any', () => {
  const counts = { passed: 1, failed: 2, skipped: 3 }
  expect(countsInWords({ ...counts, unfinished: 0 })).toBe('1 passed, 2 failed, 3 skipped')
  expect(countsInWords({ ...counts, unfinished: 4 })).toBe('1 passed, 2 failed, 3 skipped, 4 not finished')
})

test('of many the first few are named', () => {
  expect([few(['a', 'b'], 2), few(['a', 'b', 'c', 'd'], 2), few([], 2)]).toEqual(['a, b', 'a, b and 2 more', ''])
})
