import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expandWord } from '../../src/config/range.ts'

function expanded(word: string): readonly string[] | string {
  const expansion = expandWord(word)
  return 'fault' in expansion ? expansion.fault : [...expansion.ids()]
}

function ids(word: string): readonly string[] {
  const expansion = expanded(word)
  return typeof expansion === 'string' ? [] : expansion
}

describe('a word stands for the IDs that it says', () => {
  test.each([
    ['101', ['101']],
    ['101-103', ['101', '102', '103']],
    ['9-11', ['9', '10', '11']],
    ['0-2', ['0', '1', '2']],
    ['008-010', ['008', '009', '010']],
    ['5-5', ['5']],
    ['node-[08-10]', ['node-08', 'node-09', 'node-10']],
    ['r[1-2]-u[09-10].lab', ['r1-u09.lab', 'r1-u10.lab', 'r2-u09.lab', 'r2-u10.lab']],
    ['10-20-[1-2]', ['10-20-1', '10-20-2']],
    ['9007199254740993-9007199254740995', ['9007199254740993', '9007199254740994', '9007199254740995']],
  ])('%s', (word, named) => {
    expect(ids(word)).toEqual(named)
  })
})

test.each(['01-115', '1-010', 'a-b', '1-2-3', 'node-1-3', '-', `${'9'.repeat(900)}-${'9'.repeat(900)}`])('%s is no range, but one ID', (word) => {
  expect(expanded(word)).toEqual([word])
})

test.each([
  ['115-101', '"115-101": the range runs backwards, from 115 to 101'],
  ['n[2-1]', '"n[2-1]": the range runs backwards, from 2 to 1'],
  [`2${'0'.repeat(30)}-1`, `"2${'0'.repeat(30)}-1": the range runs backwards, from 2${'0'.repeat(19)}... to 1`],
  ['n[a-b]', '"n[a-b]": expected a range in the brackets, like [1-20] or [01-20], got "a-b"'],
  ['n[01-115]', '"n[01-115]": expected a range in the brackets, like [1-20] or [01-20], got "01-115"'],
  ['n[5]', '"n[5]": expected a range in the brackets, like [1-20] or [01-20], got "5"'],
  ['n[]', '"n[]": expected a range in the brackets, like [1-20] or [01-20], got ""'],
])('%s is refused', (word, fault) => {
  expect(expanded(word)).toBe(fault)
})

test('the size of a range is known without making it', () => {
  const expansion = expandWord('a[1-1000000]b[1-1000000]c[0-99999999999999999999]')
  expect('count' in expansion && expansion.count).toBe(10n ** 32n)
})

test('what a range expands to expands to itself', () => {
  const numbers = fc.tuple(fc.integer({ min: 0, max: 10 ** 12 }), fc.nat(30), fc.nat(15))
  fc.assert(
    fc.property(numbers, fc.stringMatching(/^[a-z][a-z.]{0,5}-?$/), ([from, more, width], prefix) => {
      const ends = [from, from + more].map((end) => String(end).padStart(width, '0'))
      const [first = '', last = ''] = ends
      fc.pre(first.length === last.length || width === 0)
      const bare = ids(`${first}-${last}`)
      const bracketed = ids(`${prefix}[${first}-${last}]`)
      expect(bare).toHaveLength(more + 1)
      expect(bare.flatMap(ids)).toEqual(bare)
      expect(bracketed).toEqual(bare.map((id) => prefix + id))
    }),
  )
})
