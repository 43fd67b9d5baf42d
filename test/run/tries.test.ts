import { describe, expect, test } from 'vitest'
import { MeasurementError, ProvisionerUnavailableError, ServerOperationError } from '../../src/model/fault.ts'
import { createOutage } from '../../src/run/outage.ts'
import { createStop } from '../../src/run/stop.ts'
import type { TriesOptions, Try } from '../../src/run/tries.ts'
import { carryOutTries } from '../../src/run/tries.ts'
import type { VirtualClock } from '../fixtures/virtual-clock.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

const minute = 60_000
const retryable = (): never => {
  throw new ServerOperationError('PXE boot timed out', { retryable: true })
}
const awayWith = (options: ConstructorParameters<typeof ProvisionerUnavailableError>[1]): never => {
  throw new ProvisionerUnavailableError('no answer', options)
}
const away = (): never => awayWith({})
const unavailable = { type: 'ProvisionerUnavailableError', message: 'no answer' }

interface Tried extends Partial<TriesOptions> {
  readonly stopAt?: number
  /** Each call's behaviour in turn; the last one's for all further calls. */
  readonly calls: readonly ((attempt: Try, clock: VirtualClock) => unknown)[]
}

/** Carries a step out in virtual time: how it ended and when, when it was called and as which try, and what was told of the waits. */
async function tried({ calls, stopAt, ...options }: Tried) {
  const clock = virtualClock()
  const stop = createStop()
  const called: (readonly [at: number, attempt: number])[] = []
  const delays: number[] = []
  if (stopAt !== undefined) clock.after(stopAt, () => stop.request({ text: 'stopped' }))
  const ended = await clock.run(
    carryOutTries(
      {
        limitMs: 60 * minute, graceMs: 10_000, clock, stop, retries: 2, maxOutageMs: 5 * minute, outage: createOutage(), random: () => 0.5, ...options,
        onRetry: async (retry) => {
          delays.push(retry.delayMs)
          await options.onRetry?.(retry)
        },
      },
      // Not async: an adapter may throw before it has answered with a promise.
      (attempt) => {
        called.push([clock.elapsed(), attempt.attempt])
        return calls[Math.min(called.length, calls.length) - 1]!(attempt, clock) as Promise<unknown>
      },
    ),
  )
  const told = ended.is === 'failed' ? { ...ended, classified: undefined, failure: { ...ended.classified.failure, stack: undefined } } : ended
  return { ended: JSON.parse(JSON.stringify(told)) as unknown, at: clock.elapsed(), called, delays, waiting: clock.waiting() }
}

const done = async (): Promise<string> => 'done'
const deaf = (): Promise<never> => new Promise(() => {})
const after = (ms: number, end: () => unknown) => (_attempt: Try, clock: VirtualClock) => new Promise((resolve) => clock.after(ms, () => resolve(undefined))).then(end)

describe('a retryable error of the server', () => {
  test('is tried again after 1 and 2 s, and then it has failed', async () => {
    expect(await tried({ calls: [retryable] })).toEqual({
      ended: { is: 'failed', failure: { type: 'ServerOperationError', message: 'PXE boot timed out' }, attempts: 3 },
      at: 3000,
      called: [[0, 1], [1000, 2], [3000, 3]],
      delays: [1000, 2000],
      waiting: 0,
    })
  })

  test('is tried again after 1, 2, 4, 8, 16, 30 and 30 s, if there are so many retries', async () => {
    expect((await tried({ calls: [retryable], retries: 7 })).delays).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  })

  test('is tried again a quarter sooner or later, so that many do not come at once', async () => {
    const delays = await Promise.all([0, 0.5, 1].map(async (random) => (await tried({ calls: [retryable], random: () => random })).delays))
    expect(delays).toEqual([[750, 1500], [1000, 2000], [1250, 2500]])
  })

  test('is forgotten when the next try passes', async () => {
    expect(await tried({ calls: [retryable, done] })).toMatchObject({ ended: { is: 'done', value: 'done', attempts: 2 }, at: 1000 })
  })

  test('is not tried again if there are no retries', async () => {
    expect(await tried({ calls: [retryable], retries: 0 })).toMatchObject({ ended: { is: 'failed', attempts: 1 }, delays: [] })
  })

  test('counts its retries through an outage in between', async () => {
    expect(await tried({ calls: [retryable, away, retryable, done], retries: 2 })).toMatchObject({ ended: { is: 'done', attempts: 4 }, delays: [1000, 1000, 2000] })
  })
})

