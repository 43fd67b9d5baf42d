import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/event.ts'
import type { Plan } from '../../src/model/plan.ts'
import { adapter, fates } from '../fixtures/adapter.ts'
import { planFor, rehearse } from '../fixtures/rehearsal.ts'
import type { Script } from '../fixtures/world.ts'
import { createWorld } from '../fixtures/world.ts'

/** An event in few words: `install started`, `server.finished`. */
const nameOf = (event: RunEvent): string =>
  'step' in event ? `${event.step} ${event.type === 'step.finished' ? event.status : event.type.slice(5)}${event.round > 1 ? ` ${event.round}` : ''}` : event.type

interface Row {
  readonly script?: Script
  readonly plan?: Partial<Plan>
  /** The first process is stopped when this event is in the journal. */
  readonly stopAt?: string
  /** It is killed when this event is in the journal; or just before, so that all was done that the event would have told of. */
  readonly killAt?: string
  readonly killBefore?: string
  /** What the first process asks for. */
  readonly first: readonly string[]
  /** What the resumed one asks for. */
  readonly again: readonly string[]
  readonly fate: string
}

const slow: Script = { benchmark: { score: 20 } }
const better: Script = { benchmark: { score: 20, then: 80 } }
const once = { retest: 1 }
const always = { destroy: 'always' } as const

