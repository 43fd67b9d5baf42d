import { expect, test } from 'vitest'
import type { Fact } from '../../src/model/event.ts'
import type { Progress } from '../../src/reporters/progress.ts'
import { trackProgress } from '../../src/reporters/progress.ts'
import { renderProgressLine } from '../../src/reporters/progress-line.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'
import { failedBy, fallen, id, liveRun, passed, passing, planOf, slow, started, step } from './report-run.ts'

function follow(servers: readonly number[], concurrency = 2, expectedMs?: number[]) {
  const clock = virtualClock()
  const { watch, now } = trackProgress(clock)
  const { record } = liveRun(planOf(servers, { concurrency, ...(expectedMs && { expectedMs }) }), (event, fold) => watch(event, fold.state))
  return { clock, now, record: (facts: readonly Fact[]) => facts.forEach(record) }
}

const begun = (server: number, worker: string): Fact => ({ type: 'server.started', server: id(server), worker, turn: 1, kept: [] })

test('before anything is heard there is nothing', () => {
  expect(trackProgress(virtualClock()).now()).toEqual<Progress>({ total: 0, done: { passed: 0, failed: 0, skipped: 0 }, waiting: 0, underWay: [], elapsedMs: 0, leftMs: undefined })
})

test('it knows who is under way, in which step and for how long', async () => {
  const { clock, now, record } = follow([104, 105, 106, 107])
  record([...slow(id(104)), begun(105, 'worker-02')])
  await clock.advance(1000)
  record([begun(106, 'worker-01'), ...step(id(106), 'install', passed).slice(0, 1)])
  await clock.advance(2000)
  expect(now()).toEqual<Progress>({
    total: 4,
    done: { passed: 0, failed: 1, skipped: 0 },
    waiting: 1,
    underWay: [
      { worker: 'worker-02', server: id(105), step: undefined, forMs: 3000 },
      { worker: 'worker-01', server: id(106), step: 'install', forMs: 2000 },
    ],
    elapsedMs: 3000,
    leftMs: 0,
  })
})

test('where past runs tell how long servers take, the rest is told by that, and from the start', async () => {
  const { clock, now, record } = follow([1, 2, 3, 4], 2, [50_000, 10_000, 20_000, 30_000])
  const [first, ...rest] = passing(id(2))
  record([begun(1, 'worker-01'), first!])
  expect(now().leftMs).toBe((50_000 + 10_000 + 20_000 + 30_000) / 2)
  await clock.advance(12_000)
  // 2 takes longer than it should; 1 has 38 s left.
  expect(now().leftMs).toBe((38_000 + 0 + 20_000 + 30_000) / 2)
  record([...rest, ...passing(id(3)), ...passing(id(4))])
  // The last server goes on by itself.
  expect(now().leftMs).toBe(38_000)
})

test('the rest is told from the mean time of those that have finished and how many run at once', async () => {
  const { clock, now, record } = follow([1, 2, 3, 4, 5, 6])
  const [first, ...rest] = passing(id(1))
  record([first!, begun(2, 'worker-02')])
  await clock.advance(60_000)
  expect(now().leftMs).toBeUndefined()
  record([...rest, begun(3, 'worker-01')])
  await clock.advance(20_000)
  // Four wait or are under way for a minute each; 2 is over the mean already, 3 has 40 s left, 4 to 6 have a minute each.
  expect(now().leftMs).toBe((3 * 60_000 + 40_000) / 2)
})

test('a server that was skipped says nothing of how long the others take', async () => {
  const { clock, now, record } = follow([1, 2, 3])
  record(fallen(id(1), failedBy('ServerNotOursError', 'in use')))
  await clock.advance(1000)
  expect(now()).toMatchObject({ done: { passed: 0, failed: 0, skipped: 1 }, leftMs: undefined })
})

test('when no more servers are started, nothing is said of the rest', () => {
  const { now, record } = follow([1, 2, 3])
  record([...passing(id(1)), { type: 'run.stopping', because: 'signal', signal: 'SIGTERM' }])
  expect(now().leftMs).toBeUndefined()
})

test('a resumed run counts as done what it leaves alone, and as waiting what it takes up again', () => {
  const clock = virtualClock()
  const { watch, now } = trackProgress(clock)
  let isResumed = false
  const { record } = liveRun(planOf([1, 2, 3, 4]), (event, fold) => {
    if (event.type === 'run.resumed') isResumed = true
    if (isResumed) watch(event, fold.state)
  })
  const before: Fact[] = [...passing(id(1)), ...slow(id(2)), ...fallen(id(3), failedBy('RunStopped', 'the run was stopped')), { type: 'run.resumed', build: {}, overrides: {} }]
  for (const fact of before) record(fact)
  expect(now()).toMatchObject({ total: 4, done: { passed: 1, failed: 1, skipped: 0 }, waiting: 2 })
  record(started(id(3), 2))
  expect(now()).toMatchObject({ done: { passed: 1, failed: 1, skipped: 0 }, waiting: 1, underWay: [{ server: id(3) }] })
})

test('a server that is taken up after it was done is under way, and counted once', () => {
  const { now, record } = follow([1, 2])
  record([...passing(id(1)), started(id(1), 2, ['install'])])
  expect(now()).toMatchObject({ total: 2, done: { passed: 0, failed: 0, skipped: 0 }, waiting: 1 })
})

test('an event looks at one server at most, however many there are', () => {
  const clock = virtualClock()
  const { watch, now } = trackProgress(clock)
  let looks = 0
  const { record } = liveRun(planOf(Array.from({ length: 500 }, (_, index) => index)), (event, fold) => {
    const { state } = fold
    const counting = new Proxy(state.servers, {
      get(servers, name) {
        if (name === 'values' && event.type !== 'run.started') throw new Error('looks at every server')
        if (name === 'get') looks++
        const value: unknown = Reflect.get(servers, name)
        return typeof value === 'function' ? value.bind(servers) : value
      },
    })
    looks = 0
    watch(event, { ...state, servers: counting })
    expect(looks).toBeLessThanOrEqual(1)
  })
  for (let server = 0; server < 20; server++) for (const fact of passing(id(server))) record(fact)
  expect(now().done.passed).toBe(20)
})

test('a line tells the totals and what is under way', () => {
  const lane = (server: number, at: 'install' | 'benchmark' | 'destroy' | undefined) => ({ worker: `worker-${server}`, server: id(server), step: at, forMs: 0 })
  const progress = { total: 60, waiting: 33, elapsedMs: 0, leftMs: undefined }
  const underWay = [lane(1, 'benchmark'), lane(2, 'install'), lane(3, 'destroy'), lane(4, 'benchmark'), lane(5, undefined)]
  expect(renderProgressLine({ ...progress, done: { passed: 10, failed: 2, skipped: 0 }, underWay })).toBe(
    '12 of 60 done (10 passed, 2 failed), 5 under way: 1 starting, 1 install, 2 benchmark, 1 destroy; 33 waiting',
  )
  expect(renderProgressLine({ ...progress, done: { passed: 0, failed: 0, skipped: 1 }, underWay: [] })).toBe('1 of 60 done (0 passed, 1 skipped), 0 under way; 33 waiting')
  expect(renderProgressLine({ ...progress, done: { passed: 0, failed: 0, skipped: 0 }, underWay: [] })).toBe('0 of 60 done, 0 under way; 33 waiting')
})