describe('any other error', () => {
  test.each([
    ['a plain error', new Error('disk not found'), 'ServerOperationError'],
    ['a measurement', new MeasurementError('no number', { retryable: true }), 'MeasurementError'],
    ['a defect', new TypeError('x is not a function'), 'DefectError'],
  ])('is not tried again: %s', async (_what, error, type) => {
    const thrower = (): never => {
      throw error
    }
    expect(await tried({ calls: [thrower, done] })).toEqual({ ended: { is: 'failed', failure: { type, message: error.message }, attempts: 1 }, at: 0, called: [[0, 1]], delays: [], waiting: 0 })
  })

  test('thrown before there is a promise is as one that is rejected', async () => {
    const sync = await tried({ calls: [retryable, done] })
    const rejected = await tried({ calls: [async () => retryable(), done] })
    expect(sync).toEqual(rejected)
  })
})

describe('while the provisioner is away a step', () => {
  test('keeps trying, backing off to 30 s, and gives up when the outage has lasted for max-outage', async () => {
    expect(await tried({ calls: [away], maxOutageMs: 2 * minute })).toEqual({
      ended: { is: 'failed', failure: unavailable, attempts: 9 },
      at: 2 * minute,
      called: [[0, 1], [1000, 2], [3000, 3], [7000, 4], [15_000, 5], [31_000, 6], [61_000, 7], [91_000, 8], [120_000, 9]],
      delays: [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 29_000],
      waiting: 0,
    })
  })

  test('passes when it is back at last', async () => {
    expect(await tried({ calls: [away, away, done] })).toMatchObject({ ended: { is: 'done', value: 'done', attempts: 3 }, at: 3000 })
  })

  test('gives up at once if max-outage is nothing', async () => {
    expect(await tried({ calls: [away], maxOutageMs: 0 })).toMatchObject({ ended: { is: 'failed', failure: unavailable, attempts: 1 }, at: 0 })
  })

  test('does not spend its retries', async () => {
    expect(await tried({ calls: [away, away, away, away, done], retries: 0 })).toMatchObject({ ended: { is: 'done', attempts: 5 } })
  })

  test('counts the outage anew after an answer in between', async () => {
    const { ended, at } = await tried({ calls: [away, away, away, retryable, away], maxOutageMs: 10_000 })
    expect({ ended, at }).toMatchObject({ ended: { failure: unavailable }, at: 7000 + 1000 + 10_000 })
  })

  test('counts the outage anew after a try that went on for so long that it must have been answered', async () => {
    const lost = after(20 * minute, away)
    const { ended, called } = await tried({ calls: [away, lost, lost, done] })
    expect({ ended, called }).toEqual({ ended: { is: 'done', value: 'done', attempts: 4 }, called: [[0, 1], [1000, 2], [20 * minute + 2000, 3], [40 * minute + 3000, 4]] })
  })

  test('waits as long as the provisioner asks, but not beyond max-outage', async () => {
    const { delays } = await tried({ calls: [() => awayWith({ retryAfterMs: 45_000 }), () => awayWith({ retryAfterMs: 10 }), () => awayWith({ retryAfterMs: 3_600_000 })] })
    expect(delays).toEqual([45_000, 2000, 5 * minute - 47_000])
  })

  test('does not count busy answers as tries', async () => {
    const busy = (): never => awayWith({ busy: true, retryAfterMs: 5000 })
    expect(await tried({ calls: [busy, busy, retryable, busy, done] })).toMatchObject({ ended: { is: 'done', attempts: 2 }, called: [[0, 1], [5000, 1], [10_000, 1], [11_000, 2], [16_000, 2]] })
  })

  test('ends by the outage, not by its time limit, if that runs out meanwhile', async () => {
    const inPause = await tried({ calls: [away], limitMs: 10_000 })
    const inTry = await tried({ calls: [away, deaf], limitMs: 10_000 })
    expect([inPause, inTry].map(({ ended, at }) => ({ ended, at }))).toEqual([
      { ended: { is: 'failed', failure: unavailable, attempts: 4 }, at: 10_000 },
      { ended: { is: 'failed', failure: unavailable, attempts: 2 }, at: 20_000 },
    ])
  })
})

