import { expect, test } from 'vitest'
import { endpointName } from '../../src/model/endpoint.ts'
import type { PortsState } from '../../src/ports/watch.ts'
import { addRound, takeUp } from '../../src/ports/watch.ts'
import { checkOf, endpointsOf, signsOf } from '../fixtures/endpoints.ts'

const stateOf = (kept: Readonly<Record<string, string>>, uncounted = 0): PortsState => ({
  uncounted,
  endpoints: Object.entries(kept).map(([host, signs]) => ({ endpoint: { host, port: 22 }, checks: Array.from(signs, (sign) => checkOf(sign)) })),
})
const keptIn = ({ endpoints }: PortsState) => endpoints.map(({ endpoint, checks }) => [endpoint.host, signsOf(checks)])
const roundOf = (signs: string) => Array.from(signs, (sign) => checkOf(sign))

test('without an earlier process nothing is known of any endpoint', () => {
  expect(takeUp(endpointsOf('ab'), undefined, 5)).toEqual(stateOf({ a: '', b: '' }))
})

test('of what an earlier process kept, endpoints that are no longer watched are dropped, in the new order, and new ones begin with nothing', () => {
  const state = takeUp(endpointsOf('cba'), stateOf({ a: '+r', gone: '++', c: 't' }, 1), 5)
  expect([keptIn(state), state.uncounted]).toEqual([[['c', 't'], ['b', ''], ['a', '+r']], 1])
})

test('an endpoint is known by its port too', () => {
  const past: PortsState = { uncounted: 0, endpoints: [{ endpoint: { host: 'a', port: 23 }, checks: roundOf('+') }] }
  expect(takeUp(endpointsOf('a'), past, 5)).toEqual(stateOf({ a: '' }))
})

test('a shorter history than that of the earlier process keeps the last checks', () => {
  expect(keptIn(takeUp(endpointsOf('a'), stateOf({ a: '+++rt' }), 2))).toEqual([['a', 'rt']])
})

test('a round that counts is added, the oldest checks go, and the changes are told', () => {
  const { state, cutOff, changes } = addRound(stateOf({ a: '++', b: 'tt', c: '++', d: '' }), roundOf('+tr+'), 3)
  expect([keptIn(state), state.uncounted, cutOff]).toEqual([[['a', '+++'], ['b', 'ttt'], ['c', '++r'], ['d', '+']], 0, undefined])
  expect(changes.map(({ endpoint, from, to }) => [endpointName(endpoint), from, to])).toEqual([
    ['b:22', 'failing', 'down'],
    ['c:22', 'up', 'flapping'],
    ['d:22', 'unknown', 'up'],
  ])
  expect(keptIn(addRound(state, roundOf('++++'), 3).state)).toEqual([['a', '+++'], ['b', 'tt+'], ['c', '+r+'], ['d', '++']])
})

test('nothing of a round that does not count goes anywhere, also not of an endpoint that is new', () => {
  const { state, cutOff, changes } = addRound(stateOf({ a: '++', b: 'tt', c: '' }), roundOf('ttt'), 5)
  expect([keptIn(state), state.uncounted, cutOff, changes]).toEqual([[['a', '++'], ['b', 'tt'], ['c', '']], 1, 1, []])
})

test('the third round in a row in which everything fails counts, and so do those after it', () => {
  let state = stateOf({ a: '+', b: '+' })
  const cutOffs = Array.from({ length: 4 }, () => {
    const step = addRound(state, roundOf('rr'), 5)
    state = step.state
    return step.cutOff
  })
  expect([cutOffs, keptIn(state), state.uncounted]).toEqual([[1, 2, undefined, undefined], [['a', '+rr'], ['b', '+rr']], 0])
})

test('a round in which something answers ends the row: the next two are swallowed again', () => {
  let state = stateOf({ a: '+', b: '+' })
  const cutOffs = ['rr', 'rr', 'r+', 'rr', '++', 'rr', 'rr', 'rr'].map((signs) => {
    const step = addRound(state, roundOf(signs), 5)
    state = step.state
    return step.cutOff
  })
  expect([cutOffs, keptIn(state)]).toEqual([[1, 2, undefined, 1, undefined, 1, 2, undefined], [['a', '+r+r'], ['b', '+++r']]])
})

test('what somebody else said is kept in one line, without escape sequences, and short', () => {
  const check = { ...checkOf('r'), ok: false, reason: 'unexpected', detail: `\u001b[31mSSH\r\n${'x'.repeat(5000)}` } as const
  const { state } = addRound(stateOf({ a: '' }), [check], 5)
  expect(state.endpoints[0]!.checks).toEqual([{ ...check, detail: `SSH ${'x'.repeat(190)}` }])
})
