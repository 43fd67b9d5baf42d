import fc from 'fast-check'
import { expect, test } from 'vitest'
import { leastMakespan, listSchedule } from '../../bench/numbers.ts'
import { mixedFleet } from '../../bench/mixed-fleet.ts'
import { startingOrder } from '../../src/model/starting-order.ts'

const waiting = (index: number) => ({ index, phase: 'waiting' as const })
const held = (index: number) => ({ index, phase: 'under way' as const })

test('servers that take longest are started first, after those that are held', () => {
  expect(startingOrder([waiting(0), waiting(1), held(2), waiting(3), held(4)], [5, 9, 1, 7, 3]).map(({ index }) => index)).toEqual([4, 2, 1, 3, 0])
})

test('without times, or with the same ones, they are started as they stand', () => {
  const servers = [waiting(0), held(1), waiting(2), waiting(3)]
  expect(startingOrder(servers).map(({ index }) => index)).toEqual([1, 0, 2, 3])
  expect(startingOrder(servers, [7, 7, 7, 7]).map(({ index }) => index)).toEqual([1, 0, 2, 3])
})

const phases = fc.array(fc.constantFrom(waiting, held), { maxLength: 30 }).map((kinds) => kinds.map((kind, index) => kind(index)))
const times = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 30 })

test('whatever is expected, the same servers are started, each once', () => {
  fc.assert(
    fc.property(phases, times, (servers, expectedMs) => {
      expect(startingOrder(servers, expectedMs).toSorted((a, b) => a.index - b.index)).toEqual(servers)
    }),
  )
})

test('those that are left when a run is taken up again are started in the order that they had', () => {
  fc.assert(
    fc.property(phases, times, fc.func(fc.boolean()), (servers, expectedMs, isLeft) => {
      const left = servers.filter(({ index }) => isLeft(index))
      expect(startingOrder(left, expectedMs)).toEqual(startingOrder(servers, expectedMs).filter(({ index }) => isLeft(index)))
    }),
  )
})

test('a mixed fleet is through within 1 % of the shortest time that is possible, which the given order misses by more than 5 %', () => {
  const lengths = mixedFleet(300).map(({ ms }) => ms)
  const servers = lengths.map((_, index) => waiting(index))
  const bound = leastMakespan(lengths, 15)
  const inOrder = (expectedMs?: readonly number[]): number => listSchedule(startingOrder(servers, expectedMs).map(({ index }) => lengths[index]!), 15) / bound
  expect([inOrder(lengths) <= 1.01, inOrder() >= 1.05]).toEqual([true, true])
})

test('it is so, too, where each server takes 3 % more or less than it did before', () => {
  const lengths = mixedFleet(300).map(({ ms }) => ms)
  const expected = lengths.map((ms, index) => ms * (1 + 0.03 * Math.sin(index * 12.9898)))
  const order = startingOrder(lengths.map((_, index) => waiting(index)), expected)
  expect(listSchedule(order.map(({ index }) => lengths[index]!), 15) / leastMakespan(lengths, 15)).toBeLessThanOrEqual(1.01)
})
