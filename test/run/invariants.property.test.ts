import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/event.ts'
import { isDone, kept } from '../../src/model/kept.ts'
import { nextNumber } from '../../src/model/operation.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { RunState } from '../../src/model/run-state.ts'
import { replay } from '../../src/model/run-state.ts'
import type { ServerState } from '../../src/model/server-state.ts'
import { brokenOf, fallOf, isRetestDue, statusOf, verdictOf } from '../../src/model/verdict.ts'
import type { Rehearsal } from '../fixtures/rehearsal.ts'
import { planFor, rehearse } from '../fixtures/rehearsal.ts'
import type { Act, Script, World } from '../fixtures/world.ts'
import { createWorld } from '../fixtures/world.ts'

const act = (ends: readonly NonNullable<Act['ends']>[]): fc.Arbitrary<Act> =>
  fc.record(
    {
      takes: fc.integer({ min: 0, max: 5000 }),
      ends: fc.option(fc.constantFrom(...ends), { nil: undefined, freq: 3 }),
      unavailable: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined, freq: 5 }),
      lost: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined, freq: 5 }),
    },
    { requiredKeys: [] },
  )

const script: fc.Arbitrary<Script> = fc.record(
  {
    install: act(['fails', 'fails once', 'plain error', 'not ours', 'unknown']),
    benchmark: fc.tuple(act(['fails', 'plain error']), fc.constantFrom(80, 49.5, 0, 'fast'), fc.constantFrom(80, 80, 49.5, 'fast')).map(([acts, score, again]) => ({ ...acts, score, again })),
    destroy: act(['fails', 'fails once']),
    mark: act(['fails once']),
  },
  { requiredKeys: [] },
)

/** One of machines that mostly fail, and of a provisioner that does not mark all of them at once, or at all. */
const faulty: fc.Arbitrary<Script> = fc.record(
  {
    install: act(['fails']),
    benchmark: fc.tuple(act(['fails']), fc.constantFrom(80, 20, 20), fc.constantFrom(80, 20, 20)).map(([acts, score, again]) => ({ ...acts, score, again })),
    destroy: act(['fails', 'fails once']),
    mark: act(['fails', 'fails once', 'refused']),
  },
  { requiredKeys: ['benchmark', 'mark'] },
)

interface Fleet {
  readonly plan: Plan
  readonly world: () => World
  readonly script: (id: string) => Script
}

const fleetOf = (most: number, machine = script): fc.Arbitrary<Fleet> =>
  fc
    .record({
      scripts: fc.array(machine, { minLength: 1, maxLength: most }),
      concurrency: fc.integer({ min: 1, max: 4 }),
      destroy: fc.constantFrom<Plan['destroy'][]>('passing', 'always', 'never'),
      retest: fc.constantFrom(0, 1, 1, 2),
    })
    .map(({ scripts, concurrency, destroy, retest }) => {
      const scriptFor = (id: string): Script => scripts[Number(id.slice(1))]!
      const plan = planFor(scripts.length, { concurrency, destroy, retest, maxAlike: 0, maxBroken: { count: 100 } })
      return { plan, world: () => createWorld(scriptFor), script: scriptFor }
    })

/** A moment in a run, as a share of its events. */
const moment = fc.integer({ min: 0, max: 999 })
const at = (share: number, events: number): number => 1 + Math.floor((share / 1000) * events)

/** A kill at a moment, or as late as can be: when all that the next event would tell of has happened. */
const death = fc.record({ share: moment, late: fc.boolean() })
type Death = typeof death extends fc.Arbitrary<infer T> ? T : never
const dies = ({ share, late }: Death, past: readonly RunEvent[], events: number) => ({ [late ? 'killAfter' : 'killAt']: past.length + at(share, events) })

/** What becomes of the servers whose verdict is theirs. */
const verdicts = ({ servers }: RunState) => [...servers.values()].map((server) => ({ id: server.server.id, status: statusOf(server), fall: fallOf(server)?.failure.type, left: server.left }))

const marks = (world: World): string[] => [...world.machines].filter(([, { marked }]) => marked > 0).map(([id]) => id)

/** The classes of all that went wrong with a server. */
const failuresOf = ({ install, rounds, destroy }: ServerState): string[] =>
  [install, ...rounds.flatMap(({ benchmark, check }) => [benchmark, check]), destroy].flatMap((record) => (record && 'failure' in record && record.failure ? [record.failure.type] : []))

const numRuns = 150

