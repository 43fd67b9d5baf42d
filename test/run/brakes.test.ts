import { describe, expect, test } from 'vitest'
import type { ServerId } from '../../src/model/server.ts'
import type { Threshold } from '../../src/model/threshold.ts'
import { createBrakes } from '../../src/run/brakes.ts'
import type { Story } from '../fixtures/story.ts'
import { tell } from '../fixtures/story.ts'

interface Braked {
  readonly maxAlike?: number
  readonly budget?: number
  readonly promised?: readonly string[]
  readonly thresholds?: Threshold[]
  /** What earlier processes journalled. */
  readonly past?: string
}

/** Brakes over a run whose events are told one after the other. */
function brakesOver({ maxAlike = 5, budget = 5, promised = [], thresholds = [{ metric: 'score', min: 50 }], past = '' }: Braked = {}) {
  const { fold } = tell(past, { maxAlike, thresholds }, 30)
  fold.apply({ at: '2026-11-21T10:00:00.000Z', type: 'run.resumed', build: {}, overrides: { maxBroken: { count: budget } } })
  const trips: string[] = []
  const brakes = createBrakes(() => fold.state, promised as ServerId[], (because, message) => trips.push(`${because}: ${message}`))
  return {
    trips,
    brakes,
    hear: (story: string): void => {
      const { events }: Story = tell(story, {}, 30)
      for (const event of events.slice(1)) {
        fold.apply(event)
        brakes.on(event, fold.state)
      }
    },
    decide: (id: string) => brakes.decideMark(id as ServerId),
  }
}

const failsAt: Record<string, (id: string) => string> = {
  install: (id) => `${id}: taken up, ${id}: install failed`,
  benchmark: (id) => `${id}: taken up, ${id}: install passed, ${id}: benchmark failed`,
  check: (id) => `${id}: taken up, ${id}: install passed, ${id}: benchmark passed, ${id}: check failed PerformanceError`,
  destroy: (id) => `${id}: taken up, ${id}: install passed, ${id}: benchmark passed, ${id}: check passed, ${id}: destroy failed`,
}
const servers = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, n) => `s${from + n}`)

describe('the budget of marks', () => {
  test('allows so many marks and no more, and then no more servers are started', () => {
    const { brakes, decide, trips } = brakesOver({ budget: 2 })
    expect([decide('s0'), decide('s1'), brakes.tripped]).toEqual([{ is: 'allowed' }, { is: 'allowed' }, undefined])
    const withheld = { is: 'withheld', because: 'withheld: 2 of 2 marks are made or under way' }
    expect([decide('s2'), decide('s3'), brakes.tripped]).toEqual([withheld, withheld, '2 of 2 marks are made or under way'])
    expect(trips).toEqual(['budget: 2 of 2 marks are made or under way'])
  })

  test('asks once for each server, however often it is asked', () => {
    const { decide } = brakesOver({ budget: 1 })
    expect([decide('s0'), decide('s0'), decide('s1'), decide('s0')].map(({ is }) => is)).toEqual(['allowed', 'allowed', 'withheld', 'allowed'])
  })

  test('is spent when the mark begins, and not once more for a mark that is made again', () => {
    const { decide, hear } = brakesOver({ budget: 2 })
    decide('s0')
    hear('s0: taken up, s0: install failed, s0: destroy skipped, s0: mark failed, s0: finished')
    expect([decide('s0'), decide('s1'), decide('s2')].map(({ is }) => is)).toEqual(['allowed', 'allowed', 'withheld'])
  })

  test('is nothing if it is nothing', () => {
    expect(brakesOver({ budget: 0 }).decide('s0')).toEqual({ is: 'withheld', because: 'withheld: 0 of 0 marks are made or under way' })
  })

  test('keeps what an earlier process has promised', () => {
    const { decide } = brakesOver({ budget: 2, promised: ['s7', 's8'] })
    expect([decide('s0'), decide('s7'), decide('s8')].map(({ is }) => is)).toEqual(['withheld', 'allowed', 'allowed'])
  })
})

