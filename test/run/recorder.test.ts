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

function typesIn(lines: string): string[] {
  return lines.trimEnd().split('\n').map((line) => (JSON.parse(line) as RunEvent).type)
}

/** A sink that tells what it is asked for, and whose syncs end when the test says so. */
function slowSink() {
  const written: string[] = []
  const syncs: { readonly behind: number; readonly end: (error?: Error) => void }[] = []
  const sink: JournalSink = {
    write: (lines) => void written.push(...typesIn(lines)),
    sync: () => new Promise((resolve, reject) => syncs.push({ behind: written.length, end: (error) => (error ? reject(error) : resolve()) })),
    close: async () => {},
  }
  return { sink, written, syncs }
}
function recorderOver(sink: JournalSink, more: Partial<RecorderOptions> = {}) {
  const said: string[] = []
  const recorder = openRecorder({ sink, clock: virtualClock(), subscribers: [], onLost: (error) => said.push(`lost: ${String(error)}`), onProblem: (problem) => said.push(problem), ...more })
  return { recorder, said }
}
const memory: JournalSink = { write: () => {}, sync: async () => {}, close: async () => {} }

test('a fact is first written, then in the state, then told, and only then recorded', async () => {
  const order: string[] = []
  const sink: JournalSink = { ...memory, write: (lines) => void order.push(`written: ${typesIn(lines).join()}`) }
  const { recorder } = recorderOver(sink, { subscribers: [(event, run) => order.push(`one: ${event.type} (${run.totals.underWay} under way)`), ({ type }) => order.push(`two: ${type}`)] })
  await recorder.record(begin).then(() => order.push('recorded'))
  await recorder.record(turn).then(() => order.push('recorded'))
  expect(order).toEqual([
    'written: run.started', 'one: run.started (0 under way)', 'two: run.started', 'recorded',
    'written: server.started', 'one: server.started (1 under way)', 'two: server.started', 'recorded',
  ])
})

test('a fact that need not be on the disk does not wait for one that must', async () => {
  const { sink, syncs } = slowSink()
  const { recorder } = recorderOver(sink)
  const recorded: string[] = []
  const note = (fact: Fact): void => void recorder.record(fact).then(() => recorded.push(fact.type))
  for (const fact of [begin, turn, passed('install')]) note(fact)
  await turns()
  expect(recorded).toEqual(['server.started', 'step.finished'])
  syncs[0]!.end()
  await turns()
  expect(recorded).toEqual(['server.started', 'step.finished', 'run.started'])
})

test('facts that come while the disk is busy are on it together with the next', async () => {
  const { sink, written, syncs } = slowSink()
  const { recorder } = recorderOver(sink)
  let recorded = 0
  const note = (fact: Fact): void => void recorder.record(fact).then(() => recorded++)
  note(begin)
  await turns()
  for (const fact of [started('install'), started('destroy'), started('mark')]) note(fact)
  await turns()
  expect([written.length, syncs.map(({ behind }) => behind), recorded]).toEqual([4, [1], 0])
  syncs[0]!.end()
  await turns()
  expect([syncs.map(({ behind }) => behind), recorded]).toEqual([[1, 4], 1])
  syncs[1]!.end()
  await turns()
  expect([syncs.length, recorded]).toEqual([2, 4])
})

test('facts of one moment are written at once, and each is told before the next', async () => {
  const written: string[][] = []
  const order: string[] = []
  const { recorder } = recorderOver({ ...memory, write: (lines) => void written.push(typesIn(lines)) }, { subscribers: [({ type }) => order.push(`one: ${type}`), ({ type }) => order.push(`two: ${type}`)] })
  await Promise.all([begin, turn, started('install')].map((fact) => recorder.record(fact)))
  expect(written).toEqual([['run.started', 'server.started', 'step.started']])
  expect(order).toEqual(['run.started', 'server.started', 'step.started'].flatMap((type) => [`one: ${type}`, `two: ${type}`]))
})

test('what a listener records is written and told when all have heard of what it heard', async () => {
  const { sink, written } = slowSink()
  const heard: string[] = []
  const answering = ({ type }: RunEvent): void => {
    if (type === 'server.started') void recorder.record(passed('install'))
    heard.push(`one: ${type}`)
  }
  const { recorder } = recorderOver(sink, { subscribers: [answering, ({ type }) => heard.push(`two: ${type}, ${written.length} written`)] })
  void recorder.record(begin)
  await turns()
  await recorder.record(turn)
  await turns()
  expect(heard).toEqual(['one: run.started', 'two: run.started, 1 written', 'one: server.started', 'two: server.started, 2 written', 'one: step.finished', 'two: step.finished, 3 written'])
})

describe('before it goes on, it is on the disk that', () => {
  const durable = async (fact: Fact): Promise<boolean> => {
    const { sink, syncs } = slowSink()
    void recorderOver(sink).recorder.record(fact)
    await turns()
    return syncs.length === 1
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

describe('a journal that is lost', () => {
  test('is said once; facts are still told, in their order, and nothing is written any more', async () => {
    const heard: string[] = []
    let isFull = false
    const tried: string[] = []
    const sink: JournalSink = {
      ...memory,
      write(lines) {
        tried.push(typesIn(lines).join())
        if (isFull) throw new Error('ENOSPC')
      },
    }
    const said: string[] = []
    const onLost = (error: unknown): void => {
      said.push(`lost: ${String(error)}`)
      void recorder.record({ type: 'run.stopping', because: 'journal' })
    }
    const { recorder } = recorderOver(sink, { subscribers: [({ type }) => heard.push(type)], onLost })
    await recorder.record(begin)
    isFull = true
    await Promise.all([recorder.record(turn), recorder.record(started('install'))])
    await recorder.record(passed('install'))
    expect({ said, heard, tried }).toEqual({
      said: ['lost: Error: ENOSPC'],
      heard: ['run.started', 'server.started', 'step.started', 'run.stopping', 'step.finished'],
      tried: ['run.started', 'server.started,step.started'],
    })
    expect(recorder.state.totals.installed).toBe(1)
  })

  test('by a disk that does not take what it was given is said too', async () => {
    const { sink, syncs } = slowSink()
    const { recorder, said } = recorderOver(sink)
    const beginning = recorder.record(begin)
    await turns()
    syncs[0]!.end(new Error('EIO'))
    await beginning
    await Promise.all([recorder.record(turn), recorder.record(started('install'))])
    expect([said, syncs.length]).toEqual([['lost: Error: EIO'], 1])
  })
})
