import { describe, expect, test } from 'vitest'
import { StepTimeoutError } from '../../src/model/fault.ts'
import { createStop } from '../../src/run/stop.ts'
import { startTimeLimit } from '../../src/run/time-limit.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

const deaf = (): Promise<never> => new Promise(() => {})

function set() {
  const clock = virtualClock()
  const stop = createStop()
  const limit = startTimeLimit({ limitMs: 1000, graceMs: 100, clock, stop })
  const after = (ms: number): Promise<string> => new Promise((resolve) => clock.after(ms, () => resolve(`after ${ms}`)))
  const stopAt = (ms: number): void => void clock.after(ms, () => stop.request({ text: 'the run was stopped by SIGTERM' }))
  return { clock, stop, limit, after, stopAt }
}

describe('work', () => {
  test('that is done in time is done, and nothing is left waiting', async () => {
    const { clock, limit, after } = set()
    const settled = await clock.run(limit.settle(after(999)))
    limit.end()
    expect({ settled, aborted: limit.signal.aborted, waiting: clock.waiting() }).toEqual({ settled: { is: 'done', value: 'after 999', aborted: undefined }, aborted: false, waiting: 0 })
  })

  test('that throws in time is thrown, whatever it throws', async () => {
    const { clock, limit } = set()
    expect(await clock.run(limit.settle(Promise.reject('no Error at all')))).toEqual({ is: 'thrown', error: 'no Error at all', aborted: undefined })
  })

  test('that runs out of time is aborted with the reason, and is left behind after the grace', async () => {
    const { clock, limit } = set()
    const settled = await clock.run(limit.settle(deaf()))
    expect({ settled, at: clock.elapsed(), reason: limit.signal.reason as unknown }).toEqual({ settled: { is: 'left behind', aborted: 'limit' }, at: 1100, reason: new StepTimeoutError('timed out after 1s') })
    expect(limit.aborted()).toBe('limit')
  })

  test('that settles within the grace has settled, and is known to be late', async () => {
    const { clock, limit, after } = set()
    expect([await clock.run(limit.settle(after(1050))), clock.elapsed()]).toEqual([{ is: 'done', value: 'after 1050', aborted: 'limit' }, 1050])
  })

  test('that is stopped is aborted as others abort, and is left behind after the grace', async () => {
    const { clock, limit, stopAt } = set()
    stopAt(300)
    const settled = await clock.run(limit.settle(deaf()))
    const reason = limit.signal.reason as Error
    expect({ settled, at: clock.elapsed(), name: reason.name, message: reason.message }).toEqual({ settled: { is: 'left behind', aborted: 'stop' }, at: 400, name: 'AbortError', message: 'the run was stopped by SIGTERM' })
  })

  test('that hears its signal is not waited for any longer', async () => {
    const { clock, limit, stopAt } = set()
    stopAt(300)
    const work = new Promise((_, reject) => limit.signal.addEventListener('abort', () => reject(limit.signal.reason as Error)))
    expect([await clock.run(limit.settle(work)), clock.elapsed()]).toEqual([{ is: 'thrown', error: limit.signal.reason as unknown, aborted: 'stop' }, 300])
  })

  test('is aborted by what comes first: a stop after the limit changes nothing, nor the limit after a stop', async () => {
    const late = set()
    late.stopAt(1050)
    expect(await late.clock.run(late.limit.settle(deaf()))).toEqual({ is: 'left behind', aborted: 'limit' })
    const early = set()
    early.stopAt(950)
    expect([await early.clock.run(early.limit.settle(deaf())), early.clock.elapsed()]).toEqual([{ is: 'left behind', aborted: 'stop' }, 1050])
  })

  test('that begins after the abort has only the grace', async () => {
    const { clock, limit, stop } = set()
    stop.request({ text: 'stopped' })
    expect([await clock.run(limit.settle(deaf())), clock.elapsed()]).toEqual([{ is: 'left behind', aborted: 'stop' }, 100])
  })

  test('that hears no stop goes on', async () => {
    const clock = virtualClock()
    const limit = startTimeLimit({ limitMs: 1000, graceMs: 100, clock })
    expect([await clock.run(limit.settle(deaf())), clock.elapsed()]).toEqual([{ is: 'left behind', aborted: 'limit' }, 1100])
  })
})

describe('a pause', () => {
  test('takes its time, and leaves nothing waiting', async () => {
    const { clock, limit } = set()
    await clock.run(limit.pause(400))
    limit.end()
    expect([clock.elapsed(), clock.waiting(), limit.aborted()]).toEqual([400, 0, undefined])
  })

  test('is cut short by the limit, and by a stop', async () => {
    const limited = set()
    await limited.clock.run(limited.limit.pause(5000))
    const stopped = set()
    stopped.stopAt(200)
    await stopped.clock.run(stopped.limit.pause(5000))
    expect([limited, stopped].map(({ clock, limit }) => [clock.elapsed(), limit.aborted()])).toEqual([[1000, 'limit'], [200, 'stop']])
  })

  test('is none once the signal has aborted', async () => {
    const { clock, limit, stop } = set()
    stop.request({ text: 'stopped' })
    await clock.run(limit.pause(5000))
    expect(clock.elapsed()).toBe(0)
  })
})
