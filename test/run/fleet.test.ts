import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/event.ts'
import type { Provisioner } from '../../src/model/provisioner.ts'
import { adapter, fates } from '../fixtures/adapter.ts'
import { planFor, rehearse } from '../fixtures/rehearsal.ts'
import type { VirtualClock } from '../fixtures/virtual-clock.ts'
import { virtualStart } from '../fixtures/virtual-clock.ts'
import { createWorld } from '../fixtures/world.ts'

const second = 1000
const hour = 3_600_000
const seconds = (event: RunEvent): number => (Date.parse(event.at) - virtualStart) / second
const startsOf = (events: readonly RunEvent[]) => events.flatMap((event) => (event.type === 'server.started' ? [{ server: event.server, worker: event.worker, at: seconds(event) }] : []))

/** A provisioner each of whose steps takes a while, by step and server. */
const taking = (ms: (step: string, id: string) => number, calls: string[] = []) => (clock: VirtualClock): Provisioner => {
  const step = (name: string, id: string, signal?: AbortSignal): Promise<void> => {
    calls.push(`${clock.elapsed() / second} ${name} ${id}`)
    return new Promise((resolve, reject) => {
      clock.after(ms(name, id), resolve)
      signal?.addEventListener('abort', () => reject(signal.reason as Error))
    })
  }
  return {
    name: 'slow',
    install: ({ id }, _os, { signal }) => step('install', id, signal),
    benchmark: async ({ id }, { signal }) => step('benchmark', id, signal).then(() => 80),
    destroy: ({ id }) => step('destroy', id),
    markAsBroken: ({ id }) => step('mark', id),
  }
}

