import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/event.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { RunState } from '../../src/model/run-state.ts'
import { verdictOf } from '../../src/model/verdict.ts'
import { adapter, fates } from '../fixtures/adapter.ts'
import type { Rehearsal } from '../fixtures/rehearsal.ts'
import { planFor, rehearse } from '../fixtures/rehearsal.ts'
import { tell } from '../fixtures/story.ts'
import type { Script, World } from '../fixtures/world.ts'
import { createWorld } from '../fixtures/world.ts'

const second = 1000
const minute = 60_000
const slow: Script = { benchmark: { score: 20 } }
const marked = (world: World): string[] => [...world.machines].filter(([, machine]) => machine.marked > 0).map(([id]) => id)
/** Why servers were left as they are, by the journal. */
const leftBecause = ({ servers }: RunState): Record<string, string> => Object.fromEntries([...servers.values()].flatMap(({ server, destroy }) => (destroy?.status === 'skipped' ? [[server.id, destroy.because]] : [])))
const machines = (world: World): string[] => [...world.machines].map(([id, { state }]) => `${id} ${state}`)

describe('a deadline', () => {
  test.each<[string, Partial<Plan>, number]>([
    ['a fifth of it before', { deadlineMs: 100 * minute }, 80 * minute],
    ['at most 30 minutes before', { deadlineMs: 600 * minute }, 570 * minute],
    ['as much before as the plan keeps for wiping', { deadlineMs: 100 * minute, wipeReserveMs: 60 * minute }, 40 * minute],
    ['at once, if all of it is kept for wiping', { deadlineMs: 100 * minute, wipeReserveMs: 200 * minute }, 0],
  ])('stops the run %s', async (_what, parts, ms) => {
    const world = createWorld(() => ({ benchmark: { takes: 4000 * minute } }))
    const limitsMs = { install: 10 * minute, benchmark: 4000 * minute, destroy: 10 * minute, mark: minute }
    const { events, state, exitCode, problems } = await rehearse({ plan: planFor(3, { ...parts, limitsMs, concurrency: 2 }), provisioner: world.provisioner })
    const stopping = events.find(({ type }) => type === 'run.stopping')!
    expect(Date.parse(stopping.at) - Date.parse(events[0]!.at)).toBe(ms)
    expect({ because: stopping, fates: fates(state), exitCode, problems }).toMatchObject({
      because: { because: 'deadline' },
      fates: [`s0 skipped at ${ms === 0 ? 'install' : 'benchmark'}: RunStopped, clean`, `s1 skipped at ${ms === 0 ? 'install' : 'benchmark'}: RunStopped, clean`, 's2 unfinished, clean'],
      exitCode: 3,
      problems: ['the run was stopped by its deadline', '1 server was not finished'],
    })
  })

  test('that is far off leaves nothing waiting', async () => {
    const { clock, exitCode } = await rehearse({ plan: planFor(1, { deadlineMs: 100 * minute }), provisioner: adapter() })
    expect([clock.waiting(), exitCode]).toEqual([0, 0])
  })

  test('may be given anew to a resumed run, and counts from its start', async () => {
    const world = createWorld(() => ({ benchmark: { takes: 40 * minute } }))
    const { events: past } = await rehearse({ plan: planFor(1, { deadlineMs: 50 * minute, wipeReserveMs: 20 * minute }), provisioner: world.provisioner })
    const { exitCode, state } = await rehearse({ past, overrides: { deadlineMs: 70 * minute }, provisioner: world.provisioner })
    expect([fates(state), exitCode]).toEqual([['s0 passed, clean'], 0])
  })
})

