import { describe, expect, test } from 'vitest'
import type { GetAnswer } from '../../src/clients/gets.ts'
import type { Calls } from '../../src/inventory/http-call.ts'
import { createCalls } from '../../src/inventory/http-call.ts'
import { ProvisionerUnavailableError } from '../../src/model/fault.ts'
import type { VirtualClock } from '../fixtures/virtual-clock.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

const here = { origin: 'http://fleet', path: '/servers/1?key=hunter2' }
const answer = (status: number, retryAfterMs?: number): GetAnswer => ({ status, contentType: '', text: '', isCut: false, ...(retryAfterMs !== undefined && { retryAfterMs }) })

interface Trial {
  readonly calls: Calls
  readonly clock: VirtualClock
  /** When each GET was sent. */
  readonly sentAt: number[]
  readonly stop: AbortController
}

/** What is asked answers in turn, the last again and again; each answer takes its time. */
function trial(answers: readonly (GetAnswer | Error)[], { retries = 4, takesMs = 0, random = 1 } = {}): Trial {
  const clock = virtualClock()
  const sentAt: number[] = []
  const stop = new AbortController()
  const get = async (): Promise<GetAnswer> => {
    const next = answers[Math.min(sentAt.length, answers.length - 1)]!
    sentAt.push(clock.elapsed())
    await new Promise<void>((resolve) => clock.after(takesMs, resolve))
    if (next instanceof Error) throw next
    return next
  }
  const calls = createCalls({ gets: { get }, headers: {}, origins: new Set(['http://fleet']), retries, clock, signal: stop.signal, random: () => random, hide: (text) => text, log: () => {} })
  return { calls, clock, sentAt, stop }
}

const ending = ({ calls, clock }: Trial): Promise<string> => clock.run(calls.call(here, 1000).then(({ answer: { status } }) => `answered ${status}`, (error: Error) => `${error.name}: ${error.message}`))
const away = new ProvisionerUnavailableError('GET /servers/1: http://fleet did not answer: ECONNREFUSED')

describe('a call that meets trouble', () => {
  test('is tried again, each time after a longer wait, and no oftener than it may', async () => {
    const one = trial([away])
    expect(await ending(one)).toBe('ProvisionerUnavailableError: GET /servers/1: http://fleet did not answer: ECONNREFUSED (tried 5 times)')
    expect(one.sentAt).toEqual([0, 250, 750, 1750, 3750])
  })

  test('waits half as long if chance has it so, and never as long as 10 s', async () => {
    const one = trial([away], { random: 0, retries: 8 })
    await ending(one)
    expect(one.sentAt.map((at, index) => at - (one.sentAt[index - 1] ?? 0))).toEqual([0, 125, 250, 500, 1000, 2000, 4000, 4000, 4000])
  })

  test('waits as long as the service asks it to', async () => {
    const one = trial([answer(503, 7000), answer(200)])
    expect([await ending(one), one.sentAt]).toEqual(['answered 200', [0, 7000]])
  })

  test('does not wait for a service that asks it to come back in an hour', async () => {
    const one = trial([answer(503, 3_600_000)])
    expect([await ending(one), one.sentAt]).toEqual(['ProvisionerUnavailableError: GET http://fleet/servers/1: 503 Service Unavailable (asks to come back in 1h, which is too long)', [0]])
  })

  test('is not given up for being limited in its rate, but for a minute of it', async () => {
    const patient = trial([...Array.from({ length: 20 }, () => answer(429, 1000)), answer(200)], { retries: 0 })
    const hopeless = trial([answer(429, 1000)])
    expect(await ending(patient)).toBe('answered 200')
    expect(await ending(hopeless)).toBe('ProvisionerUnavailableError: GET http://fleet/servers/1: 429 Too Many Requests (it would take longer than 1m)')
    expect(hopeless.sentAt.at(-1)).toBeLessThanOrEqual(60_000)
  })

  test('that takes its whole limit each time is not tried for longer than a minute', async () => {
    const one = trial([new ProvisionerUnavailableError('silence')], { takesMs: 30_000, retries: 20 })
    expect([await ending(one), one.sentAt]).toEqual(['ProvisionerUnavailableError: silence (it would take longer than 1m)', [0, 30_250]])
  })

  test('waits no more once the signal aborts', async () => {
    const one = trial([answer(503, 30_000)])
    one.clock.after(1000, () => one.stop.abort(new Error('stopped')))
    expect([await ending(one), one.clock.elapsed()]).toEqual(['Error: stopped', 1000])
  })
})

test.each([[400, 1], [401, 1], [404, 1], [204, 1]])('an answer of %i is one, and nothing is asked again', async (status, times) => {
  const one = trial([answer(status)])
  expect([await ending(one), one.sentAt.length]).toEqual([`answered ${status}`, times])
})

test.each([301, 302, 303, 307, 308])('a redirect by %i that does not say where to is told as that, and nothing is asked again', async (status) => {
  const one = trial([answer(status)])
  expect([await ending(one), one.sentAt.length]).toEqual([`RequestRefusedError: GET http://fleet/servers/1: ${status}: is redirected, but not told where to: the header Location is missing`, 1])
})

test('a service is out once it has not answered for a minute, until it does', async () => {
  const { calls, clock } = trial([answer(200), away, away, away, away, answer(200)], { retries: 0, takesMs: 20_000 })
  const outages: boolean[] = []
  for (let turn = 0; turn < 6; turn++) {
    await clock.run(calls.call(here, 1000).catch(() => {}))
    outages.push(calls.outage() !== undefined)
  }
  expect(outages).toEqual([false, false, false, false, true, false])
})

test.each<[string, string]>([
  ['http://fleet/', 'GET https://fleet/servers/1: is redirected from https to http (http://fleet), which is not followed'],
  ['//user@[', 'GET https://fleet/servers/1: is redirected to what is no address'],
])('from https to %s no redirect leads', async (location, problem) => {
  const { calls, clock } = trial([{ ...answer(302), location }])
  const asked = calls.call({ origin: 'https://fleet', path: '/servers/1' }, 1000).catch((error: Error) => error.message)
  expect(await clock.run(asked)).toBe(problem)
})
