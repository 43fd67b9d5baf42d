import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/event.ts'
import { runEventSchema } from '../../src/model/event.ts'
import { isStop, replay } from '../../src/model/run-state.ts'
import { addTally, nothing, tallyOf } from '../../src/model/totals.ts'
import { planFor, rehearse, sigterm } from '../fixtures/rehearsal.ts'
import { tell } from '../fixtures/story.ts'
import { createWorld } from '../fixtures/world.ts'

const at = '2026-11-21T11:00:00.000Z'
const started = tell('').events[0]!
const stopping = (because: 'signal' | 'deadline' | 'journal' | 'budget' | 'alike' | 'unavailable'): RunEvent => ({ at, type: 'run.stopping', because })

describe('why a run is stopping', () => {
  test.each([
    [['budget'], 'budget'],
    [['budget', 'alike'], 'budget'],
    [['alike', 'deadline'], 'deadline'],
    [['deadline', 'alike'], 'deadline'],
    [['deadline', 'journal'], 'deadline'],
    [['budget', 'deadline', 'signal'], 'signal'],
    [['signal', 'journal'], 'signal'],
  ] as const)('after %j is %s', (causes, because) => {
    expect(replay([started, ...causes.map(stopping)]).state.stopping).toEqual(stopping(because))
  })

  test('is forgotten when it is resumed', () => {
    const events: RunEvent[] = [started, stopping('signal'), { at, type: 'run.finished', status: 'stopped', exitCode: 143, problems: ['stopped'] }, { at, type: 'run.resumed', build: { number: '7' }, overrides: {} }]
    const { state } = replay(events)
    expect([state.stopping, state.finished, state.finishedAt, state.build]).toEqual([undefined, undefined, undefined, { number: '7' }])
  })

  test('tells a stop from a brake', () => {
    const causes = ['signal', 'deadline', 'journal', 'budget', 'alike', 'unavailable'] as const
    expect(causes.map((because) => isStop({ because }))).toEqual([true, true, true, false, false, false])
    expect(isStop(undefined)).toBe(false)
  })
})

describe('a resumed run', () => {
  test('has the plan of its first process, with what was given anew', () => {
    const { state } = replay([started, { at, type: 'run.resumed', build: {}, overrides: { concurrency: 3, maxOutageMs: 7, deadlineMs: 9 } }])
    expect(state.plan).toEqual({ ...planFor(1), concurrency: 3, maxOutageMs: 7, deadlineMs: 9 })
    expect(state.budget).toBe(5)
  })

  test('has a new budget only if it was given one', () => {
    expect(replay([started, { at, type: 'run.resumed', build: {}, overrides: { maxBroken: { count: 2 } } }]).state.budget).toBe(2)
  })
})

test('a run is finished until something happens to a server again', () => {
  const finished: RunEvent = { at, type: 'run.finished', status: 'finished', exitCode: 0, problems: [] }
  const { state, apply } = replay([started, finished])
  expect([state.finished, state.finishedAt]).toEqual([{ status: 'finished', exitCode: 0, problems: [] }, at])
  apply({ at, type: 'server.started', server: state.plan.servers[0]!.id, worker: 'wiper-01', turn: 1, kept: [] })
  expect([state.finished, state.finishedAt]).toEqual([undefined, undefined])
})

test.each<[string, RunEvent[], string]>([
  ['nothing', [], 'a run has at least one event'],
  ['another first event', [stopping('signal')], 'a run begins with run.started'],
  ['a second beginning', [started, started], 'a run begins once'],
  ['a server that is not in the plan', [started, { at, type: 'server.started', server: 'x9' as never, worker: 'w', turn: 1, kept: [] }], 'server x9 is not in the plan'],
])('%s is no run', (_what, events, message) => {
  expect(() => replay(events)).toThrow(message)
})

