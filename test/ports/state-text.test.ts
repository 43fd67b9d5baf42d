import fc from 'fast-check'
import { expect, test } from 'vitest'
import { failureReasons } from '../../src/model/endpoint.ts'
import type { Check } from '../../src/model/endpoint.ts'
import { readState, writeState } from '../../src/ports/state-text.ts'
import type { PortsState } from '../../src/ports/watch.ts'
import { checkOf } from '../fixtures/endpoints.ts'

const textOf = (state: PortsState): string => [...writeState(state)].join('')
const small: PortsState = {
  uncounted: 1,
  endpoints: [
    { endpoint: { host: 'a', port: 22 }, checks: [checkOf('+'), checkOf('r')] },
    { endpoint: { host: '::1', port: 443 }, checks: [{ ok: true, at: '2026-11-21T10:00:00.000Z', ms: 0.25, daysToExpiry: -3 }] },
  ],
}

test('the file has a line for each endpoint, which a person can read', () => {
  expect(textOf(small)).toBe(`{"kind":"rackbench-ports","version":1,"uncounted":1,"endpoints":[
{"host":"a","port":22,"checks":[{"ok":true,"at":"2026-11-21T10:00:00.000Z","ms":1},{"ok":false,"at":"2026-11-21T10:00:00.000Z","ms":1,"reason":"refused","detail":"it was refused"}]},
{"host":"::1","port":443,"checks":[{"ok":true,"at":"2026-11-21T10:00:00.000Z","ms":0.25,"daysToExpiry":-3}]}
]}
`)
})

const at = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }).map((date) => date.toISOString())
const ms = fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => value + 0)
const check: fc.Arbitrary<Check> = fc.oneof(
  fc.record({ ok: fc.constant(true as const), at, ms, daysToExpiry: fc.integer({ min: -1000, max: 10_000 }) }, { requiredKeys: ['ok', 'at', 'ms'] }),
  fc.record({ ok: fc.constant(false as const), at, ms, reason: fc.constantFrom(...failureReasons), detail: fc.stringMatching(/^[ -~]{0,200}$/).map((text) => text.trim().replaceAll(/ +/g, ' ')) }),
)
const state: fc.Arbitrary<PortsState> = fc.record({
  uncounted: fc.nat({ max: 2 }),
  endpoints: fc.array(fc.record({ endpoint: fc.record({ host: fc.string({ minLength: 1 }), port: fc.integer({ min: 1, max: 65_535 }) }), checks: fc.array(check, { maxLength: 5 }) }), { maxLength: 5 }),
})

test('whatever is written is read back', () => {
  fc.assert(
    fc.property(state, (written) => {
      // JSON has no negative zero.
      expect(readState(textOf(written))).toEqual({ is: 'state', state: JSON.parse(JSON.stringify(written)) })
    }),
  )
})

test('a state that was cut short anywhere behind its head is a damaged one, and never another state', () => {
  const text = textOf(small).trimEnd()
  for (let length = '{"kind":"rackbench-ports"'.length; length < text.length; length++) {
    expect(readState(text.slice(0, length))).toEqual({ is: 'damaged', problem: 'it is no JSON' })
  }
})

test.each<[string, unknown, string]>([
  ['a check without its reason', { endpoints: [{ host: 'a', port: 22, checks: [{ ...checkOf('r'), reason: undefined }] }] }, 'endpoints[0].checks[0].reason: expected refused | timeout | unreachable | reset | dns | tls | unexpected, but it is missing'],
  ['a time that is none', { endpoints: [{ host: 'a', port: 22, checks: [{ ...checkOf('+'), at: 'noon' }] }] }, 'endpoints[0].checks[0].at: Invalid ISO datetime, got "noon"'],
  ['a count below zero', { uncounted: -1, endpoints: [] }, 'uncounted: Too small: expected number to be >=0, got -1'],
  ['no endpoints', {}, 'endpoints: expected an array, but it is missing'],
  ['no version', { version: undefined, endpoints: [] }, 'version: expected 1, but it is missing'],
])('a file of ours with %s is a damaged one', (_what, content, problem) => {
  expect(readState(JSON.stringify({ kind: 'rackbench-ports', version: 1, uncounted: 0, ...(content as object) }))).toEqual({ is: 'damaged', problem })
})

test.each<[string, string]>([
  ['{"name":"rackbench","version":"1.0.0"}', 'kind: expected rackbench-ports, but it is missing'],
  ['{"version":1,"operations":0,"machines":[]}', 'kind: expected rackbench-ports, but it is missing'],
  ['[]', 'expected an object, got []'],
  ['null', 'expected an object, got null'],
  ['root:x:0:0:root:/root:/bin/bash', 'it is no JSON'],
  ['\u0000\u0000\u0000', 'it is no JSON'],
])('%j is nothing of ours', (text, problem) => {
  expect(readState(text)).toEqual({ is: 'foreign', problem })
})

test('a state of a newer version is told as one, whatever else is in it', () => {
  expect(readState('{"kind":"rackbench-ports","version":2,"watched":{}}')).toEqual({ is: 'newer', problem: 'it has version 2, and this rackbench reads 1' })
})

test('escape sequences that somebody wrote into a state reach nobody', () => {
  const text = textOf({ uncounted: 0, endpoints: [{ endpoint: { host: 'a', port: 22 }, checks: [{ ...checkOf('r'), ok: false, reason: 'refused', detail: '\u001b[2J\u009b31mgone\n' }] }] })
  expect(readState(text)).toMatchObject({ state: { endpoints: [{ checks: [{ detail: 'gone' }] }] } })
})
