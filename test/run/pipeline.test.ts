import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/event.ts'
import {
  DefectError, MeasurementError, PerformanceError, ProvisionerUnavailableError, RequestRefusedError, ServerNotOursError, ServerOperationError, StepTimeoutError, UnknownServerError,
} from '../../src/model/fault.ts'
import type { Provisioner, StepContext } from '../../src/model/provisioner.ts'
import { log } from '../../src/run/log.ts'
import { adapter, fates } from '../fixtures/adapter.ts'
import { planFor, rehearse } from '../fixtures/rehearsal.ts'
import { createWorld } from '../fixtures/world.ts'

const always = planFor(1, { destroy: 'always', maxOutageMs: 5000 })
const throwing = (error: unknown) => async (): Promise<never> => {
  throw error
}
const deaf = (): Promise<never> => new Promise(() => {})
const stepEnds = (events: readonly RunEvent[]) => events.flatMap((event) => (event.type === 'step.finished' ? [event] : []))

test('a good server is installed, benchmarked, checked and wiped', async () => {
  const world = createWorld(() => ({}))
  const { state, exitCode, problems } = await rehearse({ plan: planFor(1), provisioner: world.provisioner })
  expect({ exitCode, problems, calls: world.calls, wrongs: world.wrongs, fates: fates(state) }).toEqual({
    exitCode: 0,
    problems: [],
    calls: ['install s0 r1/s0/install/1', 'benchmark s0 r1/s0/benchmark/1', 'destroy s0 r1/s0/destroy/1'],
    wrongs: [],
    fates: ['s0 passed, clean'],
  })
})

test('every step of a server is in its journal, in order, and a server that passed leaves no last words', async () => {
  const { events } = await rehearse({ provisioner: adapter({ install: async () => ({ address: '10.0.0.1', facts: { nic: 'x' } }) }) })
  const at = '2026-11-21T10:00:00.000Z'
  const about = { at, server: 's0', round: 1 }
  const passed = { ...about, type: 'step.finished', status: 'passed', durationMs: 0, attempts: 1 }
  expect(events.slice(1)).toEqual([
    { at, type: 'server.started', server: 's0', worker: 'worker-01', turn: 1, kept: [] },
    { ...about, type: 'step.started', step: 'install', key: 'r1/s0/install/1' },
    { ...passed, step: 'install', installed: { address: '10.0.0.1', facts: { nic: 'x' } } },
    { ...about, type: 'step.started', step: 'benchmark', key: 'r1/s0/benchmark/1' },
    { ...passed, step: 'benchmark', metrics: { score: 80 } },
    { ...about, type: 'step.started', step: 'check', key: 'r1/s0/check/1' },
    { ...passed, step: 'check' },
    { ...about, type: 'step.started', step: 'destroy', key: 'r1/s0/destroy/1' },
    { ...passed, step: 'destroy' },
    { at, type: 'server.finished', server: 's0' },
    { at, type: 'run.finished', status: 'finished', exitCode: 0, problems: [] },
  ])
})