describe('a step whose time runs out', () => {
  test('has timed out if the provisioner was answering', async () => {
    expect(await tried({ calls: [deaf] })).toMatchObject({ ended: { is: 'failed', failure: { type: 'StepTimeoutError', message: 'timed out after 1h' }, attempts: 1 }, at: 60 * minute + 10_000 })
  })

  test('has timed out, whatever it says when it is aborted', async () => {
    const whenAborted = (end: (signal: AbortSignal) => unknown) => ({ signal }: Try) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(end(signal))))
    const says = [(signal: AbortSignal) => signal.reason as unknown, () => Object.assign(new Error('aborted'), { name: 'AbortError' }), () => new Error('killed'), () => 'a text', () => new TypeError('terminated')]
    const ends = await Promise.all(says.map(async (end) => (await tried({ calls: [whenAborted(end)] })).ended))
    expect(ends).toEqual(says.map(() => ({ is: 'failed', failure: { type: 'StepTimeoutError', message: 'timed out after 1h' }, attempts: 1 })))
  })

  test('has timed out though it passes within the grace', async () => {
    expect(await tried({ calls: [after(60 * minute + 5000, () => 'late')] })).toMatchObject({ ended: { is: 'failed', failure: { type: 'StepTimeoutError' } }, at: 60 * minute + 5000 })
  })

  test("ends by the provisioner's absence if that is what it says when it is aborted", async () => {
    expect(await tried({ calls: [after(60 * minute + 5000, away)] })).toMatchObject({ ended: { is: 'failed', failure: unavailable } })
    const refused = after(60 * minute + 5000, () => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    })
    expect(await tried({ calls: [refused] })).toMatchObject({ ended: { is: 'failed', failure: { type: 'ProvisionerUnavailableError', message: 'connect ECONNREFUSED' } } })
  })

  test('has timed out after a retryable error too: all tries share one limit', async () => {
    const slow = after(25 * minute, retryable)
    expect(await tried({ calls: [slow], retries: 9 })).toMatchObject({ ended: { failure: { type: 'StepTimeoutError' }, attempts: 3 }, at: 60 * minute + 10_000 })
    expect(await tried({ calls: [retryable], limitMs: 2500 })).toMatchObject({ ended: { failure: { type: 'StepTimeoutError', message: 'timed out after 2500ms' } }, at: 2500 })
  })
})

describe('a step that is stopped', () => {
  test.each<[string, Tried, object]>([
    ['during a try', { calls: [deaf], stopAt: 4000 }, { ended: { is: 'stopped', attempts: 1 }, at: 14_000 }],
    ['during a try that passes within the grace', { calls: [after(5000, () => 'late')], stopAt: 4000 }, { ended: { is: 'stopped', attempts: 1 }, at: 5000 }],
    ['during a try that fails within the grace', { calls: [after(5000, retryable)], stopAt: 4000 }, { ended: { is: 'stopped', attempts: 1 }, at: 5000 }],
    ['during the wait for the next try', { calls: [retryable], stopAt: 500 }, { ended: { is: 'stopped', attempts: 1 }, at: 500 }],
    ['during an outage', { calls: [away], stopAt: 10_000 }, { ended: { is: 'stopped', attempts: 4 }, at: 10_000 }],
    ['before its first try', { calls: [done], stop: stoppedAlready() }, { ended: { is: 'stopped', attempts: 0 }, called: [] }],
  ])('says nothing of the server: %s', async (_what, options, expected) => {
    expect(await tried(options)).toMatchObject({ ...expected, waiting: 0 })
  })

  test('while its failure is being journalled is not tried again', async () => {
    const stop = createStop()
    const { ended, called } = await tried({ calls: [retryable, done], stop, onRetry: async () => stop.request({ text: 'stopped' }) })
    expect({ ended, called }).toEqual({ ended: { is: 'stopped', attempts: 1 }, called: [[0, 1]] })
  })
})

