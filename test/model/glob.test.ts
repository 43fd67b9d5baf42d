import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isGlob, matchesGlob } from '../../src/model/glob.ts'

test.each([
  ['R640', 'R640', true],
  ['R640', 'r640', false],
  ['R64*', 'R640', true],
  ['R64*', 'R64', true],
  ['R64?', 'R64', false],
  ['R64?', 'R640xd', false],
  ['*', '', true],
  ['?', '', false],
  ['?', '😀', true],
  ['*gold*', 'Xeon gold 6230', true],
  ['a*b*c', 'a1b2b3c', true],
  ['a*b*c', 'a1b2b3', false],
  ['R6.0', 'R640', false],
  ['', '', true],
])('%j against %j: %s', (pattern, text, is) => {
  expect(matchesGlob(pattern, text)).toBe(is)
})

test('only * and ? leave something open', () => {
  expect(['R640', 'R64*', 'R64?', 'R[64]', '(a|b)+'].map(isGlob)).toEqual([false, true, true, false, false])
})

/** The meaning, word by word: what the quick way is held against. */
function means(pattern: string, text: string): boolean {
  const [first, ...rest] = Array.from(pattern)
  if (first === undefined) return text === ''
  if (first === '*') return means(rest.join(''), text) || (text !== '' && means(pattern, text.slice(1)))
  return text !== '' && (first === '?' || first === text[0]) && means(rest.join(''), text.slice(1))
}

test('a pattern matches what it means', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 })
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 })
  fc.assert(fc.property(pattern, text, (wanted, given) => matchesGlob(wanted, given) === means(wanted, given)), { numRuns: 2000 })
})

test('no pattern takes more than the product of the lengths', () => {
  // Tried in all ways this would not end.
  expect(matchesGlob('*a'.repeat(128), `${'a'.repeat(1024)}b`)).toBe(false)
})