describe('a benchmark that answers', () => {
  const tooSlow = 's0 failed at check: PerformanceError, marked, clean'
  const unreadable = 's0 failed at benchmark: MeasurementError, clean'
  test.each<[unknown, string, string]>([
    [Number.NaN, unreadable, 'metric "score" is NaN, not a finite number'],
    [Number('1e400'), unreadable, 'metric "score" is Infinity, not a finite number'],
    [null, unreadable, 'the benchmark answered null, not a number or an object of numbers'],
    [undefined, unreadable, 'the benchmark answered undefined, not a number or an object of numbers'],
    ['fast', unreadable, 'the benchmark answered "fast", not a number or an object of numbers'],
    [{}, unreadable, 'the benchmark answered an object without any metric'],
    [[], unreadable, 'the benchmark answered an array of 0, not a number or an object of numbers'],
    [true, unreadable, 'the benchmark answered true, not a number or an object of numbers'],
    [{ score: '80' }, unreadable, 'metric "score" is "80", not a finite number'],
    [{ '__proto__ ': 1 }, unreadable, 'the benchmark answered a metric with an unusable name: "__proto__"'],
    [-1, tooSlow, 'score -1 is below 50, by 51'],
    [49.999, tooSlow, 'score 49.999 is below 50, by 0.001'],
    [{ cpu: 900 }, 's0 failed at check: MeasurementError, clean', 'score was not measured'],
    [50, 's0 passed, clean', ''],
    [{ score: 50, cpu: -1 }, 's0 passed, clean', ''],
  ])('%j is what it is, and the next server is unharmed', async (answer, fate, message) => {
    const benchmark: Provisioner['benchmark'] = async ({ id }) => (id === 's0' ? (answer as number) : 80)
    const { state, events, exitCode } = await rehearse({ plan: { ...planFor(2), destroy: 'always' }, provisioner: adapter({ benchmark }) })
    const failures = stepEnds(events).flatMap((event) => (event.status === 'failed' ? [event.failure.message] : []))
    expect({ fates: fates(state), failures, exitCode }).toEqual({ fates: [fate, 's1 passed, clean'], failures: message === '' ? [] : [message], exitCode: message === '' ? 0 : 1 })
  })
})

describe('every violated threshold and every missing metric is named', () => {
  const thresholds = [{ metric: 'cpu', min: 1000 }, { metric: 'disk', min: 100, unit: 'MB/s' }, { metric: 'latency', max: 9, unit: 'ms' }]
  test.each([
    [{ cpu: 900, disk: 120, latency: 10.5 }, 'PerformanceError', 'cpu 900 is below 1000, by 100; latency 10.5 ms is above 9 ms, by 1.5 ms'],
    [{ cpu: 900, disk: 120 }, 'PerformanceError', 'cpu 900 is below 1000, by 100; latency was not measured'],
    [{ cpu: 1000 }, 'MeasurementError', 'disk was not measured; latency was not measured'],
  ])('%j', async (metrics, type, message) => {
    const { events } = await rehearse({ plan: planFor(1, { thresholds }), provisioner: adapter({ benchmark: async () => metrics }) })
    const check = stepEnds(events).find(({ step }) => step === 'check')!
    expect(check.status === 'failed' && check.failure).toEqual({ type, message })
  })
})

/** By class: what becomes of the server when it is thrown in install or benchmark, in destroy, and how the run ends. Everything is wiped that may be. */
const own = 'marked'
const classes: readonly (readonly [what: string, error: unknown, type: string, status: string, mark: string | undefined, exitCode: number, wiped: boolean])[] = [
  ['PerformanceError', new PerformanceError('x'), 'PerformanceError', 'failed', own, 1, true],
  ['ServerOperationError', new ServerOperationError('x'), 'ServerOperationError', 'failed', own, 1, true],
  ['a plain Error', new Error('x'), 'ServerOperationError', 'failed', own, 1, true],
  ['StepTimeoutError', new StepTimeoutError('x'), 'StepTimeoutError', 'failed', own, 1, true],
  ['MeasurementError', new MeasurementError('x'), 'MeasurementError', 'failed', undefined, 1, true],
  ['ProvisionerUnavailableError', new ProvisionerUnavailableError('x'), 'ProvisionerUnavailableError', 'failed', undefined, 3, true],
  ['a network code', Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'ProvisionerUnavailableError', 'failed', undefined, 3, true],
  ['RequestRefusedError', new RequestRefusedError('x'), 'RequestRefusedError', 'failed', undefined, 3, true],
  ['DefectError', new DefectError('x'), 'DefectError', 'failed', undefined, 3, true],
  ['a TypeError', new TypeError('x'), 'DefectError', 'failed', undefined, 3, true],
  ['no Error at all', 'x', 'DefectError', 'failed', undefined, 3, true],
  ['UnknownServerError', new UnknownServerError('x'), 'UnknownServerError', 'failed', undefined, 3, false],
  ['ServerNotOursError', new ServerNotOursError('x'), 'ServerNotOursError', 'skipped', undefined, 3, false],
]