describe('rackbench destroy', () => {
  /** A process that died: s0 in its install, s1 in its benchmark, s2 with a mark due, s3 through, s4 failed and left, s5 never begun. */
  async function died(parts: Partial<Plan> = {}) {
    const scripts: Record<string, Script> = { s0: { install: { takes: 60 * second } }, s1: { benchmark: { takes: 60 * second } }, s2: { benchmark: { takes: 20, score: 20 }, mark: { takes: 60 * second } }, s4: slow }
    const world = createWorld((id) => scripts[id] ?? {})
    const plan = planFor(['s0', 's1', 's2', 's4', 's3', 's5'], { concurrency: 4, ...parts })
    const whole = await rehearse({ plan, provisioner: createWorld((id) => scripts[id] ?? {}).provisioner, stopAfterMs: 40 })
    const killAt = whole.events.findIndex(({ type }) => type === 'run.stopping')
    const { events: past } = await rehearse({ plan: { ...plan, servers: plan.servers }, provisioner: world.provisioner, killAt })
    return { world, past }
  }

  test('wipes what a dead run holds and makes the marks that are due; what the policy kept stays', async () => {
    const { world, past } = await died({ concurrency: 3 })
    const before = [fates((await rehearse({ past, command: 'destroy', provisioner: createWorld(() => ({})).provisioner, killAt: past.length })).state)]
    expect(before[0]!.filter((fate) => fate.includes('unfinished')).length).toBeGreaterThan(0)
    const { state, exitCode, events } = await rehearse({ past, command: 'destroy', provisioner: world.provisioner })
    expect(machines(world)).toEqual(['s0 clean', 's1 clean', 's2 installed'])
    expect({ fates: fates(state), exitCode, marked: marked(world), wrongs: world.wrongs }).toEqual({
      fates: ['s0 skipped at install: RunStopped, clean', 's1 skipped at benchmark: RunStopped, clean', 's2 failed at check: PerformanceError, marked, installed', 's4 unfinished, clean', 's3 unfinished, clean', 's5 unfinished, clean'],
      exitCode: 3,
      marked: ['s2'],
      wrongs: [],
    })
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', status: 'stopped', exitCode: 3 })
  })

  test('asks for all wipes at once, and by names of its own', async () => {
    const servers = Array.from({ length: 120 }, (_, n) => `s${n}`)
    const world = createWorld(() => ({ benchmark: { takes: 60 * second }, destroy: { takes: 1000 } }))
    const { events: past } = await rehearse({ plan: planFor(servers, { concurrency: 120 }), provisioner: world.provisioner, killAt: 481 })
    const { events, clock, state } = await rehearse({ past, command: 'destroy', provisioner: world.provisioner })
    const workers = events.slice(past.length).flatMap((event) => (event.type === 'server.started' ? [event.worker] : []))
    expect([workers.length, workers[0], workers.at(-1), clock.elapsed(), state.totals.clean]).toEqual([120, 'wiper-001', 'wiper-120', 1000, 120])
  })

  test('does nothing to a run that has nothing left to do, and says how it ended', async () => {
    const calls: string[] = []
    const provisioner = adapter({ benchmark: async ({ id }) => (id === 's0' ? 20 : 80) }, calls)
    const { events: past } = await rehearse({ plan: planFor(2), provisioner })
    calls.length = 0
    const { exitCode, state } = await rehearse({ past, command: 'destroy', provisioner })
    expect({ calls, exitCode, fates: fates(state) }).toEqual({ calls: [], exitCode: 1, fates: ['s0 failed at check: PerformanceError, marked, installed', 's1 passed, clean'] })
  })

  test('makes a mark that failed, and a wipe that did not get through, again', async () => {
    const world = createWorld((id) => (id === 's0' ? { ...slow, mark: { ends: 'fails once' } } : { destroy: { unavailable: 3 } }))
    const first = await rehearse({ plan: planFor(2, { maxOutageMs: 1000, retries: 0 }), provisioner: world.provisioner })
    expect([fates(first.state), first.exitCode, first.state.finished]).toEqual([['s0 failed at check: PerformanceError, marked, installed', 's1 failed at destroy: ProvisionerUnavailableError, unknown'].map((fate, n) => (n === 0 ? fate.replace('marked', 'mark failed') : fate)), 3, undefined])
    const { state, exitCode } = await rehearse({ past: first.events, command: 'destroy', provisioner: world.provisioner })
    expect([fates(state), exitCode, world.wrongs]).toEqual([['s0 failed at check: PerformanceError, marked, installed', 's1 passed, clean'], 1, []])
  })

  test('keeps within the budget of marks', async () => {
    const world = createWorld(() => ({ benchmark: { score: 20 }, mark: { takes: 10 } }))
    const plan = planFor(4, { maxBroken: { count: 1 }, maxAlike: 0 })
    const { events: all } = await rehearse({ plan, provisioner: createWorld(() => ({ benchmark: { score: 20 }, mark: { takes: 10 } })).provisioner })
    const lastCheck = all.findLastIndex((event) => event.type === 'step.finished' && event.step === 'check')
    const { events: past } = await rehearse({ plan, provisioner: world.provisioner, killAt: lastCheck + 1 })
    const { state } = await rehearse({ past, command: 'destroy', provisioner: world.provisioner })
    expect([marked(world), fates(state)]).toEqual([['s0'], ['s0 failed at check: PerformanceError, marked, installed', ...['s1', 's2', 's3'].map((id) => `${id} failed at check: PerformanceError, mark withheld, installed`)]])
  })

  test('--all wipes also what the policy kept and what could not be wiped, but nothing whose mark is withheld', async () => {
    const world = createWorld((id) => ({ s0: slow, s1: { destroy: { ends: 'fails once' } } as Script, s2: slow, s3: { install: { ends: 'not ours' } } as Script })[id] ?? {})
    const plan = planFor(5, { maxBroken: { count: 2 }, concurrency: 1, maxAlike: 0, retries: 0 })
    const first = await rehearse({ plan, provisioner: world.provisioner })
    expect(fates(first.state)).toEqual([
      's0 failed at check: PerformanceError, marked, installed', 's1 failed at destroy: ServerOperationError, marked, unknown', 's2 failed at check: PerformanceError, mark withheld, installed', 's3 unfinished, clean', 's4 unfinished, clean',
    ])
    const before = world.calls.length
    const { state } = await rehearse({ past: first.events, command: 'destroy --all', provisioner: world.provisioner })
    expect([world.calls.slice(before), fates(state), marked(world)]).toEqual([
      ['destroy s0 r1/s0/destroy/1', 'destroy s1 r1/s1/destroy/2'],
      ['s0 failed at check: PerformanceError, marked, clean', 's1 passed, marked, clean', 's2 failed at check: PerformanceError, mark withheld, installed', 's3 unfinished, clean', 's4 unfinished, clean'],
      ['s0', 's1'],
    ])
    expect(leftBecause(state)['s2']).toBe('kept: its mark as broken is withheld: 2 of 2 marks are made or under way')
  })

  test('--all makes a mark that failed before it wipes, and leaves a server whose mark fails again', async () => {
    const calls: string[] = []
    let isReadOnly = (_id: string): boolean => true
    const provisioner = adapter(
      {
        benchmark: async () => 20,
        async markAsBroken({ id }) {
          if (isReadOnly(id)) throw new Error(`${id} is read only`)
        },
      },
      calls,
    )
    const { events: past } = await rehearse({ plan: planFor(2), provisioner })
    calls.length = 0
    isReadOnly = (id) => id === 's1'
    const { state, exitCode } = await rehearse({ past, command: 'destroy --all', provisioner })
    expect({ s0: calls.filter((call) => call.endsWith('s0')), s1: calls.filter((call) => call.endsWith('s1')), fates: fates(state), because: leftBecause(state), exitCode }).toEqual({
      s0: ['mark s0', 'destroy s0'],
      s1: ['mark s1'],
      fates: ['s0 failed at check: PerformanceError, marked, clean', 's1 failed at check: PerformanceError, mark failed, installed'],
      because: { s1: 'kept: its mark as broken is missing: s1 is read only' },
      exitCode: 3,
    })
  })

  test('--all marks what a dead run held before it wipes it, and leaves it if the mark fails', async () => {
    const calls: string[] = []
    const markAsBroken = async ({ id }: { id: string }): Promise<void> => {
      if (id === 's1') throw new Error('read only')
    }
    const provisioner = adapter({ markAsBroken }, calls)
    const { events: past } = tell(['s0', 's1'].map((id) => `${id}: taken up, ${id}: install failed`).join(', '), { destroy: 'always' }, 2)
    const { state } = await rehearse({ past, command: 'destroy --all', provisioner })
    expect({ s0: calls.filter((call) => call.endsWith('s0')), s1: calls.filter((call) => call.endsWith('s1')), fates: fates(state) }).toEqual({
      s0: ['mark s0', 'destroy s0'],
      s1: ['mark s1'],
      fates: ['s0 failed at install: ServerOperationError, marked, clean', 's1 failed at install: ServerOperationError, mark failed, unknown'],
    })
  })

  test('--all does not touch what is not ours', async () => {
    const world = createWorld(() => ({ install: { ends: 'not ours' } }))
    const { events: past } = await rehearse({ plan: planFor(1), provisioner: world.provisioner })
    await rehearse({ past, command: 'destroy --all', provisioner: world.provisioner })
    expect(world.calls).toEqual(['install s0 r1/s0/install/1'])
  })
})

