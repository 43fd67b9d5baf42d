import { afterEach, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/model/clock.ts'

afterEach(() => void vi.useRealTimers())

const dayMs = 86_400_000

test('a timer of 60 days fires after 60 days and not at once', () => {
  vi.useFakeTimers()
  const fired = vi.fn()
  systemClock.after(60 * dayMs, fired)
  vi.advanceTimersByTime(60 * dayMs - 1)
  expect(fired).toHaveBeenCalledTimes(0)
  vi.advanceTimersByTime(1)
  expect(fired).toHaveBeenCalledTimes(1)
})

test('a timer that is called off does not fire, also after its first 24 days', () => {
  vi.useFakeTimers()
  const fired = vi.fn()
  const cancel = systemClock.after(60 * dayMs, fired)
  vi.advanceTimersByTime(30 * dayMs)
  cancel()
  vi.advanceTimersByTime(60 * dayMs)
  expect(fired).toHaveBeenCalledTimes(0)
})

test('a timer of less than nothing fires at once', () => {
  vi.useFakeTimers()
  const fired = vi.fn()
  systemClock.after(-5, fired)
  vi.advanceTimersByTime(0)
  expect(fired).toHaveBeenCalledTimes(1)
})

test('it is now, and durations do not go back', () => {
  const before = systemClock.elapsed()
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000)
  expect(systemClock.elapsed()).toBeGreaterThanOrEqual(before)
})