describe.each(classes)('%s', (_what, error, type, status, mark, exitCode, wiped) => {
  const list = (...parts: (string | undefined)[]): string => parts.filter((part) => part !== undefined).join(', ')

  test.each(['install', 'benchmark'] as const)('thrown by %s is the fault of whom the table says', async (step) => {
    const calls: string[] = []
    const left = step === 'install' ? 'unknown' : 'installed'
    const { state, exitCode: code } = await rehearse({ plan: always, provisioner: adapter({ [step]: throwing(error) }, calls) })
    expect({ fates: fates(state), code }).toEqual({ fates: [list(`s0 ${status} at ${step}: ${type}`, mark, wiped ? 'clean' : left)], code: exitCode })
    expect(calls.filter((call) => call === 'destroy s0')).toHaveLength(wiped ? 1 : 0)
    expect(calls.at(-1) === 'mark s0').toBe(mark !== undefined)
  })

  test('thrown by destroy is told of a server that has passed, and keeps its numbers', async () => {
    const { state, exitCode: code } = await rehearse({ plan: always, provisioner: adapter({ destroy: throwing(error) }) })
    // There is nothing to measure in a wipe: it was not the server's fault that it is not wiped, and somebody has to look.
    const wipeExitCode = type === 'MeasurementError' ? 3 : exitCode
    const [server] = [...state.servers.values()]
    expect({ fates: fates(state), code, metrics: server!.rounds[0]!.benchmark }).toMatchObject({ fates: [list(`s0 ${status} at destroy: ${type}`, mark, 'unknown')], code: wipeExitCode, metrics: { metrics: { score: 80 } } })
    expect(state.finished === undefined).toBe(type === 'ProvisionerUnavailableError')
  })

  test('thrown by markAsBroken leaves a mark that was not made, and changes no verdict', async () => {
    const { state, exitCode: code, problems } = await rehearse({ plan: always, provisioner: adapter({ benchmark: async () => 20, markAsBroken: throwing(error) }) })
    const asked = status === 'skipped' ? 'mark withheld' : 'mark failed'
    expect({ fates: fates(state), code, problems }).toEqual({
      fates: [`s0 failed at check: PerformanceError, ${asked}, clean`],
      code: 3,
      problems: [status === 'skipped' ? '1 server was not marked as broken though due: the mark was withheld' : '1 server was not marked as broken: the mark failed'],
    })
  })
})

describe('a step that never settles and hears nothing', () => {
  test.each([
    ['install', 's0 failed at install: StepTimeoutError, marked, clean', 3_610_000, 1],
    ['benchmark', 's0 failed at benchmark: StepTimeoutError, marked, clean', 14_410_000, 1],
    ['destroy', 's0 failed at destroy: StepTimeoutError, marked, unknown', 7_210_000, 1],
  ])('is left behind 10 s after its limit: %s', async (step, fate, ms, exitCode) => {
    const { state, clock, exitCode: code } = await rehearse({ plan: always, provisioner: adapter({ [step]: deaf }) })
    expect({ fates: fates(state), ms: clock.elapsed(), code }).toEqual({ fates: [fate], ms, code: exitCode })
  })

  test('is left behind when it is a mark', async () => {
    const { state, clock, exitCode } = await rehearse({ plan: always, provisioner: adapter({ benchmark: async () => 20, markAsBroken: deaf }) })
    expect({ fates: fates(state), ms: clock.elapsed(), exitCode }).toEqual({ fates: ['s0 failed at check: PerformanceError, mark failed, clean'], ms: 130_000, exitCode: 3 })
  })
})