describe('a fleet', () => {
  test('has at most as many servers between their first and last step as the concurrency allows (invariant 1)', async () => {
    await fc.assert(
      fc.asyncProperty(fleetOf(12), async ({ plan, world }) => {
        const seen = world()
        let underWay = 0
        let most = 0
        const onEvent = ({ type }: RunEvent): void => {
          if (type === 'server.started') most = Math.max(most, ++underWay)
          if (type === 'server.finished') underWay--
        }
        const { state } = await rehearse({ plan, provisioner: seen.provisioner, onEvent })
        expect(most).toBeLessThanOrEqual(plan.concurrency)
        expect(seen.busiest).toBeLessThanOrEqual(plan.concurrency)
        expect(seen.wrongs).toEqual([])
        expect(state.totals.underWay + state.totals.waiting).toBe(0)
      }),
      { numRuns },
    )
  })

  test('that is killed at any event and resumed ends with the verdicts of one that was not, and repeats no kept step (invariant 3)', async () => {
    await fc.assert(
      fc.asyncProperty(fleetOf(6), fc.array(death, { minLength: 1, maxLength: 3 }), async ({ plan, world }, deaths) => {
        const whole = await rehearse({ plan, provisioner: world().provisioner })
        const disturbed = world()
        let past: readonly RunEvent[] = []
        for (const one of deaths) ({ events: past } = await rehearse({ plan, provisioner: disturbed.provisioner, past, ...dies(one, past, whole.events.length) }))
        const before = replay(past).state
        const callsBefore = disturbed.calls.length
        const last = await rehearse({ plan, provisioner: disturbed.provisioner, past })

        expect(disturbed.wrongs).toEqual([])
        expect(disturbed.begunAnew).toEqual([])
        expect(verdicts(last.state)).toEqual(verdicts(whole.state))
        expect(last.exitCode).toBe(whole.exitCode)
        const callsAfter = disturbed.calls.slice(callsBefore)
        for (const server of before.servers.values()) {
          const { id } = server.server
          const held = isDone(server) ? ['install', 'benchmark', 'check', 'destroy', 'mark'] : kept(server)
          // Of a server that is to be measured once more, or may turn out to be, only that measurement is carried out.
          const { operations } = server
          const mayFollow = !isDone(server) && (plan.retest ?? 0) > 0
          const again = isRetestDue(server) ? nextNumber(operations, 'benchmark') : mayFollow ? operations.counts.benchmark + 1 : Infinity
          const isNext = (call: string): boolean => Number(call.split('/').at(-1)) >= again
          for (const step of held) expect(callsAfter.filter((call) => call.startsWith(`${step} ${id} `) && !(step === 'benchmark' && isNext(call)))).toEqual([])
        }
      }),
      { numRuns },
    )
  })

  test('that is stopped at any moment wipes every server without a verdict, marks none for it, and makes the marks that are due (invariant 4)', async () => {
    await fc.assert(
      fc.asyncProperty(fleetOf(6), moment, async ({ plan, world, script: scriptFor }, share) => {
        const whole = await rehearse({ plan, provisioner: world().provisioner })
        const stopped = world()
        const { state, exitCode, events } = await rehearse({ plan, provisioner: stopped.provisioner, stopAt: at(share, whole.events.length - 1) })

        expect(stopped.wrongs).toEqual([])
        expect(exitCode).toBe(143)
        for (const server of state.servers.values()) {
          const { id } = server.server
          const verdict = verdictOf(server)
          const machine = stopped.machines.get(id)?.state ?? 'clean'
          const canBeWiped = plan.destroy !== 'never' && scriptFor(id).destroy?.ends !== 'fails'
          if (verdict?.status === 'skipped' && verdict.failure.type === 'RunStopped' && canBeWiped) expect({ id, machine }).toEqual({ id, machine: 'clean' })
          if (verdict?.status === 'skipped') expect(marks(stopped)).not.toContain(id)
          if (brokenOf(server, plan).due) expect(marks(stopped)).toContain(id)
        }
        expect(state.totals.underWay).toBe(0)
        expect(state.finished?.status).toBe('stopped')

        const resumed = await rehearse({ plan, provisioner: stopped.provisioner, past: events })
        expect(verdicts(resumed.state)).toEqual(verdicts(whole.state))
      }),
      { numRuns },
    )
  })

  test('that is stopped and killed in any order ends, in its last process, as one process would have', async () => {
    const fault = fc.record({ kill: death, stop: fc.option(moment, { nil: undefined }) })
    await fc.assert(
      fc.asyncProperty(fleetOf(5), fc.array(fault, { minLength: 1, maxLength: 4 }), async ({ plan, world }, faults) => {
        const whole = await rehearse({ plan, provisioner: world().provisioner })
        const disturbed = world()
        let past: readonly RunEvent[] = []
        for (const { kill, stop } of faults) {
          const ends = { ...dies(kill, past, whole.events.length), ...(stop !== undefined && { stopAt: past.length + at(stop, whole.events.length) }) }
          ;({ events: past } = await rehearse({ plan, provisioner: disturbed.provisioner, past, ...ends }))
        }
        const last = await rehearse({ plan, provisioner: disturbed.provisioner, past })
        expect(disturbed.wrongs).toEqual([])
        expect(verdicts(last.state)).toEqual(verdicts(whole.state))
      }),
      { numRuns },
    )
  })

  test('marks no server for a fault that is not its own, and never more than its budget, resumes included (invariant 5)', async () => {
    await fc.assert(
      fc.asyncProperty(fleetOf(8), fc.integer({ min: 0, max: 4 }), fc.array(death, { maxLength: 3 }), async ({ plan: free, world }, budget, deaths) => {
        const plan: Plan = { ...free, maxBroken: { count: budget } }
        const marked = world()
        let past: readonly RunEvent[] = []
        for (const one of deaths) ({ events: past } = await rehearse({ plan, provisioner: marked.provisioner, past, ...dies(one, past, 60) }))
        const { state } = await rehearse({ plan, provisioner: marked.provisioner, past })
        expect(marks(marked).length).toBeLessThanOrEqual(budget)
        for (const id of marks(marked)) {
          const server = [...state.servers.values()].find((one) => one.server.id === id)!
          const own = failuresOf(server).filter((type) => ['PerformanceError', 'ServerOperationError', 'StepTimeoutError'].includes(type))
          expect({ id, own: own.length > 0 }).toEqual({ id, own: true })
        }
        for (const server of state.servers.values()) {
          const { withheld, due, reason } = brokenOf(server, plan)
          if (due && withheld !== undefined) expect(marks(marked)).not.toContain(server.server.id)
          if (withheld !== undefined && reason?.startsWith('destroy') === false) expect(server.destroy?.status).toBe('skipped')
        }
      }),
      { numRuns },
    )
  })

  test('has, after whatever sequence of commands, deaths and stops, no server back in the pool that is to be marked and is not, but where a mark fails after a wipe that the policy asks for', async () => {
    const command = fc.constantFrom<NonNullable<Rehearsal['command']>[]>('run', 'destroy', 'destroy --all', 'mark')
    const process = fc.record({ command, kill: fc.option(death, { nil: undefined }), stop: fc.option(moment, { nil: undefined, freq: 2 }) })
    await fc.assert(
      fc.asyncProperty(fleetOf(5, faulty), fc.integer({ min: 0, max: 4 }), fc.array(process, { minLength: 1, maxLength: 6 }), async ({ plan: free, world }, budget, processes) => {
        const plan: Plan = { ...free, maxBroken: { count: budget } }
        const pool = world()
        const { events: whole } = await rehearse({ plan, provisioner: world().provisioner })
        let past: readonly RunEvent[] = []
        for (const one of [{ ...processes[0]!, command: 'run' as const }, ...processes.slice(1), { command: 'run' as const, kill: undefined, stop: undefined }]) {
          const before = past.length > 0 ? replay(past).state : undefined
          const ends = { ...(one.kill && dies(one.kill, past, whole.length)), ...(one.stop !== undefined && { stopAt: past.length + at(one.stop, whole.length) }) }
          const { events, state } = await rehearse({ plan, provisioner: pool.provisioner, past, command: one.command, ...ends })
          past = events
          for (const server of state.servers.values()) {
            const { id } = server.server
            const { due, marked } = brokenOf(server, plan)
            const isInPool = due && (pool.machines.get(id)?.state ?? 'clean') === 'clean' && !marks(pool).includes(id)
            // Under that policy a mark comes after the wipe: it may have failed, or its process may have died between them.
            if (isInPool) expect({ id, destroy: plan.destroy, isOver: server.phase === 'finished', mark: server.mark?.status }).toEqual({ id, destroy: 'always', ...(server.phase === 'finished' ? { isOver: true, mark: 'failed' } : { isOver: false, mark: server.mark?.status }) })
            const isMarkedNow = one.command === 'mark' && !one.kill && marked && server.turn > before!.servers.get(server.server.id)!.turn
            if (isMarkedNow && server.destroy?.status === 'skipped') expect(server.destroy.because).not.toMatch(/^kept: its mark/)
            if (isMarkedNow && plan.destroy === 'always') expect(server.destroy?.status).not.toBe('skipped')
          }
        }
        expect(pool.wrongs).toEqual([])
      }),
      { numRuns },
    )
  })
})
