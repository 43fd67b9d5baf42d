import { execFileSync } from 'node:child_process'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { shellQuote } from '../../src/model/shell-quote.ts'

test('words that mean nothing to a shell stand as they are', () => {
  expect(shellQuote(['rackbench', 'run', '--timeout-install', '90s', '--provisioner=./mine.mjs', '--', '104'])).toBe(
    'rackbench run --timeout-install 90s --provisioner=./mine.mjs -- 104',
  )
})

test('words that a shell would change are quoted', () => {
  expect(shellQuote(['a b', '', '$HOME', "it's", '${TOKEN}', '*', '~', '#x'])).toBe(String.raw`'a b' '' '$HOME' 'it'\''s' '${'${TOKEN}'}' '*' '~' '#x'`)
})

test('a shell reads any words back as they were', () => {
  const word = fc.string({ unit: fc.constantFrom(...Array.from('ab -_/$`"\'\\!*?~#&|;<>(){}[]=\n\t\u00e9\u{1f600}')) })
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 50 }), (words) => {
      const output = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${shellQuote(words)}`], { encoding: 'utf8' })
      expect(output.split('\0').slice(0, -1)).toEqual(words)
    }),
    { numRuns: 20 },
  )
})