describe('one cause', () => {
  test.each(Object.keys(failsAt))('is suspected when 5 servers in a row fail at %s by their own fault', (step) => {
    const { brakes, hear, decide, trips } = brakesOver()
    for (const id of servers(0, 3)) hear(failsAt[step]!(id))
    expect([brakes.tripped, decide('s0').is]).toEqual([undefined, 'allowed'])
    hear(failsAt[step]!('s4'))
    const message = `5 servers in a row failed at ${step}: ${step} failed`
    expect([brakes.tripped, decide('s4'), trips]).toEqual([message, { is: 'withheld', because: `withheld: ${message}` }, [`alike: ${message}`]])
  })

  test('is not suspected if one has got past the step in between, in whatever server', () => {
    const { brakes, hear } = brakesOver()
    for (const id of servers(0, 3)) hear(failsAt['benchmark']!(id))
    hear('s9: taken up, s9: install passed, s9: benchmark passed')
    for (const id of servers(4, 7)) hear(failsAt['benchmark']!(id))
    expect(brakes.tripped).toBeUndefined()
    hear(failsAt['benchmark']!('s8'))
    expect(brakes.tripped).toBe('5 servers in a row failed at benchmark: benchmark failed')
  })

  test('is suspected of each step for itself', () => {
    const { brakes, hear } = brakesOver()
    for (const id of servers(0, 3)) hear(failsAt['install']!(id))
    for (const id of servers(4, 7)) hear(failsAt['check']!(id))
    expect(brakes.tripped).toBeUndefined()
  })

  test.each(['MeasurementError', 'ProvisionerUnavailableError', 'RequestRefusedError', 'DefectError', 'UnknownServerError'])('is not suspected of what is not their own fault: %s', (type) => {
    const { brakes, hear } = brakesOver()
    for (const id of servers(0, 9)) hear(`${id}: taken up, ${id}: install failed ${type}`)
    expect(brakes.tripped).toBeUndefined()
  })

  test('is not suspected of servers that are stopped, or not ours, nor of marks that fail', () => {
    const { brakes, hear } = brakesOver({ budget: 30 })
    for (const id of servers(0, 5)) hear(`${id}: taken up, ${id}: install stopped`)
    for (const id of servers(6, 11)) hear(`${id}: taken up, ${id}: install not ours`)
    for (const id of servers(12, 17)) hear(`${id}: taken up, ${id}: install passed, ${id}: mark failed`)
    expect(brakes.tripped).toBeUndefined()
  })

  test('is never suspected if that is off', () => {
    const { brakes, hear, decide } = brakesOver({ maxAlike: 0, budget: 30 })
    for (const id of servers(0, 29)) hear(failsAt['install']!(id))
    expect([brakes.tripped, decide('s29')]).toEqual([undefined, { is: 'allowed' }])
  })

  test('is suspected of a single server if one is enough', () => {
    const { brakes, hear } = brakesOver({ maxAlike: 1 })
    hear(failsAt['install']!('s0'))
    expect(brakes.tripped).toBe('1 server failed at install: install failed')
  })
})

describe('a metric that no server reports', () => {
  const measured = (id: string): string => `${id}: taken up, ${id}: install passed, ${id}: benchmark passed`
  const message = 'no server reported disk.iops, which a threshold asks for: not one of the first 5'
  const thresholds: Threshold[] = [{ metric: 'score', min: 50 }, { metric: 'disk.iops', min: 1 }]

  test('is looked for in 5 servers, and then looks like one cause', () => {
    const { brakes, hear, trips, decide } = brakesOver({ thresholds })
    for (const id of servers(0, 3)) hear(measured(id))
    expect(brakes.tripped).toBeUndefined()
    hear('s4: taken up, s4: install passed, s4: benchmark failed')
    expect(brakes.tripped).toBeUndefined()
    hear(measured('s5'))
    expect([trips, decide('s4')]).toEqual([[`alike: ${message}`], { is: 'withheld', because: `withheld: ${message}` }])
  })

  test('is counted once a server, and across processes', () => {
    const { brakes, hear } = brakesOver({ thresholds, past: [...servers(0, 2).map(measured), 's2: destroy passed', measured('s2')].join(', ') })
    hear(measured('s3'))
    expect(brakes.tripped).toBeUndefined()
    hear(measured('s9'))
    expect(brakes.tripped).toBe(message)
  })

  test('is held against no server that is not asked for it, also after a resume', () => {
    const asked = (id: string): string => `${id}: taken up, ${id}: install passed R640, ${id}: benchmark passed`
    const rules: Threshold[] = [{ metric: 'score', min: 50 }, { metric: 'disk.iops', min: 1, where: { model: 'R640' } }]
    const { brakes, hear } = brakesOver({ thresholds: rules, past: servers(0, 4).map(asked).join(', ') })
    for (const id of servers(5, 9)) hear(measured(id))
    expect(brakes.tripped).toBeUndefined()
    hear(asked('s10'))
    expect(brakes.tripped).toBe(message)
  })

  test.each<[string, Threshold[]]>([
    ['was reported once', [{ metric: 'score', min: 50 }]],
    ['only a rule that warns asks for', [{ metric: 'disk.iops', min: 1, severity: 'warn' }]],
    ['no rule asks of these servers', [{ metric: 'disk.iops', min: 1, where: { model: 'R640' } }, { metric: 'score', min: 50 }]],
  ])('is no cause if it %s', (_what, rules) => {
    const { brakes, hear } = brakesOver({ thresholds: rules })
    for (const id of servers(0, 20)) hear(measured(id))
    expect(brakes.tripped).toBeUndefined()
  })

  test('is no cause if that is off', () => {
    const { brakes, hear } = brakesOver({ thresholds, maxAlike: 0 })
    for (const id of servers(0, 20)) hear(measured(id))
    expect(brakes.tripped).toBeUndefined()
  })
})

