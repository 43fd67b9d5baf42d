import { describe, expect, test } from 'vitest'
import { runEventSchema } from '../../src/model/event.ts'
import { planFor } from '../fixtures/rehearsal.ts'

const at = '2026-11-21T10:00:00.000Z'
const step = { at, server: 's0', step: 'benchmark', round: 1 }
const ended = { ...step, type: 'step.finished', durationMs: 12.5, attempts: 1 }
const failure = { type: 'DefectError', message: 'undefined is not a function', stack: 'at adapter.mjs:3' }

describe('an event is read back as it was written:', () => {
  test.each([
    { at, type: 'run.started', version: 1, run: 'r1', plan: planFor(2), build: { job: 'nightly', number: '7', url: 'https://ci/7' }, budget: 5 },
    { at, type: 'run.resumed', build: {}, overrides: { maxBroken: { percent: 5 } } },
    { at, type: 'run.stopping', because: 'signal', signal: 'SIGTERM' },
    { at, type: 'run.stopping', because: 'alike', message: '5 servers in a row failed at install' },
    { at, type: 'run.finished', status: 'stopped', exitCode: 143, problems: ['the run was stopped by SIGTERM'] },
    { at, type: 'server.started', server: 's0', worker: 'worker-01', turn: 2, kept: ['install'] },
    { at, type: 'server.finished', server: 's0', tail: ['last words'] },
    { ...step, type: 'step.started', key: 'r1/s0/benchmark/1' },
    { ...step, type: 'step.retried', attempt: 1, key: 'r1/s0/benchmark/1', failure, delayMs: 1000 },
    { ...ended, status: 'passed', metrics: { score: 80 } },
    { ...ended, step: 'install', status: 'passed', installed: { address: '10.0.0.1', facts: { nic: 'x' } } },
    { ...ended, status: 'failed', failure },
    { ...ended, step: 'check', status: 'failed', failure: { type: 'PerformanceError', message: 'slow' }, violations: [{ metric: 'score', value: 31, unit: '', bound: { min: 50 }, by: 19 }] },
    { ...ended, status: 'skipped', because: 'install failed' },
    { ...ended, status: 'skipped', because: 'it is in use', failure: { type: 'ServerNotOursError', message: 'it is in use' } },
  ])('$type', (event) => {
    expect(runEventSchema.parse(JSON.parse(JSON.stringify(event)))).toEqual(event)
  })
})

test.each([
  ['no time', { type: 'run.stopping', because: 'signal' }],
  ['a time that is none', { at: 'yesterday', type: 'run.stopping', because: 'signal' }],
  ['an unknown type', { at, type: 'run.paused' }],
  ['a server ID that is a path', { at, type: 'server.finished', server: '../../etc/passwd' }],
  ['an unknown step', { ...step, type: 'step.started', step: 'reboot', key: 'k' }],
  ['a round before the first', { ...step, type: 'step.started', round: 0, key: 'k' }],
  ['an unknown status', { ...ended, status: 'great' }],
  ['a failure that is missing', { ...ended, status: 'failed' }],
  ['a failure of no class', { ...ended, status: 'failed', failure: { type: 'Error', message: '' } }],
  ['a metric that is no number', { ...ended, status: 'passed', metrics: { score: 'fast' } }],
  ['a duration below nothing', { ...ended, status: 'passed', durationMs: -1 }],
])('an event with %s is none', (_what, event) => {
  expect(runEventSchema.safeParse(event).success).toBe(false)
})