describe('what a step says', () => {
  const said = (lines: readonly string[]): string[] => lines.filter((line) => !line.startsWith('run:'))

  test("goes to its server's log, by context and by log(), with the level and the step", async () => {
    const install: Provisioner['install'] = async (_server, _os, context) => {
      context.log('one\ntwo \u001b[31mred\u001b[0m hunter2!')
      context.log('careful', 'warn')
      context.log('what level is this?', 'silly' as never)
      context.log({ toString: () => 'an object' } as never)
      context.log(Object.create(null) as never)
      await Promise.resolve()
      log('by the way', 'debug')
    }
    const { lines } = await rehearse({ provisioner: adapter({ install }), secrets: ['hunter2!'] })
    expect(said(lines)).toEqual([
      's0 install: info: one', 's0 install: info: two red ***', 's0 install: warn: careful', 's0 install: info: what level is this?', 's0 install: info: an object',
      's0 install: info: something that cannot be shown', 's0 install: debug: by the way',
    ])
  })

  test("after its end goes to run.log only, and so does what becomes of a step that was left behind; nothing goes to another server's log", async () => {
    const plan = planFor(2, { limitsMs: { install: 1000, benchmark: 60_000, destroy: 1000, mark: 1000 } })
    const { lines, state } = await rehearse({
      plan,
      provisioner: (clock) => {
        const after = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve))
        const install = async ({ id }: { id: string }, context: StepContext): Promise<void> => {
          if (id === 's1') return
          await after(12_000)
          context.log('still here')
          log('and here')
          throw new Error('too late anyhow')
        }
        return adapter({
          install: (server, _os, context) => install(server, context),
          benchmark: async ({ id }, context) => {
            void after(31_000).then(() => context.log('forgotten'))
            await after(30_000)
            context.log(`benchmark of ${id}`)
            return 80
          },
          async destroy() {
            await after(20_000)
          },
        })()
      },
    })
    expect(fates(state)).toEqual(['s0 failed at install: StepTimeoutError, marked, unknown', 's1 failed at destroy: StepTimeoutError, marked, unknown'])
    expect(said(lines)).toEqual([
      'late s0 install: still here', 'late s0 install: and here', 'late s0 install: it has failed after all: Error: too late anyhow', 's1 benchmark: info: benchmark of s1', 'late s1 benchmark: forgotten',
    ])
  })

  test('is told when a step that was left behind passes after all', async () => {
    const { lines } = await rehearse({
      plan: planFor(2, { limitsMs: { install: 1000, benchmark: 60_000, destroy: 1000, mark: 1000 } }),
      provisioner: (clock) => adapter({ install: ({ id }) => new Promise((resolve) => clock.after(id === 's0' ? 15_000 : 0, resolve)), benchmark: () => new Promise((resolve) => clock.after(50_000, () => resolve(80))) })(),
    })
    expect(said(lines)).toEqual(['late s0 install: it has settled after all; its result is ignored'])
  })
})

describe('what install answered is handed to every later step', () => {
  const installed = { address: '10.0.0.7', facts: { bmc: '10.1.0.7' } }
  function witness() {
    const seen: Record<string, unknown> = {}
    const see = (step: string, context: StepContext): void => void (seen[step] = context.installed)
    const provisioner = adapter({
      async install(_server, _os, context) {
        see('install', context)
        return installed
      },
      async benchmark(_server, context) {
        see('benchmark', context)
        return 20
      },
      destroy: async (_server, context) => see('destroy', context),
      markAsBroken: async (_server, _reason, context) => see('mark', context),
    })
    return { seen, provisioner }
  }

  test('in one process', async () => {
    const { seen, provisioner } = witness()
    await rehearse({ plan: always, provisioner })
    expect(seen).toEqual({ install: undefined, benchmark: installed, destroy: installed, mark: installed })
  })

  test('also when another process installed', async () => {
    const { events: past } = await rehearse({ plan: always, provisioner: witness().provisioner, killAt: 5 })
    const { seen, provisioner } = witness()
    await rehearse({ provisioner, past })
    expect(seen).toEqual({ benchmark: installed, destroy: installed, mark: installed })
  })

  test('is nothing if install answered nothing, or failed', async () => {
    const seen: boolean[] = []
    const destroy: Provisioner['destroy'] = async (_server, context) => void seen.push('installed' in context)
    await rehearse({ plan: always, provisioner: adapter({ destroy }) })
    await rehearse({ plan: always, provisioner: adapter({ install: throwing(new Error('x')), destroy }) })
    expect(seen).toEqual([false, false])
  })

  test('is in doubt for a wipe, with its key, while nobody knows how it ended; also in another process', async () => {
    const seen: unknown[] = []
    const destroy: Provisioner['destroy'] = async (_server, context) => void seen.push(context.inDoubt)
    const doubt = { os: 'debian-12', idempotencyKey: 'r1/s0/install/1' }
    await rehearse({ plan: always, provisioner: adapter({ install: deaf, destroy }), stopAfterMs: 1000 })
    const { events: past } = await rehearse({ plan: always, provisioner: adapter({ install: deaf, destroy }), killAt: 3 })
    await rehearse({ provisioner: adapter({ destroy }), past, command: 'destroy' })
    await rehearse({ plan: always, provisioner: adapter({ install: throwing(new ProvisionerUnavailableError('away')), destroy }) })
    expect(seen).toEqual([doubt, doubt, doubt])
    await rehearse({ plan: always, provisioner: adapter({ install: throwing(new Error('no lease')), destroy }) })
    await rehearse({ provisioner: adapter({ destroy }), past })
    expect(seen.slice(3)).toEqual([undefined, undefined])
  })

  test.each([['10.0.0.1'], [{ address: 7 }], [{ facts: { disk: {} } }]])('an answer that is none is a fault of the adapter: %j', async (answer) => {
    const { state, exitCode } = await rehearse({ plan: always, provisioner: adapter({ install: async () => answer as never }) })
    expect({ fates: fates(state), exitCode }).toEqual({ fates: ['s0 failed at install: DefectError, clean'], exitCode: 3 })
  })
})