describe('a fleet', () => {
  test('of 60 servers that take 1 s a step is through in 12 s: 15 at a time, never 16', async () => {
    let underWay = 0
    let most = 0
    const onEvent = ({ type }: RunEvent): void => {
      if (type === 'server.started') most = Math.max(most, ++underWay)
      if (type === 'server.finished') underWay--
    }
    const { state, clock, exitCode } = await rehearse({ plan: planFor(60), provisioner: taking(() => second), onEvent })
    expect({ most, ms: clock.elapsed(), passed: state.totals.passed, exitCode }).toEqual({ most: 15, ms: 12 * second, passed: 60, exitCode: 0 })
  })

  test('starts those first that are expected to take longest, and those under way before them when it is taken up again', async () => {
    const takes = [1, 5, 2, 9, 3, 7]
    const plan = planFor(6, { concurrency: 2, expectedMs: takes.map((length) => length * 3 * second) })
    const provisioner = taking((_step, id) => takes[Number(id.slice(1))]! * second)
    const whole = await rehearse({ plan, provisioner })
    expect(startsOf(whole.events).map(({ server }) => server)).toEqual(['s3', 's5', 's1', 's4', 's2', 's0'])
    expect([...whole.state.servers.keys()]).toEqual(['s0', 's1', 's2', 's3', 's4', 's5'])
    // 27 s a step in two lanes: 9 + 3 + 2, and 7 + 5 + 1. As they stand it would be 15 s a step.
    expect(whole.clock.elapsed()).toBe(14 * 3 * second)
    const killed = await rehearse({ plan, provisioner, killAt: whole.events.findIndex((event) => event.type === 'server.started' && event.server === 's1') + 1 })
    const resumed = await rehearse({ past: killed.events, provisioner })
    expect(startsOf(resumed.events.slice(killed.events.length)).map(({ server }) => server)).toEqual(['s3', 's1', 's4', 's2', 's0'])
  })

  test('has workers whose names are taken up again, and no two servers under way by one worker', async () => {
    const { events } = await rehearse({ plan: planFor(9, { concurrency: 3 }), provisioner: taking((_step, id) => (id === 's0' ? 100 * second : second)) })
    const workers = new Map<string, string>()
    for (const event of events) {
      if (event.type === 'server.started') {
        expect([...workers.values()]).not.toContain(event.worker)
        workers.set(event.server, event.worker)
      }
      if (event.type === 'server.finished') workers.delete(event.server)
    }
    expect(new Set(startsOf(events).map(({ worker }) => worker))).toEqual(new Set(['worker-01', 'worker-02', 'worker-03']))
    expect(startsOf(events).filter(({ worker }) => worker === 'worker-01')).toEqual([{ server: 's0', worker: 'worker-01', at: 0 }])
  })

  test('writes the numbers of many workers with as many digits', async () => {
    const { events } = await rehearse({ plan: planFor(2, { concurrency: 150 }), provisioner: adapter() })
    expect(startsOf(events).map(({ worker }) => worker)).toEqual(['worker-001', 'worker-002'])
  })

  test('starts servers in selection order, but first those that an earlier process holds', async () => {
    const plan = planFor(6, { concurrency: 2 })
    const provisioner = taking((step, id) => (step === 'install' && id === 's0' ? hour / 2 : second))
    const { events: past } = await rehearse({ plan, provisioner, killAt: 30 })
    const before = startsOf(past).map(({ server }) => server)
    expect(before).toEqual(['s0', 's1', 's2', 's3'])
    const { events } = await rehearse({ provisioner, past })
    expect(startsOf(events.slice(past.length)).map(({ server }) => server)).toEqual(['s0', 's3', 's4', 's5'])
  })

  test('starts no server while a step is in an outage, and goes on when it is over', async () => {
    let away = 4
    const benchmark: Provisioner['benchmark'] = async ({ id }) => {
      if (id === 's0' && away-- > 0) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
      return 80
    }
    const { events, exitCode } = await rehearse({ plan: planFor(4, { concurrency: 2 }), provisioner: (clock) => adapter({ benchmark, install: ({ id }) => new Promise((resolve) => clock.after(id === 's1' ? 2 * second : 0, resolve)) })() })
    expect(startsOf(events)).toEqual([
      { server: 's0', worker: 'worker-01', at: 0 },
      { server: 's1', worker: 'worker-02', at: 0 },
      { server: 's2', worker: 'worker-02', at: 15 },
      { server: 's3', worker: 'worker-01', at: 15 },
    ])
    expect(exitCode).toBe(0)
  })

  test('is not held up by a step that has been answered for a minute after its outage', async () => {
    let calls = 0
    const install: (clock: VirtualClock) => Provisioner['install'] = (clock) => async ({ id }) => {
      if (id === 's0' && calls++ === 0) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
      await new Promise((resolve) => clock.after(id === 's0' ? hour / 2 : second, () => resolve(undefined)))
    }
    const { events } = await rehearse({ plan: planFor(3, { concurrency: 2 }), provisioner: (clock) => adapter({ install: install(clock) })() })
    expect(startsOf(events).map(({ server, at }) => [server, at])).toEqual([['s0', 0], ['s1', 0], ['s2', 61]])
  })

  test('loses one server by a defect of ours in its pipeline, and no other', async () => {
    const { state, exitCode, problems } = await rehearse({
      plan: planFor(3, { concurrency: 1 }),
      provisioner: adapter(),
      secrets: ['hunter2!'],
      logs: (own) => ({
        ...own,
        open(server, worker) {
          if (server === 's1') throw new Error('cannot open hunter2!')
          return own.open(server, worker)
        },
      }),
    })
    expect({ fates: fates(state), exitCode, problems }).toEqual({
      fates: ['s0 passed, clean', 's1 unfinished, clean', 's2 passed, clean'],
      exitCode: 3,
      problems: ['1 server was not finished', 'server s1: a defect of rackbench: cannot open ***'],
    })
  })
})

