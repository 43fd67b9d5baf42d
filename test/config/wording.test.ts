import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { counted, oneLine, quote, someOf } from '../../src/config/wording.ts'

test('whatever is quoted stays short and in one line', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const quoted = oneLine(quote(value))
      expect(quoted.length).toBeLessThan(600)
      expect(quoted).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
    }),
  )
})

test('a long text is cut inside its quotes, and a value that JSON does not know is named', () => {
  expect([quote('x'.repeat(100)), quote([1, 'a']), quote(undefined), quote(Array(100).fill(1))]).toEqual([
    `"${'x'.repeat(80)}..."`,
    '[1,"a"]',
    'undefined',
    `[${'1,'.repeat(39)}1...`,
  ])
})

test('characters that hide text or break the line are written out', () => {
  expect(oneLine('a\u001B[31mb\u2028c\u202Ed')).toBe('a\\u{1b}[31mb\\u{2028}c\\u{202e}d')
})

test('a list is counted and shortened', () => {
  expect([counted(1, 'server'), counted(2, 'server'), someOf(['a', 'b', 'c'], 2), someOf(['a', 'b'], 2)]).toEqual(['1 server', '2 servers', 'a, b and 1 more', 'a, b'])
})
