import fc from 'fast-check'
import { expect, test } from 'vitest'
import { longestLine, splitLines } from '../../src/clients/lines.ts'

function linesOf(pieces: readonly string[]): string[] {
  const lines: string[] = []
  const splitter = splitLines((line) => lines.push(line))
  for (const piece of pieces) splitter.add(piece)
  splitter.end()
  return lines
}

test.each<[readonly string[], readonly string[]]>([
  [[], []],
  [['a\nb\n'], ['a', 'b']],
  [['a\r\nb'], ['a', 'b']],
  [['a\n\nb\n'], ['a', '', 'b']],
  [['10 %\r20 %\r'], ['10 %', '20 %']],
  [['a\r', '\nb\r', 'c\r', '', '\n\n'], ['a', 'b', 'c', '']],
  [['so', 'me', ' text\nmo', 're'], ['some text', 'more']],
])('%j is the lines %j', (pieces, lines) => {
  expect(linesOf(pieces)).toEqual(lines)
})

test('how a text is cut into pieces changes nothing', () => {
  const text = fc.array(fc.constantFrom('a', 'bc', '\n', '\r', '\r\n', 'é')).map((parts) => parts.join(''))
  const cuts = fc.array(fc.nat(12), { maxLength: 12 })
  fc.assert(
    fc.property(text, cuts, (whole, lengths) => {
      let rest = whole
      const pieces = lengths.map((length) => {
        const piece = rest.slice(0, length)
        rest = rest.slice(length)
        return piece
      })
      expect(linesOf([...pieces, rest])).toEqual(linesOf([whole]))
    }),
  )
})

test('a line that is too long is told at once, cut, and the rest of it dropped', () => {
  const lines: string[] = []
  const splitter = splitLines((line) => lines.push(line))
  const long = 'x'.repeat(longestLine)
  splitter.add(long)
  expect(lines).toEqual([])
  splitter.add('y')
  expect(lines).toEqual([`${long}... (cut after 256 KiB)`])
  for (let times = 0; times < 100; times++) splitter.add(long)
  splitter.add('y\nnext\n')
  splitter.end()
  expect(lines.slice(1)).toEqual(['next'])
})

test('a line of exactly the longest length is whole', () => {
  const long = 'x'.repeat(longestLine)
  expect(linesOf([`${long}\n`])).toEqual([long])
})

test('no character is cut in two', () => {
  const [line = ''] = linesOf([`${'x'.repeat(longestLine - 1)}😀\n`])
  expect(line.isWellFormed()).toBe(true)
})