describe('rackbench mark', () => {
  test.each([
    ['passing', 'kept for diagnosis (--destroy passing)'],
    ['never', 'kept (--destroy never)'],
  ] as const)('leaves what it has marked as the policy says: %s', async (destroy, because) => {
    const world = createWorld(() => slow)
    const { events: past, state: before } = await rehearse({ plan: planFor(2, { maxBroken: { count: 1 }, maxAlike: 0, destroy }), provisioner: world.provisioner })
    expect(leftBecause(before)).toEqual({ s0: because, s1: destroy === 'never' ? because : 'kept: its mark as broken is withheld: 1 of 1 marks are made or under way' })
    const calls = world.calls.length
    const { state } = await rehearse({ past, command: 'mark', provisioner: world.provisioner })
    expect([world.calls.slice(calls), leftBecause(state)]).toEqual([['mark s1 r1/s1/mark/1'], { s0: because, s1: because }])
  })

  test('leaves a server whose mark fails as it is, whatever the policy', async () => {
    const calls: string[] = []
    let isReadOnly = true
    const provisioner = adapter(
      {
        benchmark: async () => 20,
        async markAsBroken() {
          if (isReadOnly) throw new Error('read only')
        },
      },
      calls,
    )
    const withheld = await rehearse({ plan: planFor(1, { maxBroken: { count: 0 }, destroy: 'always' }), provisioner })
    calls.length = 0
    const failed = await rehearse({ past: withheld.events, command: 'mark', provisioner })
    isReadOnly = false
    const made = await rehearse({ past: failed.events, command: 'mark', provisioner })
    expect([withheld, failed, made].map(({ state }) => [...fates(state), leftBecause(state)])).toEqual([
      ['s0 failed at check: PerformanceError, mark withheld, installed', { s0: 'kept: its mark as broken is withheld: 0 of 0 marks are made or under way' }],
      ['s0 failed at check: PerformanceError, mark failed, installed', { s0: 'kept: its mark as broken is missing: read only' }],
      ['s0 failed at check: PerformanceError, marked, clean', {}],
    ])
    expect(calls).toEqual(['mark s0', 'mark s0', 'destroy s0'])
  })

  test('makes the marks that were withheld, though the budget is used up, and then wipes what the policy says', async () => {
    const world = createWorld(() => slow)
    const { events: past } = await rehearse({ plan: planFor(3, { maxBroken: { count: 1 }, maxAlike: 0, destroy: 'always' }), provisioner: world.provisioner })
    const before = world.calls.length
    const { state, exitCode } = await rehearse({ past, command: 'mark', provisioner: world.provisioner })
    expect(world.calls.slice(before)).toEqual(['mark s1 r1/s1/mark/1', 'mark s2 r1/s2/mark/1', 'destroy s1 r1/s1/destroy/1', 'destroy s2 r1/s2/destroy/1'])
    expect([fates(state), state.totals.marksSpent, exitCode]).toEqual([
      ['s0 failed at check: PerformanceError, marked, clean', 's1 failed at check: PerformanceError, marked, clean', 's2 failed at check: PerformanceError, marked, clean'],
      3,
      3,
    ])
  })

  test('makes marks that failed, and no other', async () => {
    const world = createWorld((id) => (id === 's0' ? { ...slow, mark: { ends: 'fails once' } } : id === 's1' ? { benchmark: { score: 'fast' } } : {}))
    const { events: past } = await rehearse({ plan: planFor(3, { retries: 0 }), provisioner: world.provisioner })
    const before = world.calls.length
    const { exitCode } = await rehearse({ past, command: 'mark', provisioner: world.provisioner })
    expect([world.calls.slice(before), marked(world), exitCode]).toEqual([['mark s0 r1/s0/mark/2'], ['s0'], 1])
  })

  test('leaves a server alone whose wipe is under way in no process', async () => {
    const world = createWorld(() => slow)
    const { events: past } = await rehearse({ plan: planFor(1), provisioner: world.provisioner, killAt: 7 })
    const before = world.calls.length
    await rehearse({ past, command: 'mark', provisioner: world.provisioner })
    expect(world.calls.slice(before)).toEqual([])
  })
})