/** The table of the design, section 4: what a resumed run asks of the provisioner, and by which keys. */
const rows: Record<string, Row> = {
  nothing: { killAt: 'run.started', first: [], again: ['install/1', 'benchmark/1', 'destroy/1'], fate: 's0 passed, clean' },
  'taken up': { killAt: 'server.started', first: [], again: ['install/1', 'benchmark/1', 'destroy/1'], fate: 's0 passed, clean' },
  'install started, and not asked for': { killAt: 'install started', first: [], again: ['install/1', 'benchmark/1', 'destroy/1'], fate: 's0 passed, clean' },
  'install started, and done': { killBefore: 'install passed', first: ['install/1'], again: ['install/1', 'benchmark/1', 'destroy/1'], fate: 's0 passed, clean' },
  'install passed': { killAt: 'install passed', first: ['install/1'], again: ['benchmark/1', 'destroy/1'], fate: 's0 passed, clean' },
  'benchmark started, and done': { killBefore: 'benchmark passed', first: ['install/1', 'benchmark/1'], again: ['benchmark/1', 'destroy/1'], fate: 's0 passed, clean' },
  'benchmark passed': { script: slow, killAt: 'benchmark passed', first: ['install/1', 'benchmark/1'], again: ['mark/1'], fate: 's0 failed at check: PerformanceError, marked, installed' },
  'the verdict: check passed': { killAt: 'check passed', first: ['install/1', 'benchmark/1'], again: ['destroy/1'], fate: 's0 passed, clean' },
  'the verdict: check failed': { script: slow, plan: always, killAt: 'check failed', first: ['install/1', 'benchmark/1'], again: ['destroy/1', 'mark/1'], fate: 's0 failed at check: PerformanceError, marked, clean' },
  'the verdict: install failed': { script: { install: { ends: 'fails' } }, plan: always, killAt: 'install failed', first: ['install/1'], again: ['destroy/1', 'mark/1'], fate: 's0 failed at install: ServerOperationError, marked, clean' },
  'the verdict: benchmark failed': { script: { benchmark: { ends: 'fails' } }, killAt: 'benchmark failed', first: ['install/1', 'benchmark/1'], again: ['mark/1'], fate: 's0 failed at benchmark: ServerOperationError, marked, installed' },
  'the verdict: benchmark unreadable': { script: { benchmark: { score: 'fast' } }, plan: always, killAt: 'benchmark failed', first: ['install/1', 'benchmark/1'], again: ['destroy/1'], fate: 's0 failed at benchmark: MeasurementError, clean' },
  'the first measurement missed, and the second is due': { script: better, plan: once, killAt: 'check failed', first: ['install/1', 'benchmark/1'], again: ['benchmark/2', 'destroy/1'], fate: 's0 passed, clean' },
  'the second measurement started, and done': { script: better, plan: once, killBefore: 'benchmark passed 2', first: ['install/1', 'benchmark/1', 'benchmark/2'], again: ['benchmark/2', 'destroy/1'], fate: 's0 passed, clean' },
  'the second measurement passed': { script: { benchmark: { score: 20, then: 30 } }, plan: once, killAt: 'benchmark passed 2', first: ['install/1', 'benchmark/1', 'benchmark/2'], again: ['mark/1'], fate: 's0 failed at check: PerformanceError, marked, installed' },
  'the second measurement failed': { script: { benchmark: { score: 20, then: 'fast' } }, plan: once, killAt: 'benchmark failed 2', first: ['install/1', 'benchmark/1', 'benchmark/2'], again: [], fate: 's0 failed at benchmark: MeasurementError, installed' },
  'stopped while the second measurement is due': { script: better, plan: once, stopAt: 'check failed', killAt: 'run.finished', first: ['install/1', 'benchmark/1', 'destroy/1'], again: ['install/2', 'benchmark/2', 'benchmark/3', 'destroy/2'], fate: 's0 passed, clean' },
  'destroy started, verdict known, and done': { killBefore: 'destroy passed', first: ['install/1', 'benchmark/1', 'destroy/1'], again: ['destroy/1'], fate: 's0 passed, clean' },
  'destroy started, verdict known, and not asked for': { script: slow, plan: always, killAt: 'destroy started', first: ['install/1', 'benchmark/1'], again: ['destroy/1', 'mark/1'], fate: 's0 failed at check: PerformanceError, marked, clean' },
  'destroy started, verdict not known': { stopAt: 'benchmark started', killBefore: 'destroy passed', first: ['install/1', 'destroy/1'], again: ['install/2', 'benchmark/2', 'destroy/2'], fate: 's0 passed, clean' },
  'destroy ended, verdict not known': { stopAt: 'install passed', killAt: 'destroy passed', first: ['install/1', 'destroy/1'], again: ['install/2', 'benchmark/1', 'destroy/2'], fate: 's0 passed, clean' },
  'destroy passed': { script: slow, plan: always, killAt: 'destroy passed', first: ['install/1', 'benchmark/1', 'destroy/1'], again: ['mark/1'], fate: 's0 failed at check: PerformanceError, marked, clean' },
  "destroy failed by the server's fault": { script: { destroy: { ends: 'fails' } }, killAt: 'destroy failed', first: ['install/1', 'benchmark/1', 'destroy/1'], again: ['mark/1'], fate: 's0 failed at destroy: ServerOperationError, marked, unknown' },
  'mark started, and made': { script: slow, killBefore: 'mark passed', first: ['install/1', 'benchmark/1', 'mark/1'], again: ['mark/1'], fate: 's0 failed at check: PerformanceError, marked, installed' },
  'mark started, and not asked for': { script: slow, killAt: 'mark started', first: ['install/1', 'benchmark/1'], again: ['mark/1'], fate: 's0 failed at check: PerformanceError, marked, installed' },
  'mark made': { script: slow, killAt: 'mark passed', first: ['install/1', 'benchmark/1', 'mark/1'], again: [], fate: 's0 failed at check: PerformanceError, marked, installed' },
  'server.finished: passed': { killAt: 'server.finished', first: ['install/1', 'benchmark/1', 'destroy/1'], again: [], fate: 's0 passed, clean' },
  'server.finished: failed': { script: slow, killAt: 'server.finished', first: ['install/1', 'benchmark/1', 'mark/1'], again: [], fate: 's0 failed at check: PerformanceError, marked, installed' },
  'run.finished': { killAt: 'run.finished', first: ['install/1', 'benchmark/1', 'destroy/1'], again: [], fate: 's0 passed, clean' },
  'stopped in install, and wiped': { script: { install: { takes: 5000 } }, stopAt: 'install started', killAt: 'run.finished', first: ['destroy/1'], again: ['install/2', 'benchmark/1', 'destroy/2'], fate: 's0 passed, clean' },
  'stopped, and not wiped by the policy': { plan: { destroy: 'never' }, stopAt: 'benchmark started', killAt: 'run.finished', first: ['install/1'], again: ['install/2', 'benchmark/2'], fate: 's0 passed, installed' },
  'not judged in install: refused': { script: { install: { ends: 'refused' } }, plan: always, killAt: 'run.finished', first: ['install/1', 'destroy/1'], again: ['install/2', 'destroy/2'], fate: 's0 failed at install: RequestRefusedError, clean' },
  'not judged in benchmark: a defect': { script: { benchmark: { ends: 'defect' } }, killAt: 'run.finished', first: ['install/1', 'benchmark/1'], again: ['install/2', 'benchmark/2'], fate: 's0 failed at benchmark: DefectError, installed' },
  'not ours': { script: { install: { ends: 'not ours' } }, killAt: 'run.finished', first: ['install/1'], again: ['install/2'], fate: 's0 skipped at install: ServerNotOursError, unknown' },
}

