import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { openSchedule } from '../../src/reporters/report-schedule.ts'
import type { Schedule } from '../../src/reporters/report-schedule.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'
import type { VirtualClock } from '../fixtures/virtual-clock.ts'

interface Write {
  readonly from: number
  to?: number
  readonly durable: boolean
}

/** A schedule whose writes take the times given, in turn. */
function scheduled(...times: number[]): { clock: VirtualClock; schedule: Schedule; writes: Write[] } {
  const clock = virtualClock()
  const writes: Write[] = []
  const write = async (durable: boolean): Promise<void> => {
    const one: Write = { from: clock.elapsed(), durable }
    writes.push(one)
    await new Promise<void>((resolve) => clock.after(times[(writes.length - 1) % times.length] ?? 0, resolve))
    one.to = clock.elapsed()
  }
  return { clock, writes, schedule: openSchedule(write, clock) }
}

test('after a write the next one waits nineteen times as long, and a second at least', async () => {
  const { clock, schedule, writes } = scheduled(200, 10)
  for (let k = 0; k < 100; k++) {
    schedule.soon()
    await clock.advance(100)
  }
  expect(writes).toEqual([
    { from: 0, to: 200, durable: false },
    { from: 4000, to: 4010, durable: false },
    { from: 5010, to: 5210, durable: false },
    { from: 9010, to: 9020, durable: false },
  ])
})

test('nothing is written while nothing changes', async () => {
  const { clock, schedule, writes } = scheduled(10)
  schedule.soon()
  await clock.advance(1_000_000)
  expect(writes).toHaveLength(1)
  expect(clock.waiting()).toBe(0)
})

test('what is asked for now does not wait for its time, and comes once more if it is asked for during a write', async () => {
  const { clock, schedule, writes } = scheduled(200)
  schedule.now()
  await clock.advance(100)
  schedule.soon()
  schedule.now()
  schedule.soon()
  await clock.advance(1_000)
  schedule.now()
  await clock.advance(100_000)
  expect(writes.map(({ from, durable }) => [from, durable])).toEqual([[0, true], [200, true], [1100, true]])
})

test('a change during a write is written when it is time', async () => {
  const { clock, schedule, writes } = scheduled(100)
  schedule.soon()
  await clock.advance(50)
  schedule.soon()
  await clock.advance(100_000)
  expect(writes.map(({ from }) => from)).toEqual([0, 2000])
})

test('a flush has written what was known when it was asked for', async () => {
  const { clock, schedule, writes } = scheduled(100)
  schedule.soon()
  await clock.advance(50)
  await clock.run(schedule.flush())
  expect(writes).toEqual([{ from: 0, to: 100, durable: false }, { from: 100, to: 200, durable: true }])
  expect(clock.waiting()).toBe(0)
})

test('once closed, nothing is written and no timer is left', async () => {
  const { clock, schedule, writes } = scheduled(100)
  schedule.now()
  await clock.advance(50)
  schedule.soon()
  await clock.run(schedule.close())
  expect(writes).toEqual([{ from: 0, to: 100, durable: true }])
  schedule.soon()
  schedule.now()
  await clock.run(schedule.flush())
  expect(writes).toHaveLength(1)
  expect(clock.waiting()).toBe(0)
})

test('closing calls off what was due', async () => {
  const { clock, schedule, writes } = scheduled(1)
  schedule.soon()
  await clock.run(schedule.close())
  expect([writes.length, clock.waiting()]).toEqual([0, 0])
})

test('whatever is asked for and whenever, no two writes overlap, those that are due take a twentieth of the time, and none is forgotten', async () => {
  const ask = fc.record({ after: fc.nat(3000), how: fc.constantFrom<'soon' | 'now' | 'flush'>('soon', 'soon', 'soon', 'now', 'flush') })
  await fc.assert(
    fc.asyncProperty(fc.array(ask, { maxLength: 20 }), fc.array(fc.nat(400), { minLength: 1, maxLength: 5 }), async (asks, times) => {
      const { clock, schedule, writes } = scheduled(...times)
      let last = 0
      for (const { after, how } of asks) {
        await clock.advance(after)
        last = clock.elapsed()
        void schedule[how]()
      }
      await clock.advance(1_000_000)
      for (const [index, { from, durable }] of writes.entries()) {
        const { from: began = -Infinity, to: ended = -Infinity } = writes[index - 1] ?? {}
        expect(from).toBeGreaterThanOrEqual(durable ? ended : ended + Math.max(1000, index === 0 ? 0 : 19 * (ended - began)))
      }
      expect(asks.length === 0 || (writes.at(-1)?.from ?? -1) >= last).toBe(true)
      expect(clock.waiting()).toBe(0)
    }),
    { numRuns: 50 },
  )
})