describe('a fleet that is stopped', () => {
  test('wipes all servers under way at once, starts no other, and goes on with those that have a verdict', async () => {
    const calls: string[] = []
    const { state, clock } = await rehearse({
      plan: planFor(40),
      provisioner: taking((step, id) => (step === 'destroy' ? 600 * second : id === 's0' ? 5 * second : 100 * second), calls),
      stopAfterMs: 20 * second,
    })
    const wipes = calls.filter((call) => call.includes('destroy'))
    expect(wipes).toEqual(['10 destroy s0', ...Array.from({ length: 14 }, (_, n) => `20 destroy s${n + 1}`)])
    expect(fates(state)).toEqual(Array.from({ length: 40 }, (_, n) => (n === 0 ? 's0 passed, clean' : n < 15 ? `s${n} skipped at install: RunStopped, clean` : `s${n} unfinished, clean`)))
    expect(clock.elapsed()).toBe(620 * second)
  })

  test('wipes the servers that a dead process holds at once too, not 2 at a time, and not after those of this process', async () => {
    const plan = planFor(8, { concurrency: 8 })
    const provisioner = taking((step, id) => (step === 'benchmark' && (id === 's0' || id === 's1') ? hour : step === 'destroy' ? hour : second))
    const { events: past } = await rehearse({ plan, provisioner, killAfter: 41 })
    expect(past.filter(({ type }) => type === 'server.started')).toHaveLength(8)
    const calls: string[] = []
    const { state, events, clock, exitCode } = await rehearse({ past, overrides: { concurrency: 2 }, provisioner: taking((step) => (step === 'destroy' ? hour : hour / 2), calls), stopAfterMs: 60 * second })
    expect(calls.filter((call) => call.includes('destroy')).map((call) => call.split(' ')[0])).toEqual(Array.from({ length: 8 }, () => '60'))
    expect(startsOf(events.slice(past.length)).map(({ worker, at }) => [worker, at])).toEqual([
      ['worker-01', 0], ['worker-02', 0],
      ...Array.from({ length: 6 }, (_, n) => [`wiper-0${n + 1}`, 60]),
    ])
    expect({ totals: [state.totals.clean, state.totals.underWay], ms: clock.elapsed(), exitCode }).toEqual({ totals: [8, 0], ms: hour + 60 * second, exitCode: 143 })
  })

  test('never marks the servers that it gives up, and says why they are skipped', async () => {
    const world = createWorld(() => ({ benchmark: { takes: 1000, score: 20 } }))
    const { state } = await rehearse({ plan: planFor(3), provisioner: world.provisioner, stopAfterMs: 500 })
    expect([fates(state), [...world.machines.values()].map(({ state: machine, marked }) => [machine, marked])]).toEqual([
      ['s0 skipped at benchmark: RunStopped, clean', 's1 skipped at benchmark: RunStopped, clean', 's2 skipped at benchmark: RunStopped, clean'],
      [['clean', 0], ['clean', 0], ['clean', 0]],
    ])
    expect([...state.servers.values()][0]!.rounds[0]!.benchmark).toMatchObject({ status: 'skipped', because: 'the run was stopped by SIGTERM' })
  })

  test('wipes nothing if the policy is never', async () => {
    const world = createWorld(() => ({ benchmark: { takes: 1000 } }))
    const { state } = await rehearse({ plan: planFor(2, { destroy: 'never' }), provisioner: world.provisioner, stopAfterMs: 500 })
    expect(fates(state)).toEqual(['s0 skipped at benchmark: RunStopped, installed', 's1 skipped at benchmark: RunStopped, installed'])
  })

  test('gives up a deaf step after the grace, and wipes its server', async () => {
    const world = createWorld(() => ({ install: { deaf: true } }))
    const { state, clock } = await rehearse({ plan: planFor(2), provisioner: world.provisioner, stopAfterMs: 5 * second })
    expect([fates(state), clock.elapsed(), [...world.machines.values()].map(({ state: machine }) => machine)]).toEqual([
      ['s0 skipped at install: RunStopped, clean', 's1 skipped at install: RunStopped, clean'],
      15 * second + 1,
      ['clean', 'clean'],
    ])
  })

  test('keeps no result of a server without a verdict: resumed, it starts over', async () => {
    const world = createWorld(() => ({ benchmark: { takes: 1000 } }))
    const { events: past } = await rehearse({ plan: planFor(1), provisioner: world.provisioner, stopAfterMs: 500 })
    const { state } = await rehearse({ provisioner: world.provisioner, past })
    expect([fates(state), world.calls.map((call) => call.split(' r1/s0/')[1]), world.wrongs]).toEqual([['s0 passed, clean'], ['install/1', 'benchmark/1', 'destroy/1', 'install/2', 'benchmark/2', 'destroy/2'], []])
  })

  test('makes a mark that is due, and its wipe, though the stop comes first', async () => {
    const world = createWorld(() => ({ benchmark: { score: 20 }, destroy: { takes: 1000 }, mark: { takes: 1000 } }))
    const { state, exitCode } = await rehearse({ plan: planFor(1, { destroy: 'always' }), provisioner: world.provisioner, stopAfterMs: 500 })
    expect([fates(state), exitCode]).toEqual([['s0 failed at check: PerformanceError, marked, clean'], 143])
  })
})