describe('a journal that is lost', () => {
  const scripts = fc.array(fc.constantFrom<Script>({}, slow, { install: { ends: 'fails' } }, { benchmark: { takes: 500 } }, { destroy: { takes: 300 } }, { benchmark: { score: 'fast' } }, { ...slow, mark: { takes: 200 } }), { minLength: 1, maxLength: 5 })

  test('at any event stops the run: servers are wiped, no mark is made that it does not tell of, exit 3', async () => {
    await fc.assert(
      fc.asyncProperty(scripts, fc.constantFrom<Plan['destroy'][]>('passing', 'always'), fc.integer({ min: 0, max: 70 }), async (all, destroy, fullAt) => {
        const plan = planFor(all.length, { destroy, concurrency: 3 })
        const world = createWorld((id) => all[Number(id.slice(1))]!)
        let live: Parameters<NonNullable<Rehearsal['onEvent']>>[1] | undefined
        const told: RunEvent[] = []
        const { exitCode, problems } = await (async () => {
          try {
            return await rehearse({ plan, provisioner: world.provisioner, fullAt, onEvent: (event, run) => void (told.push(event), (live = run)) })
          } catch (error) {
            // Nothing at all is in the journal: the harness cannot replay it.
            expect([fullAt, String(error)]).toEqual([0, 'Error: a run has at least one event'])
            return { exitCode: 3, problems: ['the run was stopped: its journal could not be written'] }
          }
        })()
        const isLost = told.some((event) => event.type === 'run.stopping' && event.because === 'journal')
        expect(exitCode === 3 || !isLost).toBe(true)
        if (isLost) expect(problems[0]).toMatch(/^the run was stopped: its journal could not be written/)
        const begun = new Set(told.slice(0, Math.max(fullAt, 0)).flatMap((event) => (event.type === 'step.started' && event.step === 'mark' ? [event.server as string] : [])))
        expect(marked(world).filter((id) => !begun.has(id))).toEqual([])
        for (const server of live!.servers.values()) {
          const { id } = server.server
          const verdict = verdictOf(server)
          if (verdict === undefined || verdict.status !== 'failed') expect(`${id} ${world.machines.get(id)?.state ?? 'clean'}`).toBe(`${id} clean`)
        }
        expect(world.wrongs).toEqual([])
      }),
      { numRuns: 150 },
    )
  })

  test('before the run has begun lets no server be touched', async () => {
    const calls: string[] = []
    await expect(rehearse({ provisioner: adapter({}, calls), fullAt: 0 })).rejects.toThrow('a run has at least one event')
    expect(calls).toEqual([])
  })

  test('withholds a mark that is due, and leaves its server as it is', async () => {
    const world = createWorld(() => slow)
    const whole = await rehearse({ plan: planFor(1, { destroy: 'always' }), provisioner: createWorld(() => slow).provisioner })
    const checked = whole.events.findIndex((event) => event.type === 'step.finished' && event.step === 'check')
    let last: string[] = []
    const { exitCode, problems, lines } = await rehearse({ plan: planFor(1, { destroy: 'always' }), provisioner: world.provisioner, fullAt: checked, onEvent: (_event, run) => (last = fates(run)) })
    expect({ exitCode, problems, machines: machines(world), last, lines }).toEqual({
      exitCode: 3,
      problems: [
        'the run was stopped: its journal could not be written: ENOSPC: no space left on device',
        '1 server was not marked as broken though due: the mark was withheld',
      ],
      machines: ['s0 installed'],
      last: ['s0 failed at check: PerformanceError, mark withheld, installed'],
      lines: ['run: error: the journal cannot be written: ENOSPC: no space left on device'],
    })
  })

  test('with its very last event ends the run with 3 all the same', async () => {
    const { events, exitCode, problems } = await rehearse({ provisioner: adapter(), fullAt: 11 })
    expect({ last: events.at(-1)!.type, exitCode, problems }).toEqual({ last: 'server.finished', exitCode: 3, problems: ['the journal cannot be written: ENOSPC: no space left on device'] })
  })

  test.each(['destroy', 'mark'] as const)('is a problem of rackbench %s too, and no mark is made', async (command) => {
    const world = createWorld(() => slow)
    const { events: past } = await rehearse({ plan: planFor(1, { maxBroken: { count: 0 } }), provisioner: world.provisioner, ...(command === 'destroy' && { killAt: 8 }) })
    const { exitCode, problems } = await rehearse({ past, command, provisioner: world.provisioner, fullAt: past.length })
    expect([exitCode, problems.at(-1), marked(world)]).toEqual([3, 'the journal cannot be written: ENOSPC: no space left on device', []])
  })

  test('gives up a mark under way', async () => {
    const plan = planFor(2, { concurrency: 2 })
    const world = createWorld((id) => (id === 's0' ? { ...slow, mark: { takes: 60 * second } } : { benchmark: { takes: 10 * second } }))
    const whole = await rehearse({ plan, provisioner: createWorld((id) => (id === 's0' ? { ...slow, mark: { takes: 60 * second } } : { benchmark: { takes: 10 * second } })).provisioner })
    const measured = whole.events.findIndex((event) => event.type === 'step.finished' && event.step === 'benchmark' && event.server === ('s1' as string))
    const { exitCode, clock } = await rehearse({ plan, provisioner: world.provisioner, fullAt: measured })
    expect([marked(world), machines(world), exitCode, clock.elapsed() < 15 * second]).toEqual([[], ['s0 installed', 's1 clean'], 3, true])
  })
})

