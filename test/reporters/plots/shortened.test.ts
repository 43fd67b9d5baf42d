import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shortened, shortenedId } from '../../../src/reporters/plots/shortened.ts'

test('a text keeps its beginning, and an ID its end', () => {
  expect([shortened('PowerEdge R640', 10), shortenedId('rack-17-server-104', 10)]).toEqual(['PowerEdge…', '…erver-104'])
  expect([shortened('R640', 4), shortenedId('104', 3)]).toEqual(['R640', '104'])
})

test('neither is ever too long, or has half a character', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => [shortened(text, 12), shortenedId(text, 12)].every((short) => short.length <= 12 && short.isWellFormed())))
})
