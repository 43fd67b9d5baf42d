import { describe, expect, test } from 'vitest'
import type { Fact, RunEvent } from '../../src/model/event.ts'
import { journalVersion } from '../../src/model/event.ts'
import type { ServerId } from '../../src/model/server.ts'
import type { Step } from '../../src/model/step.ts'
import type { JournalSink, RecorderOptions } from '../../src/run/recorder.ts'
import { openRecorder } from '../../src/run/recorder.ts'
import { planFor } from '../fixtures/rehearsal.ts'
import { virtualClock } from '../fixtures/virtual-clock.ts'

const begin: Fact = { type: 'run.started', version: journalVersion, run: 'r1', plan: planFor(2), build: {}, budget: 5 }
const server = 's0' as ServerId
const turn: Fact = { type: 'server.started', server, worker: 'worker-01', turn: 1, kept: [] }
const started = (step: Step): Fact => ({ type: 'step.started', server, step, round: 1, key: `r1/s0/${step}/1` })
const retried = (step: Step): Fact => ({ type: 'step.retried', server, step, round: 1, attempt: 1, key: `r1/s0/${step}/1`, failure: { type: 'ServerOperationError', message: 'x' }, delayMs: 1 })
const passed = (step: Step): Fact => ({ type: 'step.finished', server, step, round: 1, status: 'passed', durationMs: 1, attempts: 1 })

const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A sink whose writes end when the test says so. */
function slowSink() {
  const appended: { readonly types: string[]; readonly durable: boolean; readonly end: (error?: Error) => void }[] = []
  const sink: JournalSink = {
    append: (lines, durable) =>
      new Promise((resolve, reject) => {
        const types = lines.trimEnd().split('\n').map((line) => (JSON.parse(line) as RunEvent).type)
        appended.push({ types, durable, end: (error) => (error ? reject(error) : resolve()) })
      }),
    close: async () => {},
  }
  return { sink, appended }
}
function recorderOver(sink: JournalSink, more: Partial<RecorderOptions> = {}) {
  const said: string[] = []
  const recorder = openRecorder({ sink, clock: virtualClock(), subscribers: [], onLost: (error) => said.push(`lost: ${String(error)}`), onProblem: (problem) => said.push(problem), ...more })
  return { recorder, said }
}
const memory: JournalSink = { append: async () => {}, close: async () => {} }

test('a fact is first written, then in the state, then told, and only then recorded', async () => {
  const { sink, appended } = slowSink()
  const order: string[] = []
  const { recorder } = recorderOver(sink, { subscribers: [(event, run) => order.push(`one: ${event.type} (${run.totals.underWay} under way)`), ({ type }) => order.push(`two: ${type}`)] })
  const beginning = recorder.record(begin).then(() => order.push('recorded'))
  await turns()
  expect(order).toEqual([])
  expect(() => recorder.state).toThrow('the run has not started')
  appended[0]!.end()
  await beginning
  const next = recorder.record(turn).then(() => order.push('recorded'))
  await turns()
  expect(recorder.state.totals.underWay).toBe(0)
  appended[1]!.end()
  await next
  expect(order).toEqual(['one: run.started (0 under way)', 'two: run.started', 'recorded', 'one: server.started (1 under way)', 'two: server.started', 'recorded'])
})

test('facts that come while others are being written are written together, in the order they came', async () => {
  const { sink, appended } = slowSink()
  const heard: string[] = []
  const { recorder } = recorderOver(sink, { subscribers: [({ type }) => heard.push(type)] })
  const all = [begin, turn, started('install'), passed('install')].map((fact) => recorder.record(fact))
  await turns()
  expect(appended.map(({ types }) => types)).toEqual([['run.started']])
  appended[0]!.end()
  await turns()
  expect(appended.map(({ types, durable }) => [types, durable])).toEqual([
    [['run.started'], true],
    [['server.started', 'step.started', 'step.finished'], true],
  ])
  expect(heard).toEqual(['run.started'])
  appended[1]!.end()
  await Promise.all(all)
  expect(heard).toEqual(['run.started', 'server.started', 'step.started', 'step.finished'])
})