describe('a server is marked with a reason', () => {
  async function reasonOf(parts: Partial<Provisioner>, secrets: string[] = []): Promise<string[]> {
    const reasons: string[] = []
    const markAsBroken: Provisioner['markAsBroken'] = async (_server, reason) => void reasons.push(reason)
    await rehearse({ plan: always, provisioner: adapter({ ...parts, markAsBroken }), secrets })
    return reasons
  }
  test.each<[string, Partial<Provisioner>, string]>([
    ['the violated thresholds', { benchmark: async () => 31 }, 'check: score 31 is below 50, by 19 (rackbench run r1)'],
    ['what install said', { install: throwing(new ServerOperationError('PXE boot\u001b[31m timed\nout hunter2!')) }, 'install: PXE boot timed out *** (rackbench run r1)'],
    ['what destroy said', { destroy: throwing(new Error('disk erase failed')) }, 'destroy: disk erase failed (rackbench run r1)'],
    ['at most 400 characters of it', { install: throwing(new Error('x'.repeat(5000))) }, `install: ${'x'.repeat(400)} (rackbench run r1)`],
    ['that its time ran out', { benchmark: deaf }, 'benchmark: timed out after 4h (rackbench run r1)'],
  ])('that says %s', async (_what, parts, reason) => {
    expect(await reasonOf(parts, ['hunter2!'])).toEqual([reason])
  })

  test('that leads to the build', async () => {
    const { events } = await rehearse({ plan: always, provisioner: adapter(), killAt: 1 })
    const [begun] = events
    const reasons: string[] = []
    await rehearse({ past: [{ ...begun!, build: { url: 'https://ci/job/7/' } } as RunEvent, { at: begun!.at, type: 'run.resumed', build: { url: 'https://ci/job/8/' }, overrides: {} }], command: 'destroy', provisioner: adapter() })
    await rehearse({ past: [{ ...begun!, build: { url: 'https://ci/job/7/' } } as RunEvent, { at: begun!.at, type: 'server.started', server: 's0' as never, worker: 'worker-01', turn: 1, kept: [] }, ...failedInstall(begun!.at)], command: 'destroy', provisioner: adapter({ markAsBroken: async (_server, reason) => void reasons.push(reason) }) })
    expect(reasons).toEqual(['install: PXE boot timed out (rackbench run r1, https://ci/job/7/)'])
  })
})

function failedInstall(at: string): RunEvent[] {
  const about = { at, server: 's0' as never, step: 'install', round: 1 } as const
  return [
    { ...about, type: 'step.started', key: 'r1/s0/install/1' },
    { ...about, type: 'step.finished', status: 'failed', failure: { type: 'ServerOperationError', message: 'PXE boot timed out' }, durationMs: 1, attempts: 1 },
  ]
}

