import fc from 'fast-check'
import { expect, test } from 'vitest'
import { askedOfPast, pastFrom, pastOfServer, pastSchema } from '../../src/model/own-past.ts'
import type { ServerId } from '../../src/model/server.ts'
import type { Threshold } from '../../src/model/threshold.ts'
import { boundsOf } from '../../src/model/threshold.ts'

const id = (name: string): ServerId => name as ServerId
const about = (metric: string, last: number, where?: Record<string, string>): Threshold => ({ metric, ownHistory: { last, lower: '-5%' }, ...(where && { where }) })

test('each thing that rules ask of the past is asked once', () => {
  expect(askedOfPast([{ metric: 'score', min: 5 }, about('score', 5), about('score', 5, { model: 'a' }), about('score', 3, { model: 'b' }), about('iops', 5)])).toEqual([
    { metric: 'score', last: 5 },
    { metric: 'score', last: 3 },
    { metric: 'iops', last: 5 },
  ])
})

test('of each server the medians of the latest values are kept, and how many they are of', () => {
  const asked = [{ metric: 'score', last: 3 }, { metric: 'score', last: 2 }, { metric: 'iops', last: 3 }]
  const measured = new Map([
    [id('a'), new Map([['score', [1000, 80, 90, 100]], ['noise', [1]]])],
    [id('b'), new Map([['iops', [7]]])],
    [id('c'), new Map([['noise', [1]]])],
  ])
  const past = pastFrom(asked, measured)
  expect(past).toEqual({ asked, servers: { a: [[90, 3], [95, 2], null], b: [null, null, [7, 1]] } })
  expect(pastSchema.parse(JSON.parse(JSON.stringify(past)))).toEqual(past)
  const ofA = pastOfServer(past, 'a')
  expect([ofA(asked[0]!), ofA(asked[1]!), ofA(asked[2]!), ofA({ metric: 'other', last: 3 })]).toEqual([{ median: 90, values: 3 }, { median: 95, values: 2 }, { values: 0 }, { values: 0 }])
})

test('a server that the past does not know has none, whatever it is called', () => {
  const past = pastFrom([{ metric: 'score', last: 1 }], new Map())
  expect(['a', 'toString', 'constructor'].map((name) => pastOfServer(past, name)({ metric: 'score', last: 1 }))).toEqual([{ values: 0 }, { values: 0 }, { values: 0 }])
  expect(pastOfServer(undefined, 'a')({ metric: 'score', last: 1 })).toEqual({ values: 0 })
})

test('the bounds from whatever past are those of a plain calculation', () => {
  const values = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { maxLength: 12 })
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 8 }), (measured, last) => {
      const rule = about('score', last)
      const past = pastFrom(askedOfPast([rule]), new Map([[id('a'), new Map([['score', measured]])]]))
      const { min } = boundsOf(rule, pastOfServer(past, 'a')({ metric: 'score', last }))
      const latest = measured.slice(-last).sort((a, b) => a - b)
      if (latest.length < last) expect(min).toBeUndefined()
      else expect(min).toBeCloseTo((latest[Math.floor((last - 1) / 2)]! + latest[Math.ceil((last - 1) / 2)]!) * 0.475, 6)
    }),
  )
})