describe('the budget of marks, all processes of a run together', () => {
  test('is not new for a resumed run', async () => {
    const world = createWorld(() => slow)
    const plan = planFor(6, { maxBroken: { count: 2 }, maxAlike: 0, concurrency: 1 })
    const { events: past } = await rehearse({ plan, provisioner: world.provisioner })
    const { state, exitCode } = await rehearse({ past, provisioner: world.provisioner })
    expect([marked(world), exitCode, state.finished?.status]).toEqual([['s0', 's1'], 3, 'braked'])
    expect(fates(state).slice(0, 5)).toEqual([
      's0 failed at check: PerformanceError, marked, installed', 's1 failed at check: PerformanceError, marked, installed', 's2 failed at check: PerformanceError, mark withheld, installed', 's3 failed at check: PerformanceError, mark withheld, installed', 's4 unfinished, clean',
    ])
  })

  test('may be given anew to a resumed run', async () => {
    const world = createWorld(() => slow)
    const plan = planFor(4, { maxBroken: { count: 1 }, maxAlike: 0, concurrency: 1 })
    const { events: past } = await rehearse({ plan, provisioner: world.provisioner })
    await rehearse({ past, overrides: { maxBroken: { count: 3 } }, provisioner: world.provisioner })
    // s1 stays withheld: that is for a person to decide.
    expect(marked(world)).toEqual(['s0', 's2', 's3'])
  })

  test.each([
    ['is being wiped', 'destroy started'],
    ['was wiped', 'destroy passed'],
    ['could not be wiped', 'destroy failed'],
  ])('keeps a mark for a server that %s on the promise of it', async (_what, wipe) => {
    const checked = (id: string): string => [`taken up`, 'install passed', 'benchmark passed', 'check failed PerformanceError'].map((words) => `${id}: ${words}`).join(', ')
    const { events } = tell(`${checked('s1')}, s1: ${wipe}, ${checked('s0')}`, { destroy: 'always', maxAlike: 0 }, 2)
    const past = events.map((event) => (event.type === 'run.started' ? { ...event, budget: 1 } : event))
    // s0 comes first, and must not take the mark of a server that would go back to the pool without it.
    const marks: string[] = []
    const { state } = await rehearse({ past, provisioner: adapter({ markAsBroken: async ({ id }) => void marks.push(id) }) })
    expect([marks, fates(state)]).toEqual([['s1'], ['s0 failed at check: PerformanceError, mark withheld, installed', `s1 failed at check: PerformanceError, marked, ${wipe === 'destroy failed' ? 'unknown' : 'clean'}`]])
  })
})