test('an adapter may judge performance itself: the server is marked, and its violations are told, bounded and clean', async () => {
  const violation = { metric: 'cpu\u001b[31m', value: 1, unit: 'GHz\n', bound: { min: 2 }, by: 1 }
  const thrown = new PerformanceError('too slow', { violations: Array.from({ length: 150 }, () => violation) })
  const { state, events } = await rehearse({ provisioner: adapter({ benchmark: throwing(thrown) }) })
  expect(fates(state)).toEqual(['s0 failed at benchmark: PerformanceError, marked, installed'])
  const failed = stepEnds(events).find(({ status }) => status === 'failed')!
  expect('violations' in failed && failed.violations).toEqual(Array.from({ length: 100 }, () => ({ ...violation, metric: 'cpu', unit: 'GHz' })))
})

test.each([
  ['install', new ServerOperationError(''), 'ServerOperationError without a message'],
  ['install', new Error(' \n\u001b[31m'), 'ServerOperationError without a message'],
  ['benchmark', new ServerNotOursError(''), 'ServerNotOursError without a message'],
  ['destroy', new RequestRefusedError('\u0000'), 'RequestRefusedError without a message'],
] as const)('an error thrown by %s that says nothing is told by its class: %o', async (step, error, message) => {
  const { events } = await rehearse({ plan: always, provisioner: adapter({ [step]: throwing(error) }) })
  const ended = stepEnds(events).find((event) => event.step === step)!
  expect('failure' in ended && ended.failure?.message).toBe(message)
})

test('an answer that throws when it is read harms no other server', async () => {
  const answer = { get score(): number { throw new RangeError('hands off') } }
  const benchmark: Provisioner['benchmark'] = async ({ id }) => (id === 's0' ? answer : 80)
  const { state, exitCode } = await rehearse({ plan: planFor(2, { destroy: 'always' }), provisioner: adapter({ benchmark }) })
  expect({ fates: fates(state), exitCode }).toEqual({ fates: ['s0 failed at benchmark: MeasurementError, clean', 's1 passed, clean'], exitCode: 1 })
})

test('a defect is journalled with its stack, clean and bounded', async () => {
  const error = Object.assign(new TypeError('x is not a function'), { stack: `TypeError: hunter2!\n\u001b[31m${'    at adapter.mjs:3\n'.repeat(1000)}` })
  const { events } = await rehearse({ provisioner: adapter({ install: throwing(error) }), secrets: ['hunter2!'] })
  const [install] = stepEnds(events)
  const stack = install!.status === 'failed' ? install!.failure.stack! : ''
  expect([stack.length, stack.split('\n').slice(0, 2)]).toEqual([8192, ['TypeError: ***', '    at adapter.mjs:3']])
})

test('no secret is in any event, nor in any line of a log, wherever an adapter says it', async () => {
  const secret = 'hunter2!secret'
  const say = (context: StepContext): void => context.log(`token ${secret}, ${Buffer.from(secret).toString('base64')}, ${encodeURIComponent(secret)}`)
  const parts = (step: string): Partial<Provisioner> => ({
    async install(_server, _os, context) {
      say(context)
      if (step === 'install') throw new TypeError(`install ${secret}`)
      return { address: secret, facts: { [secret]: secret } }
    },
    async benchmark(_server, context) {
      say(context)
      if (step === 'benchmark') throw new ProvisionerUnavailableError(`benchmark ${secret}`)
      return { score: 20, [secret]: 1 }
    },
    destroy: throwing(new Error(`destroy ${secret}`)),
    markAsBroken: throwing({ secret }),
    check: async (context) => say(context as StepContext),
  })
  for (const step of ['none', 'install', 'benchmark']) {
    const { events, lines, problems } = await rehearse({ plan: always, provisioner: adapter(parts(step)), secrets: [secret] })
    const whole = JSON.stringify([events, lines, problems])
    expect([secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)].filter((text) => whole.includes(text))).toEqual([])
  }
})

