import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { bounded, clean, seconds, singleLine } from '../../src/reporters/report-text.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 200 })

test('a text without anything forbidden stays what it is', () => {
  const text = 'blanks  and\ttabs,\r\nline breaks, <tags>, ]]>, "quotes", caf\u00e9, \u4e2d\u6587 and \u{1f600}'
  expect(clean(text)).toBe(text)
})

test('escape sequences go whole, whatever they are made of', () => {
  expect(clean('\u001b[31;1mred\u001b[0m \u009b32mgreen\u001b[K \u001b]8;;http://x/y\u001b\\link\u001b]8;;\u001b\\ \u001b]0;title\u0007end')).toBe('red green link end')
})

test('nothing that XML forbids is left, and cleaning again changes nothing', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const cleaned = clean(text)
      expect(cleaned).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u)
      expect(clean(cleaned)).toBe(cleaned)
    }),
  )
})

test('half a surrogate pair takes nothing with it', () => {
  expect(clean('a\udc00b\ud800c\ud83d\ude00d\u0000\ufffee\uffff')).toBe('abc\ud83d\ude00de')
})

test('what would keep a backtracking expression busy for minutes is cleaned all the same', () => {
  const text = `\u001b${';?'.repeat(150_000)}`
  expect(clean(text)).toBe(text.slice(2))
})

test('a single line has no break in it, and no more than it may have', () => {
  expect(singleLine('install:\n  PXE \t boot\r\ntimed out\u2028twice ')).toBe('install: PXE boot timed out twice')
  expect(singleLine('x'.repeat(1500), 1000)).toBe(`${'x'.repeat(1000)}... (1500 characters)`)
  fc.assert(fc.property(anyText, (text) => !/[\n\r\u2028\u2029]/.test(singleLine(text))))
})

test('a text is cut without leaving half a character', () => {
  expect(bounded(`${'x'.repeat(16_383)}\u{1f600}`)).toBe(`${'x'.repeat(16_383)}\ufffd... (16385 characters)`)
  expect(bounded('x'.repeat(16_384))).toBe('x'.repeat(16_384))
  expect(bounded('a\ud800')).toBe('a\ufffd')
  expect(singleLine('ab\u{1f600}cd', 3)).toBe('ab... (6 characters)')
})

test('seconds are a plain number, whatever the milliseconds are', () => {
  expect([0, 1, 1234.5678, 90_000, -5, NaN, Infinity].map(seconds)).toEqual([0, 0.001, 1.235, 90, 0, 0, 0])
})

test('nothing is left that turns the direction of the text after it', () => {
  expect(clean('a\u202ab\u202ec\u2066d\u2069e \u05e2')).toBe('abcde \u05e2')
})