/** Any events at all about the servers of the plan, whether they make sense or not. */
const facts = fc.array(
  fc.record({ server: fc.integer({ min: 0, max: 4 }), words: fc.constantFrom('taken up', 'finished', 'install started', 'install passed', 'install failed', 'install stopped', 'install not ours', 'benchmark passed', 'check passed', 'check failed PerformanceError', 'destroy started', 'destroy passed', 'destroy failed', 'destroy failed ProvisionerUnavailableError', 'destroy skipped', 'mark passed', 'mark failed', 'mark skipped') }),
  { maxLength: 40 },
)
const storyOf = (told: readonly { readonly server: number; readonly words: string }[]): string => told.map(({ server, words }) => `s${server}: ${words}`).join(', ')

test('every server of the plan is in the state exactly once, in selection order, whatever happened (invariant 2)', () => {
  fc.assert(
    fc.property(facts, (told) => {
      const { fold } = tell(storyOf(told), {}, 5)
      expect([...fold.state.servers.keys()]).toEqual(['s0', 's1', 's2', 's3', 's4'])
      expect([...fold.state.servers.values()].map(({ server, index }) => [server.id, index])).toEqual([['s0', 0], ['s1', 1], ['s2', 2], ['s3', 3], ['s4', 4]])
    }),
  )
})

test('totals that are kept up to date are those that a count would give', () => {
  fc.assert(
    fc.property(facts, (told) => {
      const { state } = tell(storyOf(told), {}, 5).fold
      const counted = nothing()
      for (const server of state.servers.values()) addTally(counted, tallyOf(server, state.plan), 1)
      expect(state.totals).toEqual(counted)
    }),
  )
})

test('events that are written and read back make the same state', () => {
  fc.assert(
    fc.property(facts, (told) => {
      const { events, fold } = tell(storyOf(told), {}, 5)
      const readBack = events.map((event) => runEventSchema.parse(JSON.parse(JSON.stringify(event))))
      expect(readBack).toEqual(events)
      expect(replay(readBack).state).toEqual(fold.state)
    }),
  )
})

/** Visits of server records between one event and the next: the most of any event. Before the first server is started all are looked at once. */
async function mostVisits(servers: number): Promise<number> {
  const world = createWorld((id) => ({ benchmark: { score: Number(id.slice(1)) % 4 === 0 ? 20 : 80, then: 30 } }))
  let visits = 0
  let most = 0
  await rehearse({
    plan: planFor(servers, { retest: 1, thresholds: [{ metric: 'score', min: 50 }, { metric: 'cpu', min: 1, where: { model: 'R640' } }], maxAlike: 0, maxBroken: { count: 1000 }, concurrency: 4 }),
    provisioner: world.provisioner,
    onEvent({ type }, run) {
      if (type === 'run.started') {
        const all = run.servers as Map<unknown, object>
        const get = all.get.bind(all)
        all.get = (id) => {
          visits++
          return get(id)
        }
        const values = all.values.bind(all)
        all.values = () => {
          const inner = values()
          return Object.assign(inner, {
            next: () => {
              visits++
              return Object.getPrototypeOf(inner).next.call(inner)
            },
          })
        }
        all.entries = all[Symbol.iterator] = all.forEach = () => {
          throw new Error('nobody walks over all servers at an event')
        }
      } else if (run.totals.waiting < servers - 4) most = Math.max(most, visits)
      visits = 0
    },
  })
  return most
}

test('the number of server records visited per event does not depend on how many servers there are (invariant 8)', async () => {
  const few = await mostVisits(10)
  expect(few).toBeGreaterThan(0)
  expect(await mostVisits(1000)).toBe(few)
})

test('a run that was stopped is told the same by its journal and by its process', async () => {
  const world = createWorld(() => ({ install: { takes: 5000 } }))
  let live: unknown
  const { state } = await rehearse({ plan: planFor(4), provisioner: world.provisioner, stopAt: 6, stop: sigterm, onEvent: (_event, run) => (live = run) })
  expect(state).toEqual(live)
})
