import { expect, test } from 'vitest'
import { nearest, suggestion } from '../../src/config/nearest.ts'
import { flagNames } from '../../src/config/settings.ts'

test('a misspelt word is taken for the known one that is closest to it', () => {
  const misspelt = ['concurency', 'max-broke', 'timeout-instal', 'treshold', 'os']
  expect(misspelt.map((word) => nearest(word, flagNames))).toEqual(['concurrency', 'max-broken', 'timeout-install', 'threshold', 'os'])
})

test('a word that is close to none is not guessed at, nor one too long to compare', () => {
  const guesses = [nearest('frobnicate', flagNames), nearest('xyz', ['out']), nearest(`o${'s'.repeat(100_000)}`, flagNames), nearest('os', [])]
  expect(guesses).toEqual([undefined, undefined, undefined, undefined])
})

test('a suggestion is empty where there is none', () => {
  expect([suggestion('grac', ['grace']), suggestion('x', ['grace'])]).toEqual(['; did you mean grace?', ''])
})

test('a word that is known is no misspelt one', () => {
  expect(suggestion('required', ['required', 'requires'])).toBe('')
})
