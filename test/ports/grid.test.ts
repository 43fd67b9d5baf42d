import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pause } from '../../src/clients/pause.ts'
import { startsOnGrid } from '../../src/ports/grid.ts'
import type { VirtualClock } from '../fixtures/virtual-clock.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

const never = new AbortController().signal

/** When each start was, and how many were missed, if the work of each takes so long; in milliseconds from the first. */
async function startsOf(takes: readonly number[], everyMs: number, clock: VirtualClock): Promise<[at: number, missed: number][]> {
  const starts: [number, number][] = []
  const from = clock.elapsed()
  const work = async (): Promise<void> => {
    for await (const { missed } of startsOnGrid({ everyMs, clock, signal: never })) {
      starts.push([clock.elapsed() - from, missed])
      const ms = takes[starts.length - 1]
      if (ms === undefined) return
      await pause(ms, never, clock)
    }
  }
  await clock.run(work())
  return starts
}

test('work that is quick begins at every moment of the grid', async () => {
  expect(await startsOf([1, 14_999, 0], 15_000, virtualClock())).toEqual([[0, 0], [15_000, 0], [30_000, 0], [45_000, 0]])
})

test('work that takes longer than there is between two starts skips those that it missed', async () => {
  expect(await startsOf([15_001, 31_000, 1], 15_000, virtualClock())).toEqual([[0, 0], [30_000, 1], [75_000, 2], [90_000, 0]])
})

test('work that ends at the moment of a start does not miss it', async () => {
  expect(await startsOf([15_000, 30_000], 15_000, virtualClock())).toEqual([[0, 0], [15_000, 0], [45_000, 1]])
})

test('timers that are always late do not add up', async () => {
  const clock = virtualClock()
  const late = { ...clock, after: (ms: number, call: () => void) => clock.after(ms + 7, call) }
  expect(await startsOf(Array.from({ length: 100 }, () => 3), 1000, late)).toEqual([[0, 0], ...Array.from({ length: 100 }, (_, index) => [(index + 1) * 1000 + 7, 0])])
})

test('timers that are early begin nothing twice', async () => {
  const clock = virtualClock()
  const early = { ...clock, after: (ms: number, call: () => void) => clock.after(Math.max(0, ms - 0.4), call) }
  expect(await startsOf([0, 0, 0.1], 1000, early)).toEqual([[0, 0], [999.6, 0], [1999.6, 0], [2999.6, 0]])
})

test('a clock that is set to another time moves nothing', async () => {
  const clock = virtualClock()
  expect(await startsOf([1, 1], 1000, { ...clock, now: () => 0 })).toEqual([[0, 0], [1000, 0], [2000, 0]])
})

test('whatever the work takes, every start is on the grid, none is before the work of the last has ended, and none that was free is left out', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 10 }), fc.integer({ min: 1, max: 120 }), async (takes, everyMs) => {
      const starts = await startsOf(takes, everyMs, virtualClock())
      const expected: [number, number][] = [[0, 0]]
      for (const ms of takes) {
        const [last] = expected.at(-1)!
        let next = last + everyMs
        let missed = 0
        for (; next < last + ms; next += everyMs) missed++
        expected.push([next, missed])
      }
      expect(starts).toEqual(expected)
    }),
  )
})

test('an abort ends it while it waits, and leaves no timer', async () => {
  const clock = virtualClock()
  const stop = new AbortController()
  const starts = startsOnGrid({ everyMs: 1000, clock, signal: stop.signal })
  expect(await starts.next()).toEqual({ done: false, value: { missed: 0 } })
  const next = starts.next()
  await clock.advance(400)
  stop.abort()
  expect([await next, clock.elapsed(), clock.waiting()]).toEqual([{ done: true, value: undefined }, 400, 0])
})

test('after an abort nothing begins at all', async () => {
  expect(await startsOnGrid({ everyMs: 1000, clock: virtualClock(), signal: AbortSignal.abort() }).next()).toEqual({ done: true, value: undefined })
})