function stoppedAlready() {
  const stop = createStop()
  stop.request({ text: 'stopped' })
  return stop
}

describe('no new server is started', () => {
  /** When the gate was open, asked every 10 s. */
  async function gate(calls: Tried['calls'], asked: readonly number[]): Promise<boolean[]> {
    const clock = virtualClock()
    const outage = createOutage()
    const open: boolean[] = []
    for (const at of asked) {
      clock.after(at, () => {
        let isOpen = false
        const answer = open.push(false) - 1
        void outage.over().then(() => (isOpen = true))
        setImmediate(() => (open[answer] = isOpen))
      })
    }
    let called = 0
    const options = { limitMs: 60 * minute, graceMs: 10_000, clock, retries: 2, maxOutageMs: 5 * minute, outage, random: () => 0.5, onRetry: async () => {} }
    await clock.run(carryOutTries(options, (attempt) => calls[Math.min(++called, calls.length) - 1]!(attempt, clock) as Promise<unknown>))
    await clock.advance(60 * minute)
    return open
  }

  test('while a step is in an outage, and the first minute of the try that follows', async () => {
    expect(await gate([away, after(30 * minute, done)], [500, 2000, 60_500, 61_500, 20 * minute])).toEqual([false, false, false, true, true])
  })

  test('until an outage is over, however it ends', async () => {
    expect(await gate([away, done], [500, 1500])).toEqual([false, true])
    expect(await gate([away, retryable, deaf], [500, 1500])).toEqual([false, true])
    expect(await gate([away], [4 * minute, 5 * minute + 1])).toEqual([false, true])
    expect(await gate([away, after(10_000, away), after(30 * minute, done)], [500, 5000, 12_500])).toEqual([false, false, false])
  })

  test('while a try that asked for it is under way, however often it asked', async () => {
    const holding = (ms: number, end: () => unknown) => (attempt: Try, clock: VirtualClock) => {
      attempt.holdStarts()
      attempt.holdStarts()
      return after(ms, end)(attempt, clock)
    }
    expect(await gate([holding(8000, done)], [500, 7500, 8500])).toEqual([false, false, true])
    expect(await gate([holding(8000, retryable), after(10_000, done)], [500, 7500, 8500])).toEqual([false, false, true])
  })

  test('not even for a moment between a try that asked for it and the outage that follows', async () => {
    const clock = virtualClock()
    const outage = createOutage()
    let startedAt: number | undefined
    const holding = ({ holdStarts }: Try): Promise<unknown> => {
      holdStarts()
      void outage.over().then(() => (startedAt = clock.elapsed()))
      return after(8000, away)({} as Try, clock)
    }
    const options = { limitMs: 60 * minute, graceMs: 10_000, clock, retries: 2, maxOutageMs: 5 * minute, outage, random: () => 0.5, onRetry: async () => {} }
    let called = 0
    await clock.run(carryOutTries(options, (attempt) => (++called === 1 ? holding(attempt) : done())))
    expect({ startedAt, called }).toEqual({ startedAt: 9000, called: 2 })
  })

  test('no longer than until the run is being ended, and not for a step that was left behind', async () => {
    const clock = virtualClock()
    const outage = createOutage()
    const stop = createStop()
    let late = (): void => {}
    const options = { limitMs: 60 * minute, graceMs: 10_000, clock, stop, retries: 2, maxOutageMs: 5 * minute, outage, random: () => 0.5, onRetry: async () => {} }
    clock.after(4000, () => stop.request({ text: 'stopped' }))
    await clock.run(carryOutTries(options, ({ holdStarts }) => {
      holdStarts()
      late = holdStarts
      return deaf()
    }))
    late()
    await outage.over()
    expect(clock.elapsed()).toBe(14_000)
  })
})
