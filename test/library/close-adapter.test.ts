import { expect, test } from 'vitest'
import { closeAdapter } from '../../src/library/close-adapter.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

test.each<[string, (() => Promise<void>) | undefined, readonly string[], number]>([
  ['has nothing to close', undefined, [], 0],
  ['closes', async () => {}, [], 0],
  ['fails', () => Promise.reject(new Error('busy')), ['benchmark mine could not be closed: busy'], 0],
  ['throws at once', () => { throw new Error('busy') }, ['benchmark mine could not be closed: busy'], 0],
  ['never ends is left alone', () => new Promise(() => {}), ['benchmark mine did not close within 10 s'], 10_000],
])('an adapter that %s', async (_what, close, problems, tookMs) => {
  const clock = virtualClock()
  const told: string[] = []
  await clock.run(closeAdapter('benchmark', { name: 'mine', ...(close && { close }) }, clock, (problem) => told.push(problem)))
  expect([told, clock.elapsed()]).toEqual([problems, tookMs])
})
