import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expectedTimes } from '../../src/model/expected-times.ts'
import type { Server, ServerId } from '../../src/model/server.ts'
import type { Step } from '../../src/model/step.ts'

const server = (id: string, model?: string): Server => ({ id: id as ServerId, labels: model === undefined ? {} : { model } })
const steps = (times: Partial<Record<Step, number[]>>): ReadonlyMap<Step, readonly number[]> => new Map(Object.entries(times) as [Step, number[]][])
const pastOf = (times: Record<string, Partial<Record<Step, number[]>>>) => new Map(Object.entries(times).map(([id, of]) => [id as ServerId, steps(of)]))

test('a server takes the sum of what its steps usually took', () => {
  const past = pastOf({ a: { install: [100, 9000, 110], benchmark: [1000, 1100], destroy: [50.2] } })
  expect(expectedTimes([server('a')], past)).toEqual([110 + 1050 + 50])
})

test('a server without a past takes as long as its model, or else as all', () => {
  const past = pastOf({ a1: { benchmark: [100] }, a2: { benchmark: [300] }, a3: { benchmark: [120] }, b1: { benchmark: [1000] }, n1: { benchmark: [10] }, stranger: { benchmark: [5] } })
  const servers = [server('a4', 'A'), server('a1', 'A'), server('a2', 'A'), server('a3', 'A'), server('b1', 'B'), server('b2', 'B'), server('n1'), server('n2'), server('c1', 'C')]
  expect(expectedTimes(servers, past)).toEqual([120, 100, 300, 120, 1000, 1000, 10, 120, 120])
})

test('nothing is expected where no server has a past', () => {
  expect(expectedTimes([server('a')], pastOf({ b: { install: [1] } }))).toBeUndefined()
})

test('each server has a time, which lies among those of the past', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(id, fc.constantFrom('A', 'B', undefined)), { selector: ([name]) => name, minLength: 1 }), fc.dictionary(id, fc.integer({ min: 1, max: 1000 })), (named, known) => {
      const servers = named.map(([name, model]) => server(name, model))
      const times = expectedTimes(servers, pastOf(Object.fromEntries(Object.entries(known).map(([name, ms]) => [name, { benchmark: [ms] }]))))
      const own = servers.flatMap(({ id: name }) => (Object.hasOwn(known, name) ? [known[name]!] : []))
      if (own.length === 0) expect(times).toBeUndefined()
      else {
        expect(times).toHaveLength(servers.length)
        expect(times!.every((ms) => ms >= Math.min(...own) && ms <= Math.max(...own) + 1)).toBe(true)
      }
    }),
  )
})