describe('before it goes on, it is on the disk that', () => {
  const durable = async (fact: Fact): Promise<boolean> => {
    const { sink, appended } = slowSink()
    void recorderOver(sink).recorder.record(fact)
    await turns()
    return appended[0]!.durable
  }
  test.each([
    [begin, true],
    [{ type: 'run.resumed', build: {}, overrides: {} } satisfies Fact, true],
    [{ type: 'run.finished', status: 'finished', exitCode: 0, problems: [] } satisfies Fact, true],
    [started('install'), true],
    [started('destroy'), true],
    [started('mark'), true],
    [retried('install'), true],
    [retried('destroy'), true],
    [retried('mark'), true],
    [started('benchmark'), false],
    [started('check'), false],
    [retried('benchmark'), false],
    [passed('install'), false],
    [turn, false],
    [{ type: 'server.finished', server } satisfies Fact, false],
    [{ type: 'run.stopping', because: 'signal', signal: 'SIGTERM' } satisfies Fact, false],
  ] as const)('%j: %s', async (fact, expected) => {
    expect(await durable(fact)).toBe(expected)
  })
})

test('each event says when it was recorded', async () => {
  const clock = virtualClock()
  const events: RunEvent[] = []
  const { recorder } = recorderOver(memory, { clock, subscribers: [(event) => events.push(event)] })
  await recorder.record(begin)
  await clock.advance(1500)
  await recorder.record(turn)
  expect(events.map(({ at }) => at)).toEqual(['2026-11-21T10:00:00.000Z', '2026-11-21T10:00:01.500Z'])
})

describe('a listener that throws', () => {
  test('is a problem of the run, and the others hear of the event all the same', async () => {
    const heard: string[] = []
    const broken = (): never => {
      throw new Error('no disk')
    }
    const mute = (): never => {
      // oxlint-disable-next-line no-throw-literal, typescript/only-throw-error -- anything may be thrown
      throw 'a text'
    }
    const { recorder, said } = recorderOver(memory, { subscribers: [broken, mute, ({ type }) => heard.push(type)] })
    await recorder.record(begin)
    expect({ said, heard }).toEqual({ said: ['a listener failed: no disk', 'a listener failed: a text'], heard: ['run.started'] })
  })
})

test('an event that cannot follow is a problem of the run, which goes on', async () => {
  const { recorder, said } = recorderOver(memory)
  await recorder.record(begin)
  await recorder.record({ ...turn, server: 'x9' as ServerId })
  await recorder.record(turn)
  expect([said, recorder.state.totals.underWay]).toEqual([['the state of the run failed: server x9 is not in the plan'], 1])
})

test('what comes before the run has begun is told to nobody', async () => {
  const heard: string[] = []
  const { recorder } = recorderOver(memory, { subscribers: [({ type }) => heard.push(type)] })
  await recorder.record(turn)
  expect(heard).toEqual([])
})

test('a journal that is lost is said once; facts are still told, and nothing is written any more', async () => {
  const { sink, appended } = slowSink()
  const heard: string[] = []
  const { recorder, said } = recorderOver(sink, { subscribers: [({ type }) => heard.push(type)] })
  const beginning = recorder.record(begin)
  appended[0]!.end()
  await beginning
  const failing = recorder.record(turn)
  await turns()
  const behind = recorder.record(started('install'))
  appended[1]!.end(new Error('ENOSPC'))
  await Promise.all([failing, behind, recorder.record(passed('install'))])
  expect({ said, heard, written: appended.length }).toEqual({ said: ['lost: Error: ENOSPC'], heard: ['run.started', 'server.started', 'step.started', 'step.finished'], written: 2 })
  expect(recorder.state.totals.installed).toBe(1)
})