describe('a server is not marked', () => {
  test('if marking is off: it has failed all the same', async () => {
    const calls: string[] = []
    const { state, exitCode } = await rehearse({ plan: planFor(1, { markBroken: false, destroy: 'always' }), provisioner: adapter({ benchmark: async () => 20 }, calls) })
    expect({ fates: fates(state), calls, exitCode }).toEqual({ fates: ['s0 failed at check: PerformanceError, clean'], calls: ['install s0', 'benchmark s0', 'destroy s0'], exitCode: 1 })
    expect([...state.servers.values()][0]!.mark).toMatchObject({ status: 'skipped', because: 'marking is off (--no-mark-broken)' })
  })
})

test('a server that is not ours is neither wiped nor marked, nor benchmarked, and changes nothing', async () => {
  const calls: string[] = []
  const install: Provisioner['install'] = async ({ id }) => {
    if (id === 's0') throw new ServerNotOursError('in use by alice')
  }
  const { state, exitCode } = await rehearse({ plan: { ...planFor(2), destroy: 'always', concurrency: 1 }, provisioner: adapter({ install }, calls) })
  expect({ fates: fates(state), calls, exitCode }).toEqual({
    fates: ['s0 skipped at install: ServerNotOursError, unknown', 's1 passed, clean'],
    calls: ['install s0', 'install s1', 'benchmark s1', 'destroy s1'],
    exitCode: 0,
  })
})

test('the last words of a server that did not pass are in its journal', async () => {
  const install: Provisioner['install'] = async (_server, _os, context) => {
    for (let n = 0; n < 30; n++) context.log(`line ${n}`)
    throw new Error('x')
  }
  const { events } = await rehearse({ provisioner: adapter({ install }) })
  const [finished] = events.flatMap((event) => (event.type === 'server.finished' ? [event] : []))
  expect(finished!.tail).toEqual(Array.from({ length: 20 }, (_, n) => `line ${n + 10}`))
})

test('every step is given its try, its key and a signal of its own', async () => {
  const seen: string[] = []
  const signals = new Set<AbortSignal>()
  const see = (step: string, { attempt, idempotencyKey, signal }: StepContext): void => {
    seen.push(`${step} ${attempt} ${idempotencyKey} ${signal.aborted}`)
    signals.add(signal)
  }
  await rehearse({
    plan: always,
    provisioner: adapter({
      async install(_server, os, context) {
        see(`install ${os}`, context)
        if (context.attempt < 3) throw new ServerOperationError('again', { retryable: true })
      },
      async benchmark(_server, context) {
        see('benchmark', context)
        return 20
      },
      destroy: async (_server, context) => see('destroy', context),
      markAsBroken: async (_server, _reason, context) => see('mark', context),
    }),
  })
  expect(seen).toEqual([
    'install debian-12 1 r1/s0/install/1 false', 'install debian-12 2 r1/s0/install/2 false', 'install debian-12 3 r1/s0/install/3 false', 'benchmark 1 r1/s0/benchmark/1 false', 'destroy 1 r1/s0/destroy/1 false', 'mark 1 r1/s0/mark/1 false',
  ])
  expect(signals.size).toBe(4)
})

test('a wipe is told of the mark that follows it, and only then', async () => {
  const told: (string | undefined)[] = []
  const destroy: Provisioner['destroy'] = async (_server, { markFollows }) => void told.push(markFollows)
  const plan = { ...planFor(3, { concurrency: 1 }), destroy: 'always' as const }
  const benchmark: Provisioner['benchmark'] = async ({ id }) => {
    if (id === 's2') throw new MeasurementError('nothing was printed')
    return id === 's0' ? 80 : 31
  }
  const reasons: string[] = []
  await rehearse({ plan, provisioner: adapter({ benchmark, destroy, markAsBroken: async (_server, reason) => void reasons.push(reason) }) })
  expect([told, reasons]).toEqual([[undefined, ...reasons, undefined], [expect.stringMatching(/^check: score 31.* \(rackbench run /)]])
})
