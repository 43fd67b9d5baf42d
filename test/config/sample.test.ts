import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newSeed, takeSample } from '../../src/config/sample.ts'
import type { Server, ServerId } from '../../src/model/server.ts'

const fleet = (count: number): Server[] => Array.from({ length: count }, (_, n) => ({ id: `s${n}` as ServerId, labels: {} }))
const ids = (servers: readonly Server[]): string[] => servers.map(({ id }) => id)

describe('a sample', () => {
  test.each([
    [120, 10, 12],
    [1000, 14.4, 144],
    [1, 10, 1],
    [11, 10, 2],
    [3, 100, 3],
    [100_000, 0.001, 1],
  ])('of %i servers at %d %% is of %i', (count, percent, taken) => {
    expect(takeSample(fleet(count), { percent }, 'a')).toHaveLength(taken)
  })

  test('of so many is of so many, or of all there are', () => {
    expect([takeSample(fleet(9), { count: 4 }, 'a').length, takeSample(fleet(3), { count: 4 }, 'a').length]).toEqual([4, 3])
  })

  test('keeps the order, takes each server once, and the same for the same seed in whatever order they are given', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), fc.string(), (count, wanted, seed) => {
        const servers = fleet(count)
        const taken = takeSample(servers, { count: wanted }, seed)
        expect(taken).toEqual(servers.filter((server) => taken.includes(server)))
        expect(taken).toHaveLength(Math.min(count, wanted))
        expect(new Set(takeSample(servers.toReversed(), { count: wanted }, seed))).toEqual(new Set(taken))
      }),
    )
  })

  test('loses no more than the server that is gone', () => {
    const before = ids(takeSample(fleet(100), { count: 20 }, 'a'))
    const after = ids(takeSample(fleet(100).filter(({ id }) => id !== before[3]), { count: 20 }, 'a'))
    expect(before.filter((id) => !after.includes(id))).toEqual([before[3]])
  })

  test('is another one for another seed, and seeds are not alike', () => {
    expect(ids(takeSample(fleet(100), { count: 20 }, 'a'))).not.toEqual(ids(takeSample(fleet(100), { count: 20 }, 'b')))
    expect(newSeed()).not.toBe(newSeed())
    expect(newSeed()).toMatch(/^[0-9a-f]{8}$/)
  })

  test('takes each server about as often as any other', () => {
    const times = new Map<string, number>()
    for (let seed = 0; seed < 2000; seed++) for (const id of ids(takeSample(fleet(10), { count: 3 }, String(seed)))) times.set(id, (times.get(id) ?? 0) + 1)
    for (const count of times.values()) expect(Math.abs(count - 600)).toBeLessThan(120)
  })
})