describe('at its end a run', () => {
  test('writes run.finished again if reports bring up more problems, and ends with 3', async () => {
    const { events, exitCode, problems } = await rehearse({ provisioner: adapter(), closeWith: ['junit.xml could not be written'] })
    const finished = events.filter(({ type }) => type === 'run.finished')
    expect(finished).toMatchObject([{ exitCode: 0, problems: [] }, { exitCode: 3, problems: ['junit.xml could not be written'] }])
    expect({ exitCode, problems }).toEqual({ exitCode: 3, problems: ['junit.xml could not be written'] })
  })

  test('tells of listeners that failed', async () => {
    const { exitCode, problems, lines } = await rehearse({
      provisioner: adapter(),
      secrets: ['hunter2!'],
      onEvent({ type }) {
        if (type === 'server.finished') throw new Error('cannot render hunter2!')
      },
    })
    expect({ exitCode, problems, lines }).toEqual({ exitCode: 3, problems: ['a listener failed: cannot render ***'], lines: ['run: error: a listener failed: cannot render ***'] })
  })

  test('is not closed while a wipe is missing', async () => {
    const { events, exitCode, problems } = await rehearse({ plan: planFor(1, { maxOutageMs: 1000 }), provisioner: createWorld(() => ({ destroy: { unavailable: 100 } })).provisioner })
    expect({ last: events.at(-1)!.type, exitCode, problems }).toEqual({ last: 'server.finished', exitCode: 3, problems: ['1 server was not judged', '1 server was not wiped: the provisioner was unavailable'] })
  })

  test.each([['SIGTERM', 143], ['SIGINT', 130], ['SIGHUP', 129]] as const)('tells of %s though its deadline has stopped it before', async (signal, code) => {
    const world = createWorld(() => ({ benchmark: { takes: 60 * second }, destroy: { takes: 10 * second } }))
    const plan = planFor(1, { deadlineMs: 50 * second, wipeReserveMs: 20 * second })
    const { events, exitCode, problems, state } = await rehearse({ plan, provisioner: world.provisioner, stopAfterMs: 35 * second, stop: { because: 'signal', signal, text: `the run was stopped by ${signal}` } })
    const stopping = events.flatMap((event) => (event.type === 'run.stopping' ? [`${event.because} ${event.signal ?? '-'}`] : []))
    expect({ stopping, exitCode, problems, fates: fates(state), finished: state.finished?.exitCode }).toEqual({
      stopping: ['deadline -', `signal ${signal}`],
      exitCode: code,
      problems: [`the run was stopped by ${signal}`],
      fates: ['s0 skipped at benchmark: RunStopped, clean'],
      finished: code,
    })
  })

  test('tells of a signal though the loss of its journal has stopped it before', async () => {
    const world = createWorld(() => ({ install: { takes: 5 * second }, destroy: { takes: 10 * second } }))
    const told: string[] = []
    const onEvent: Rehearsal['onEvent'] = (event) => event.type === 'run.stopping' && told.push(event.because)
    const { exitCode, problems } = await rehearse({ provisioner: world.provisioner, fullAt: 3, stopAfterMs: 8 * second, onEvent })
    expect({ told, exitCode, first: problems[0], machines: machines(world) }).toEqual({ told: ['journal', 'signal'], exitCode: 143, first: 'the run was stopped by SIGTERM', machines: ['s0 clean'] })
  })

  test('tells of the first reason to stop', async () => {
    const world = createWorld(() => ({ benchmark: { takes: 60 * second } }))
    const { events, exitCode } = await rehearse({ plan: planFor(1, { deadlineMs: 50 * second, wipeReserveMs: 20 * second }), provisioner: world.provisioner, stopAfterMs: 20 * second })
    expect([events.filter(({ type }) => type === 'run.stopping').map((event) => ({ ...event, at: '' })), exitCode]).toEqual([[{ at: '', type: 'run.stopping', because: 'signal', signal: 'SIGTERM' }], 143])
  })
})
