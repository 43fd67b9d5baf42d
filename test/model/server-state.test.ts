import { describe, expect, test } from 'vitest'
import { noOperations } from '../../src/model/operation.ts'
import type { ServerEvent } from '../../src/model/server-state.ts'
import { applyToServer, installInDoubt, untouched } from '../../src/model/server-state.ts'
import type { ServerId } from '../../src/model/server.ts'
import { tell } from '../fixtures/story.ts'

const server = { id: 's0' as ServerId, labels: {} }
const at = (second: number): string => new Date(Date.parse('2026-11-21T10:00:00.000Z') + second * 1000).toISOString()

test('a server that nothing is told of is untouched', () => {
  expect(tell('').server).toEqual({ server, index: 0, phase: 'waiting', turn: 0, durationMs: 0, rounds: [], operations: noOperations, left: 'clean', markSpent: false })
})

test('a server that has passed is known with all its steps', () => {
  const record = { status: 'passed', durationMs: 1000, attempts: 1 }
  expect(tell('taken up, install passed, benchmark passed, check passed, destroy passed, finished').server).toMatchObject({
    phase: 'finished',
    turn: 1,
    worker: 'worker-01',
    startedAt: at(1),
    durationMs: 9000,
    install: { ...record, installed: { address: '10.0.0.1' } },
    rounds: [{ benchmark: { ...record, metrics: { score: 80 } }, check: record }],
    destroy: record,
    mark: undefined,
    running: undefined,
    left: 'clean',
    markSpent: false,
  })
})

describe('its machine is left', () => {
  test.each([
    ['', 'clean'],
    ['taken up', 'clean'],
    ['taken up, install started', 'unknown'],
    ['taken up, install failed', 'unknown'],
    ['taken up, install passed', 'installed'],
    ['taken up, install passed, benchmark failed, destroy skipped, finished', 'installed'],
    ['taken up, install passed, benchmark passed, check passed, destroy started', 'unknown'],
    ['taken up, install passed, benchmark passed, check passed, destroy failed', 'unknown'],
    ['taken up, install passed, benchmark passed, check passed, destroy passed', 'clean'],
    ['taken up, install passed, taken up', 'installed'],
    ['taken up, install stopped, destroy passed, finished, taken up', 'clean'],
  ])('after "%s" %s', (story, left) => {
    expect(tell(story).server.left).toBe(left)
  })
})

describe('taken up again', () => {
  test('after a stop it has none of its results, and its time begins anew', () => {
    const { server: again } = tell('taken up, install passed, benchmark stopped, check skipped, destroy passed, finished, taken up')
    expect(again).toMatchObject({ phase: 'under way', turn: 2, startedAt: at(10), durationMs: 0, install: undefined, rounds: [], destroy: undefined, mark: undefined, running: undefined })
    expect(again.operations).toEqual({ last: { step: 'destroy', number: 1, outcomeKnown: true }, counts: { ...noOperations.counts, install: 1, benchmark: 1, destroy: 1 } })
  })

  test('after a crash it keeps its results, and the time that was spent on them until its last event', () => {
    const { server: again } = tell('taken up, install passed, benchmark started, taken up, benchmark passed, check passed, destroy passed, finished')
    expect(again).toMatchObject({ turn: 2, startedAt: at(1), install: { status: 'passed' }, durationMs: 3000 + 7000 })
  })

  test('after its mark failed it keeps all but the mark, and has been paid for', () => {
    const { server: again } = tell('taken up, install failed, benchmark skipped, check skipped, destroy skipped, mark failed, finished, taken up')
    expect(again).toMatchObject({ install: { status: 'failed' }, rounds: [{ benchmark: { status: 'skipped' }, check: { status: 'skipped' } }], destroy: { status: 'skipped' }, mark: undefined, markSpent: true })
  })

  test('after its benchmark it is compared again', () => {
    expect(tell('taken up, install passed, benchmark passed, check started, taken up').server.rounds).toMatchObject([{ benchmark: { status: 'passed' }, check: undefined }])
  })
})

describe('its last install is in doubt', () => {
  test.each([
    ['', undefined],
    ['taken up, install started', 1],
    ['taken up, install stopped', 1],
    ['taken up, install started, taken up', 1],
    ['taken up, install started, taken up, destroy started', 1],
    ['taken up, install passed', undefined],
    ['taken up, install failed', undefined],
    ['taken up, install passed, benchmark started, taken up, destroy started', undefined],
  ])('after "%s": %s', (story, number) => {
    expect(installInDoubt(tell(story).server)).toBe(number)
  })
})

test('a retry names the operation that is asked for next', () => {
  const { server: state, fold } = tell('taken up, install started')
  fold.apply({ at: at(9), type: 'step.retried', server: server.id, step: 'install', round: 1, attempt: 1, key: 'r1/s0/install/2', failure: { type: 'ServerOperationError', message: 'no' }, delayMs: 1 })
  expect(state.operations).toEqual({ last: { step: 'install', number: 2, outcomeKnown: false }, counts: { ...noOperations.counts, install: 2 } })
})

test('time does not run backwards, though a clock may', () => {
  const state = untouched(server, 0)
  const events: ServerEvent[] = [
    { at: at(100), type: 'server.started', server: server.id, worker: 'worker-01', turn: 1, kept: [] },
    { at: at(40), type: 'server.finished', server: server.id, tail: ['last words'] },
  ]
  for (const event of events) applyToServer(state, event)
  expect(state).toMatchObject({ durationMs: 0, phase: 'finished', tail: ['last words'] })
})

test.each<[string, ServerEvent, string]>([
  ['a turn that was before', { at: at(9), type: 'server.started', server: server.id, worker: 'w', turn: 1, kept: [] }, 'turn 1 of server s0 comes after turn 1'],
  ['a round that leaves one out', { at: at(9), type: 'step.finished', server: server.id, step: 'benchmark', round: 2, durationMs: 1, attempts: 1, status: 'passed' }, 'round 2 of server s0 comes after round 0'],
])('%s is refused', (_what, event, message) => {
  const { fold } = tell('taken up')
  expect(() => fold.apply(event)).toThrow(message)
})
