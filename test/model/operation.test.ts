import { describe, expect, test } from 'vitest'
import { nextNumber, noOperations, numberOf, operationKey, sharedOperations } from '../../src/model/operation.ts'
import type { ServerId } from '../../src/model/server.ts'
import type { Step } from '../../src/model/step.ts'
import { tell } from '../fixtures/story.ts'

const next = (story: string, step: Step): number => nextNumber(tell(story).server.operations, step)

describe('the key stays the same while the outcome is unknown:', () => {
  test.each<[string, Step]>([
    ['taken up, install started', 'install'],
    ['taken up, install started, taken up', 'install'],
    ['taken up, install failed ProvisionerUnavailableError', 'install'],
    ['taken up, install failed DefectError', 'install'],
    ['taken up, install failed StepTimeoutError', 'install'],
    ['taken up, install stopped', 'install'],
    ['taken up, install passed, benchmark started', 'benchmark'],
    ['taken up, install passed, benchmark passed, check passed, destroy started', 'destroy'],
    ['taken up, install passed, benchmark passed, check passed, destroy failed ProvisionerUnavailableError, finished', 'destroy'],
    ['taken up, install failed, destroy skipped, mark started', 'mark'],
  ])('%s, then %s', (story, step) => {
    expect(next(story, step)).toBe(1)
  })
})

describe('the key is a new one once the outcome is known, or a later step has begun:', () => {
  test.each<[string, Step, number]>([
    ['', 'install', 1],
    ['taken up, install failed', 'install', 2],
    ['taken up, install failed RequestRefusedError', 'install', 2],
    ['taken up, install failed UnknownServerError', 'install', 2],
    ['taken up, install not ours', 'install', 2],
    ['taken up, install passed', 'install', 2],
    ['taken up, install passed, benchmark failed MeasurementError', 'benchmark', 2],
    ['taken up, install passed, benchmark passed, check passed, benchmark started', 'benchmark', 2],
    ['taken up, install started, taken up, install stopped, destroy started', 'install', 2],
    ['taken up, install passed, benchmark stopped, check skipped, destroy passed, finished, taken up', 'install', 2],
    ['taken up, install passed, benchmark stopped, destroy started, taken up, install started', 'install', 2],
    ['taken up, install passed, benchmark stopped, destroy started, taken up, install passed', 'benchmark', 2],
    ['taken up, install passed, benchmark stopped, destroy started, taken up, install passed', 'destroy', 2],
    ['taken up, install stopped, destroy passed, finished, taken up, install stopped, destroy passed, finished, taken up', 'install', 3],
  ])('%s, then %s is number %i', (story, step, number) => {
    expect(next(story, step)).toBe(number)
  })
})

test('a step that is skipped is no operation', () => {
  expect(tell('taken up, install started, benchmark skipped').server.operations).toEqual({ last: { step: 'install', number: 1, outcomeKnown: false }, counts: { ...noOperations.counts, install: 1 } })
})

test('a key names run, server, step and number, and the number is read back whatever the run is called', () => {
  const key = operationKey('2026/x', 'node-01' as ServerId, 'benchmark', 12)
  expect({ key, number: numberOf(key) }).toEqual({ key: '2026/x/node-01/benchmark/12', number: 12 })
})

test('servers that have come as far share what is known of their operations, and no others do', () => {
  const after = (story: string) => tell(story).server.operations
  const begun = after('taken up, install started')
  expect(after('taken up, install started')).toBe(begun)
  expect([begun, after('taken up, install passed'), after('taken up, install passed, benchmark started')]).toEqual([
    { last: { step: 'install', number: 1, outcomeKnown: false }, counts: { ...noOperations.counts, install: 1 } },
    { last: { step: 'install', number: 1, outcomeKnown: true }, counts: { ...noOperations.counts, install: 1 } },
    { last: { step: 'benchmark', number: 1, outcomeKnown: false }, counts: { ...noOperations.counts, install: 1, benchmark: 1 } },
  ])
  for (let number = 1; number <= 5000; number++) {
    const operations = { last: { step: 'install', number, outcomeKnown: true } as const, counts: { ...noOperations.counts, install: number } }
    expect(sharedOperations(operations)).toEqual(operations)
  }
})
