import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Check, EndpointStatus } from '../../src/model/endpoint.ts'
import { endpointName, statusOf } from '../../src/model/endpoint.ts'

const at = '2026-11-21T10:00:00.000Z'

/** `+` for a check that passed, `-` for one that failed. */
const checksOf = (signs: string): Check[] =>
  Array.from(signs, (sign) => (sign === '+' ? { ok: true, at, ms: 1 } : { ok: false, at, ms: 3000, reason: 'timeout', detail: 'no answer' }))

test.each<[string, EndpointStatus]>([
  ['+', 'up'],
  ['+++++', 'up'],
  ['-----+++++', 'up'],
  ['-', 'failing'],
  ['----', 'failing'],
  ['-----', 'down'],
  ['+-----', 'down'],
  ['++++-', 'flapping'],
  ['-+', 'flapping'],
  ['+----', 'flapping'],
  ['-++++', 'flapping'],
])('with a history of 5, %s is %s', (signs, status) => {
  expect(statusOf(checksOf(signs), 5)).toBe(status)
})

test('with a history of one there is only up and down', () => {
  expect(['+', '-', '+-', '-+'].map((signs) => statusOf(checksOf(signs), 1))).toEqual(['up', 'down', 'down', 'up'])
})

/** The rules of the issue, word by word, on whole numbers. */
function inWords(signs: string, history: number): EndpointStatus {
  let passed = 0
  let failed = 0
  for (let back = 1; back <= history && back <= signs.length; back++) {
    if (signs[signs.length - back] === '+') passed++
    else failed++
  }
  if (failed === 0) return 'up'
  if (failed === history) return 'down'
  if (passed === 0) return 'failing'
  return 'flapping'
}

const signsOf = (minLength: number): fc.Arbitrary<string> => fc.string({ unit: fc.constantFrom('+', '-'), minLength, maxLength: 20 })

test('a status is what the rules say, whatever the checks and however many are kept', () => {
  fc.assert(
    fc.property(signsOf(1), fc.integer({ min: 1, max: 12 }), (signs, history) => {
      expect(statusOf(checksOf(signs), history)).toBe(inWords(signs, history))
    }),
  )
})

test('checks that are older than the history change nothing', () => {
  fc.assert(
    fc.property(signsOf(0), signsOf(5), (older, kept) => {
      expect(statusOf(checksOf(older + kept), 5)).toBe(statusOf(checksOf(kept), 5))
    }),
  )
})

test.each([
  ['node-01', 'node-01:22'],
  ['10.0.0.1', '10.0.0.1:22'],
  ['fe80::1%eth0', '[fe80::1%eth0]:22'],
])('an endpoint at %s is written %s', (host, name) => {
  expect(endpointName({ host, port: 22 })).toBe(name)
})
