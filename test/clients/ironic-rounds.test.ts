import { expect, test } from 'vitest'
import { pause } from '../../src/clients/pause.ts'
import type { Rounds } from '../../src/clients/ironic-rounds.ts'
import { createRounds } from '../../src/clients/ironic-rounds.ts'
import type { VirtualClock } from '../fixtures/virtual-clock.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

/** Rounds that take so long, and bring something new in the given turns; when each began, in seconds. */
function track(takesMs = 0, news: readonly number[] = []): { readonly clock: VirtualClock; readonly rounds: Rounds; readonly begun: number[] } {
  const clock = virtualClock()
  const begun: number[] = []
  const rounds = createRounds(clock, async () => {
    begun.push(clock.elapsed() / 1000)
    await pause(takesMs, new AbortController().signal, clock)
    return news.includes(begun.length)
  })
  return { clock, rounds, begun }
}

test('nobody is asked before somebody wants it, nor after all have left', async () => {
  const { clock, rounds, begun } = track()
  await clock.advance(5000)
  rounds.soon()
  await clock.advance(2500)
  rounds.rest()
  await clock.advance(60_000)
  expect([begun, clock.waiting()]).toEqual([[6], 0])
})

test('a round that brings nothing new doubles the wait up to 15 s, and one that does ends it', async () => {
  const { clock, rounds, begun } = track(0, [6])
  rounds.soon()
  await clock.advance(66_000)
  expect(begun).toEqual([1, 3, 7, 15, 30, 45, 46, 48, 52, 60])
})

test('whoever comes in a round is not put off by it: the next follows a second after', async () => {
  const { clock, rounds, begun } = track(5000)
  rounds.soon()
  await clock.advance(3000)
  expect(rounds.underWayMs()).toBe(2000)
  rounds.soon()
  await clock.advance(4500)
  expect([begun, rounds.underWayMs()]).toEqual([[1, 7], 500])
})

test('a round under way when all have left is the last', async () => {
  const { clock, rounds, begun } = track(5000)
  rounds.soon()
  await clock.advance(3000)
  rounds.rest()
  await clock.advance(60_000)
  expect([begun, rounds.underWayMs(), clock.waiting()]).toEqual([[1], 0, 0])
})
