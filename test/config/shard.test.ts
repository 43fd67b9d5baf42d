import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shardOf } from '../../src/config/shard.ts'
import type { ServerId } from '../../src/model/server.ts'

const ids = (count: number, name: (number: number) => string): ServerId[] => Array.from({ length: count }, (_, index) => name(index) as ServerId)

test('the shard of an ID is the same in every version', () => {
  expect(['101', '102', '103', 'node-01', 'R7-U40.lab'].map((id) => shardOf(id as ServerId, 4))).toEqual([4, 3, 2, 4, 2])
})

describe.each([2, 3, 4, 5, 8])('%i shards', (parts) => {
  test.each([
    ['follow each other', ids(1000, (index) => `${101 + index}`)],
    ['are every second one', ids(1000, (index) => `u${2 * index}`)],
    ['are numbered with zeros', ids(400, (index) => `node-${String(index).padStart(3, '0')}`)],
  ])('are about equal for IDs that %s', (_, selection) => {
    const sizes = Array.from({ length: parts }, (_unused, index) => selection.filter((id) => shardOf(id, parts) === index + 1).length)
    const even = selection.length / parts
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(selection.length)
    expect(sizes.filter((size) => Math.abs(size - even) > even * 0.25)).toEqual([])
  })
})

test('the hash is FNV-1a: the published values of "a" and "foobar"', () => {
  expect(['a', 'foobar'].map((id) => shardOf(id as ServerId, 2 ** 32) - 1)).toEqual([0xe4_0c_29_2c, 0xbf_9c_f9_68])
})

test('every ID is in exactly one of the shards', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/), fc.integer({ min: 1, max: 1000 }), (id, parts) => {
      const shard = shardOf(id as ServerId, parts)
      expect(Number.isInteger(shard) && shard >= 1 && shard <= parts).toBe(true)
    }),
  )
})