test('a measurement that is to be followed by another one is no failure in a row, and none that breaks the row', () => {
  const { brakes, hear } = brakesOver({ maxAlike: 2 })
  const missed = (id: string): string => `${id}: taken up, ${id}: install passed, ${id}: benchmark passed, ${id}: check missed`
  hear([...servers(0, 5).map(missed), 's0: benchmark passed, s0: check failed PerformanceError'].join(', '))
  expect(brakes.tripped).toBeUndefined()
  hear([...servers(6, 8).map(missed), 's7: benchmark passed, s7: check failed PerformanceError'].join(', '))
  expect(brakes.tripped).toBe('2 servers in a row failed at check: check failed')
})

describe('the provisioner is taken to be gone', () => {
  const ends = (id: string, type: string): string => `${id}: taken up, ${id}: install failed ${type}, ${id}: finished`
  const passes = (id: string): string => `${id}: taken up, ${id}: install passed, ${id}: benchmark passed, ${id}: check passed, ${id}: destroy passed, ${id}: finished`
  const all = (types: readonly string[]): string[] => types.map((type, n) => ends(`s${n}`, type))
  const [U, R, D] = ['ProvisionerUnavailableError', 'RequestRefusedError', 'DefectError']
  test.each<[string, string[], string | undefined]>([
    ['after 5 servers in a row without it', all([U, U, U, U, U]), `the provisioner is gone: 5 servers in a row ended by ${U}: install failed`],
    ['not after 4', all([U, U, U, U]), undefined],
    ['after 5 of several kinds', all([D, U, R, R, U]), `the provisioner is gone: 5 servers in a row ended by ${U}: install failed`],
    ['after 3 that were refused', all([R, R, R]), `the provisioner is gone: 3 servers in a row ended by ${R}: install failed`],
    ['not after 2 that were refused and one that was not', all([R, R, U]), undefined],
    ['after 3 refusals in a row behind others', all([U, R, R, R]), `the provisioner is gone: 3 servers in a row ended by ${R}: install failed`],
    ['after 5 defects', all([D, D, D, D, D]), `the provisioner is gone: 5 servers in a row ended by ${D}: install failed`],
    ['not if one has passed in between', [...all([U, U, U, U]), passes('s8'), ends('s9', U)], undefined],
    ['not if one has failed by its own fault in between', [...all([U, U, U, U]), ends('s8', 'ServerOperationError'), ends('s9', U)], undefined],
    ['though one was stopped in between', [...all([U, U, U, U]), 's8: taken up, s8: install stopped, s8: finished', ends('s9', U)], `the provisioner is gone: 5 servers in a row ended by ${U}: install failed`],
    [
      'after 5 that passed and could not be wiped for it',
      servers(0, 4).map((id) => `${id}: taken up, ${id}: install passed, ${id}: benchmark passed, ${id}: check passed, ${id}: destroy failed ${U}, ${id}: finished`),
      `the provisioner is gone: 5 servers in a row ended by ${U}: destroy failed`,
    ],
    ['not for servers that it does not know', all(['UnknownServerError', 'UnknownServerError', 'UnknownServerError', 'UnknownServerError', 'UnknownServerError']), undefined],
  ])('%s', (_what, stories, tripped) => {
    const { brakes, hear, trips } = brakesOver({ maxAlike: 0 })
    for (const story of stories) hear(story)
    expect([brakes.tripped, trips]).toEqual([tripped, tripped === undefined ? [] : [`unavailable: ${tripped}`]])
  })

  test('when its own check says so, and marks that are due are still made', () => {
    const { brakes, trips, decide } = brakesOver()
    brakes.provisionerGone('its check failed: RequestRefusedError: 401')
    expect([brakes.tripped, trips, decide('s0')]).toEqual(['the provisioner is gone: its check failed: RequestRefusedError: 401', ['unavailable: the provisioner is gone: its check failed: RequestRefusedError: 401'], { is: 'allowed' }])
  })
})

test('what trips first is told, once; a cause that is suspected later still withholds marks', () => {
  const { brakes, hear, trips, decide } = brakesOver({ maxAlike: 2 })
  brakes.provisionerGone('gone')
  hear(failsAt['install']!('s0'))
  hear(failsAt['install']!('s1'))
  expect([brakes.tripped, trips, decide('s1')]).toEqual(['the provisioner is gone: gone', ['unavailable: the provisioner is gone: gone'], { is: 'withheld', because: 'withheld: 2 servers in a row failed at install: install failed' }])
})