describe('a fleet whose brake has tripped', () => {
  const broken = (from: number): ((id: string) => object) => (id) => (Number(id.slice(1)) >= from ? { install: { ends: 'fails' } } : {})

  test('by one cause starts no server any more, lets those under way finish, and withholds marks: they are left as they are', async () => {
    const world = createWorld(broken(0))
    const { state, exitCode, problems } = await rehearse({ plan: planFor(20, { concurrency: 1, destroy: 'always', maxAlike: 3 }), provisioner: world.provisioner })
    expect({ fates: fates(state).slice(0, 4), exitCode, problems, status: state.finished?.status }).toEqual({
      fates: ['s0 failed at install: ServerOperationError, marked, clean', 's1 failed at install: ServerOperationError, marked, clean', 's2 failed at install: ServerOperationError, mark withheld, unknown', 's3 unfinished, clean'],
      exitCode: 3,
      problems: ['no more servers were started: this looks like one cause: 3 servers in a row failed at install: install s2 failed', '17 servers were not finished', '1 server was not marked as broken though due: the mark was withheld'],
      status: 'braked',
    })
    expect(world.machines.get('s2')!.state).toBe('half installed')
  })

  test('by its budget marks so many and no more', async () => {
    const world = createWorld(broken(0))
    const { state, exitCode } = await rehearse({ plan: planFor(20, { concurrency: 4, maxAlike: 0, maxBroken: { count: 2 } }), provisioner: world.provisioner })
    expect([fates(state).slice(0, 5), exitCode, [...world.machines.values()].map(({ marked }) => marked)]).toEqual([
      [
        's0 failed at install: ServerOperationError, marked, unknown', 's1 failed at install: ServerOperationError, marked, unknown',
        's2 failed at install: ServerOperationError, mark withheld, unknown', 's3 failed at install: ServerOperationError, mark withheld, unknown', 's4 unfinished, clean',
      ],
      3,
      [1, 1, 0, 0],
    ])
  })

  test('lets nobody wait for an outage any more', async () => {
    const world = createWorld((id) => (id === 's9' ? { install: { unavailable: 1000 } } : { install: { takes: 100, ends: 'fails' } }))
    const plan = planFor(['s9', 's0', 's1', 's2'], { concurrency: 3, maxAlike: 2, maxOutageMs: 60_000 })
    const { state } = await rehearse({ plan, provisioner: world.provisioner })
    expect(fates(state)).toEqual(['s9 failed at install: ProvisionerUnavailableError, unknown', 's0 failed at install: ServerOperationError, marked, unknown', 's1 failed at install: ServerOperationError, mark withheld, unknown', 's2 unfinished, clean'])
  })

  test('wipes the servers that a dead process holds and this one did not come to', async () => {
    const calls: string[] = []
    const slow = taking((step) => (step === 'benchmark' ? hour : second))
    const { events: past } = await rehearse({ plan: planFor(6, { maxAlike: 1, maxBroken: { count: 0 } }), provisioner: slow, killAfter: 25 })
    const { state, exitCode } = await rehearse({ past, overrides: { concurrency: 1 }, provisioner: adapter({ benchmark: async () => 20 }, calls) })
    expect(fates(state)).toEqual(['s0 failed at check: PerformanceError, mark withheld, installed', ...Array.from({ length: 5 }, (_, n) => `s${n + 1} skipped at benchmark: RunStopped, clean`)])
    expect([...state.servers.values()][1]!.rounds[0]!.benchmark).toMatchObject({ because: 'given up: the process that ran it had ended' })
    expect([calls, exitCode]).toEqual([['benchmark s0', 'destroy s1', 'destroy s2', 'destroy s3', 'destroy s4', 'destroy s5'], 3])
  })
})