describe('of a server whose journal ends with', () => {
  test.each(Object.entries(rows))('%s, a resumed run asks for what is left, and by the right keys', async (_row, { script = {}, plan: parts = {}, stopAt, killAt, killBefore, first, again, fate }) => {
    const plan = planFor(1, parts)
    const placeOf = (events: readonly RunEvent[], name: string): number => {
      const place = events.findIndex((event) => nameOf(event) === name)
      if (place < 0) throw new Error(`no ${name} in ${events.map(nameOf).join(', ')}`)
      return place + 1
    }
    const rehearseOnce = async (more: object) => {
      const world = createWorld(() => script)
      return { world, ...(await rehearse({ plan, provisioner: world.provisioner, ...more })) }
    }
    const whole = await rehearseOnce({})
    const stop = stopAt === undefined ? {} : { stopAt: placeOf(whole.events, stopAt) }
    const disturbed = stopAt === undefined ? whole : await rehearseOnce(stop)
    const kill = killAt === undefined ? placeOf(disturbed.events, killBefore!) - 1 : placeOf(disturbed.events, killAt)
    const world = createWorld(() => script)
    const { events: past } = await rehearse({ plan, provisioner: world.provisioner, ...stop, ...(killAt === undefined ? { killAfter: kill } : { killAt: kill }) })
    const asked = world.calls.map((call) => call.split(' r1/s0/')[1])
    const resumed = await rehearse({ provisioner: world.provisioner, past })
    expect({ asked, again: world.calls.slice(asked.length).map((call) => call.split(' r1/s0/')[1]), fates: fates(resumed.state), wrongs: world.wrongs }).toEqual({ asked: first, again, fates: [fate], wrongs: [] })
    expect(resumed.state.totals.marksSpent).toBe(fate.includes('marked') ? 1 : 0)
  })
})

describe('taken up again after server.finished is', () => {
  test('a mark that failed: made under a new key if its failure is known, and paid for once', async () => {
    let isBroken = true
    const keys: string[] = []
    const provisioner = adapter({
      benchmark: async () => 20,
      async markAsBroken(_server, _reason, { idempotencyKey }) {
        keys.push(idempotencyKey)
        if (isBroken) throw new Error('read only')
      },
    })
    const plan = planFor(1, { maxBroken: { count: 1 } })
    const first = await rehearse({ plan, provisioner })
    isBroken = false
    const resumed = await rehearse({ provisioner, past: first.events })
    expect([first, resumed].map(({ state, exitCode }) => [fates(state)[0], state.totals.marksSpent, exitCode])).toEqual([
      ['s0 failed at check: PerformanceError, mark failed, installed', 1, 3],
      ['s0 failed at check: PerformanceError, marked, installed', 1, 1],
    ])
    expect(keys).toEqual(['r1/s0/mark/1', 'r1/s0/mark/2'])
  })

  test('a wipe that ended unavailable: asked for under the same key', async () => {
    const world = createWorld(() => ({ destroy: { unavailable: 6 } }))
    const first = await rehearse({ plan: planFor(1, { maxOutageMs: 30_000 }), provisioner: world.provisioner })
    expect([first.state.finished, first.exitCode, fates(first.state)]).toEqual([undefined, 3, ['s0 failed at destroy: ProvisionerUnavailableError, unknown']])
    const resumed = await rehearse({ provisioner: world.provisioner, past: first.events })
    expect([resumed.state.finished?.status, resumed.exitCode, fates(resumed.state)]).toEqual(['finished', 0, ['s0 passed, clean']])
    expect(new Set(world.calls.filter((call) => call.startsWith('destroy')))).toEqual(new Set(['destroy s0 r1/s0/destroy/1']))
  })
})

describe('the key of an operation', () => {
  const keysOf = (world: ReturnType<typeof createWorld>): (string | undefined)[] => world.calls.map((call) => call.split(' r1/s0/')[1])

  test('stays the same while answers are lost', async () => {
    const world = createWorld(() => ({ install: { unavailable: 1, lost: 2 }, benchmark: { lost: 1 }, destroy: { lost: 1 } }))
    const { state } = await rehearse({ plan: planFor(1), provisioner: world.provisioner })
    expect([keysOf(world), fates(state), world.wrongs]).toEqual([['install/1', 'install/1', 'install/1', 'install/1', 'benchmark/1', 'benchmark/1', 'destroy/1', 'destroy/1'], ['s0 passed, clean'], []])
  })

  test('is a new one after a failure that is known', async () => {
    const world = createWorld(() => ({ install: { ends: 'fails once' }, destroy: { ends: 'fails once' } }))
    const { state } = await rehearse({ plan: planFor(1), provisioner: world.provisioner })
    expect([keysOf(world), fates(state), world.wrongs]).toEqual([['install/1', 'install/2', 'benchmark/1', 'destroy/1', 'destroy/2'], ['s0 passed, clean'], []])
  })

  test('is journalled before the retry asks for it, and is the same after a crash in the wait', async () => {
    const world = createWorld(() => ({ install: { ends: 'fails once' } }))
    const whole = await rehearse({ plan: planFor(1), provisioner: createWorld(() => ({ install: { ends: 'fails once' } })).provisioner })
    const retried = whole.events.findIndex(({ type }) => type === 'step.retried')
    const { events: past } = await rehearse({ plan: planFor(1), provisioner: world.provisioner, killAt: retried + 1 })
    await rehearse({ provisioner: world.provisioner, past })
    expect([whole.events[retried], keysOf(world), world.wrongs]).toMatchObject([{ key: 'r1/s0/install/2', attempt: 1, delayMs: 1000 }, ['install/1', 'install/2', 'benchmark/1', 'destroy/1'], []])
  })
})
