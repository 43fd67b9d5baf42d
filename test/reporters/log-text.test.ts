import { assert, integer, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { cutToBytes, oneLine } from '../../src/reporters/log-text.ts'

test('line breaks, control characters and changes of direction are shown as escapes', () => {
  expect(oneLine('a\r\nb\tc\u001b[31m\u0000\u0085\u2028\u202e\ud800')).toBe(String.raw`a\r\nb\tc\x1b[31m\x00\x85\u2028\u202e` + '\ufffd')
})

test('a clean text stays as it is', () => {
  expect(oneLine('café ✓ 漢字 😀')).toBe('café ✓ 漢字 😀')
})

test('no text makes a second line, or one that is not well-formed', () => {
  assert(
    property(string({ unit: 'binary' }), (text) => {
      const line = oneLine(text)
      // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/)
      expect(line.isWellFormed()).toBe(true)
    }),
  )
})

test('what is cut says how long it was, and ends with a whole character', () => {
  expect(cutToBytes('ä'.repeat(30), 40)).toBe(`${'ä'.repeat(10)}... (cut: 60 bytes)`)
  expect(cutToBytes('ä'.repeat(30), 41)).toBe(`${'ä'.repeat(11)}... (cut: 60 bytes)`)
})

test('a text never takes more bytes than it may, and is whole if it fits', () => {
  assert(
    property(string({ unit: 'grapheme', maxLength: 200 }), integer({ min: 40, max: 300 }), (text, most) => {
      const shown = cutToBytes(text, most)
      expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(most)
      expect(shown === text).toBe(Buffer.byteLength(text) <= most)
    }),
  )
})
