import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stripEscapes } from '../../src/model/escape.ts'

test.each([
  ['plain', 'plain'],
  ['\u001b[31mred\u001b[0m', 'red'],
  ['\u001b[38;2;1;2;3mtrue colour\u001b[m', 'true colour'],
  ['a\u009b31mb', 'ab'],
  ['\u001b]0;title\u0007text', 'text'],
  ['\u001b]8;;http://host\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['\u001bP1;2|device\u001b\\text', 'text'],
  ['\u001b(Btext', 'text'],
  ['\u001bctext', 'text'],
  ['cut short \u001b[3', 'cut short '],
  ['lone \u001b', 'lone '],
])('of %j %j is left', (text, left) => {
  expect(stripEscapes(text)).toBe(left)
})

test('no escape is left of any text, and a text without any is left as it is', () => {
  const pieces = fc.array(fc.constantFrom('\u001b', '[', ']', '31', 'm', ';', '\u0007', '\\', '\u009b', 'text', ' ', 'P', '\n', '\u009c'), { maxLength: 30 }).map((all) => all.join(''))
  fc.assert(
    fc.property(pieces, fc.string(), (escaped, text) => {
      const hasEscape = (one: string): boolean => ['\u001b', '\u009b'].some((escape) => one.includes(escape))
      expect(hasEscape(stripEscapes(escaped))).toBe(false)
      if (!hasEscape(text)) expect(stripEscapes(text)).toBe(text)
    }),
  )
})
