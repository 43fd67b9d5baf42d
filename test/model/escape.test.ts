import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stripEscapes } from '../../src/model/escape.ts'

test.each([
  ['colours', '\u001b[31;1mred\u001b[0m', 'red'],
  ['a control sequence of one character', 'a\u009b2Kb', 'ab'],
  ['a title', 'a\u001b]0;title\u0007b', 'ab'],
  ['a link with its terminator', '\u001b]8;;https://x\u001b\\text\u001b]8;;\u001b\\', 'text'],
  ['a device control string', 'a\u001bPq#0\u001b\\b', 'ab'],
  ['a character set and a reset', 'a\u001b(Bb\u001bc', 'ab'],
  ['an escape at the end', 'a\u001b', 'a'],
])('%s goes whole', (_, text, plain) => {
  expect(stripEscapes(text)).toBe(plain)
})

test('a string that is never terminated takes nothing of the text with it', () => {
  expect(stripEscapes('a\u001b]0;title and more')).toBe('a0;title and more')
})

test('no escape is left, whatever the text is', () => {
  const piece = fc.constantFrom('\u001b', '[', ']', '0', ';', 'm', '\u0007', '\\', '\u009b', '\u009c', ' ', 'x')
  fc.assert(fc.property(fc.string({ unit: piece, maxLength: 40 }), (text) => !/[\u001b\u009b]/.test(stripEscapes(text))))
})
