import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Results } from '../../src/model/results.ts'
import { resultsOf } from '../../src/reporters/results.ts'
import { traceJson } from '../../src/reporters/trace.ts'
import { failedBy, fallen, foldOf, id, passing, planOf, retested } from './report-run.ts'

interface Trace {
  readonly traceEvents: readonly Record<string, unknown>[]
}

function traceOf(results: Results): Trace {
  return JSON.parse([...traceJson(results)].join('')) as Trace
}

test('a server is a slice of its worker, with its steps in it', () => {
  const { traceEvents } = traceOf(resultsOf(foldOf(planOf([101, 102]), passing(id(101))).state))
  const step = (name: string, second: number, dur: number) => ({ name, cat: 'step', ts: second * 1e6, dur, args: { server: '101', status: 'passed', attempts: 1 }, ph: 'X', pid: 1, tid: 1 })
  expect(traceEvents).toEqual([
    { name: 'process_name', ph: 'M', pid: 1, tid: 0, args: { name: 'rackbench run r1' } },
    { name: 'thread_name', ph: 'M', pid: 1, tid: 1, args: { name: 'worker-01' } },
    { name: '101', cat: 'server', ts: 1e6, dur: 10e6, args: { status: 'passed' }, ph: 'X', pid: 1, tid: 1 },
    step('install', 2, 1e6),
    step('benchmark', 4, 1e6),
    step('check', 6, 0),
    step('destroy', 8, 1e6),
  ])
})

test('a second measurement is told as well as the first', () => {
  const { traceEvents } = traceOf(resultsOf(foldOf(planOf([101]), retested(id(101))).state))
  expect(traceEvents.filter(({ cat }) => cat === 'step').map(({ name }) => name)).toEqual(['install', 'benchmark', 'check', 'benchmark', 'check', 'destroy'])
})

test('whatever a server says, it is JSON, and a slice has neither a time before the run nor one that is no number', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (message) => {
      const { traceEvents } = traceOf(resultsOf(foldOf(planOf([101]), fallen(id(101), failedBy('ServerOperationError', message))).state))
      const slices = traceEvents.filter(({ ph }) => ph === 'X')
      return slices.length === 2 && slices.every(({ ts, dur }) => Number.isFinite(ts) && Number.isFinite(dur) && (ts as number) >= 0 && (dur as number) >= 0)
    }),
  )
})

test('a step that by rounding would reach into the next one, or beyond its server, ends there', () => {
  const results = structuredClone(resultsOf(foldOf(planOf([101]), passing(id(101))).state))
  const { steps: ended, rounds } = results.servers[0]!
  for (const record of [ended.install!, ended.destroy!, rounds[0]!.benchmark!]) Object.assign(record, { durationMs: 3000 })
  const { traceEvents } = traceOf(results)
  const steps = traceEvents.filter(({ cat }) => cat === 'step').map(({ ts, dur }) => [ts, dur])
  expect(steps).toEqual([[2e6, 2e6], [4e6, 2e6], [6e6, 0], [8e6, 3e6]])
})
