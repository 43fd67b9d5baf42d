import { describe, expect, test } from 'vitest'
import { blames } from '../../src/model/fault.ts'
import type { FaultType } from '../../src/model/fault.ts'
import type { Fall } from '../../src/model/verdict.ts'
import { brokenOf, fallOf, isJudged, isRetested, isWipeMissing, ownFaultOf, statusOf, verdictOf } from '../../src/model/verdict.ts'
import { tell } from '../fixtures/story.ts'

const measured = 'taken up, install passed, benchmark passed, check passed'
/** The fall alone, without the verdict that it is a part of. */
const bare = (one: Fall | undefined) => one && { step: one.step, failure: one.failure }
const fall = (step: string, type: FaultType = 'ServerOperationError') => ({ step, failure: { type, message: `${step} failed` } })

test.each([
  ['taken up, install passed, benchmark passed, check missed', false],
  ['taken up, install passed, benchmark passed, check missed, benchmark started', false],
  ['taken up, install passed, benchmark passed, check missed, benchmark stopped, check skipped', false],
  ['taken up, install passed, benchmark passed, check missed, benchmark failed, check skipped', true],
  ['taken up, install passed, benchmark passed, check missed, benchmark passed, check passed', true],
  ['taken up, install passed, benchmark passed, check missed, benchmark passed, check missed, benchmark stopped', true],
])('whether a server was measured anew: %s: %s', (story, is) => {
  expect(isRetested(tell(story).server)).toBe(is)
})

describe('the verdict', () => {
  test.each([
    ['is not known before install has ended', 'taken up, install started', undefined],
    ['is not known between the steps', 'taken up, install passed', undefined],
    ['is not known before the check', 'taken up, install passed, benchmark passed', undefined],
    ['is that of a failed install', 'taken up, install failed', { status: 'failed', ...fall('install') }],
    ['is that of a failed benchmark', 'taken up, install passed, benchmark failed MeasurementError', { status: 'failed', ...fall('benchmark', 'MeasurementError') }],
    ['is that of a failed check', 'taken up, install passed, benchmark passed, check failed PerformanceError', { status: 'failed', ...fall('check', 'PerformanceError') }],
    ['is passed after the check', measured, { status: 'passed' }],
    ['is passed though the wipe fails', `${measured}, destroy failed`, { status: 'passed' }],
    ['is skipped for a server that is not ours', 'taken up, install not ours', { status: 'skipped', step: 'install', failure: { type: 'ServerNotOursError', message: 'it is in use' } }],
    ['is skipped for a server that was stopped', 'taken up, install passed, benchmark stopped', { status: 'skipped', step: 'benchmark', failure: { type: 'RunStopped', message: 'the run was stopped' } }],
    ['is that of the last round', `${measured}, benchmark passed, check failed PerformanceError`, { status: 'failed', ...fall('check', 'PerformanceError') }],
    ['is not known while another measurement is due', 'taken up, install passed, benchmark passed, check missed', undefined],
    ['is not known while another measurement is under way', 'taken up, install passed, benchmark passed, check missed, benchmark started', undefined],
    ['is passed by another measurement', 'taken up, install passed, benchmark passed, check missed, benchmark passed, check passed', { status: 'passed' }],
    ['is that of a benchmark that failed when it was measured anew', 'taken up, install passed, benchmark passed, check missed, benchmark failed', { status: 'failed', ...fall('benchmark') }],
    ['is not known while the last round is not through', `${measured}, benchmark passed`, undefined],
  ])('%s', (_what, story, verdict) => {
    expect(verdictOf(tell(story).server)).toEqual(verdict)
  })

  test.each(Object.keys(blames) as FaultType[])('stands if it is about the server: %s', (type) => {
    const { server } = tell(`taken up, install failed ${type}`)
    expect(isJudged(verdictOf(server))).toBe(['PerformanceError', 'ServerOperationError', 'StepTimeoutError', 'MeasurementError'].includes(type))
  })

  test('does not stand before it is known, and always stands when it is passed', () => {
    expect([isJudged(undefined), isJudged({ status: 'passed' })]).toEqual([false, true])
  })
})

describe('a server has a fault of its own to be marked for', () => {
  test.each([
    ['if install failed', 'taken up, install failed', fall('install')],
    ['if install timed out', 'taken up, install failed StepTimeoutError', fall('install', 'StepTimeoutError')],
    ['if it is too slow', 'taken up, install passed, benchmark passed, check failed PerformanceError', fall('check', 'PerformanceError')],
    ['if it passed and could not be wiped', `${measured}, destroy failed`, fall('destroy')],
    ['if it was not judged and could not be wiped', 'taken up, install passed, benchmark failed DefectError, destroy failed', fall('destroy')],
    ['for what failed first', 'taken up, install passed, benchmark failed, destroy failed', fall('benchmark')],
    ['not if its measurement failed', 'taken up, install passed, benchmark failed MeasurementError', undefined],
    ['not if the provisioner was away', 'taken up, install failed ProvisionerUnavailableError', undefined],
    ['not if the provisioner was away when it was to be wiped', `${measured}, destroy failed ProvisionerUnavailableError`, undefined],
    ['not if it was stopped, even if it could not be wiped', 'taken up, install passed, benchmark stopped, check skipped, destroy failed', undefined],
    ['not if it is not ours, even if it could not be wiped', 'taken up, install not ours, destroy failed', undefined],
    ['not if nothing is known yet', 'taken up, install passed, destroy failed', undefined],
    ['not if it passed', `${measured}, destroy passed`, undefined],
    ['not if it turned out not to be ours when it was to be wiped', `${measured}, destroy not ours`, undefined],
  ])('%s', (_what, story, fault) => {
    expect(bare(ownFaultOf(tell(story).server))).toEqual(fault)
  })
})

describe('in the reports a server is', () => {
  test.each([
    ['', 'unfinished', undefined],
    [`${measured}, destroy passed`, 'unfinished', undefined],
    [`${measured}, destroy passed, finished`, 'passed', undefined],
    [`${measured}, destroy skipped, finished`, 'passed', undefined],
    ['taken up, finished', 'unfinished', undefined],
    ['taken up, install failed, finished', 'failed', fall('install')],
    ['taken up, install failed DefectError, finished', 'failed', fall('install', 'DefectError')],
    ['taken up, install not ours, finished', 'skipped', { step: 'install', failure: { type: 'ServerNotOursError', message: 'it is in use' } }],
    ['taken up, install stopped, finished', 'skipped', { step: 'install', failure: { type: 'RunStopped', message: 'the run was stopped' } }],
    [`${measured}, destroy failed, finished`, 'failed', fall('destroy')],
    [`${measured}, destroy failed ProvisionerUnavailableError, finished`, 'failed', fall('destroy', 'ProvisionerUnavailableError')],
    [`${measured}, destroy not ours, finished`, 'skipped', { step: 'destroy', failure: { type: 'ServerNotOursError', message: 'it is in use' } }],
    [`taken up, install stopped, destroy failed, finished`, 'skipped', { step: 'install', failure: { type: 'RunStopped', message: 'the run was stopped' } }],
  ])('after "%s" %s', (story, status, expected) => {
    const { server } = tell(story)
    expect({ status: statusOf(server), fall: bare(fallOf(server)) }).toEqual({ status, fall: expected })
  })
})

describe('whether a server is marked:', () => {
  const slow = 'taken up, install passed, benchmark passed, check failed PerformanceError, destroy skipped'
  const due = { due: true, reason: 'check: check failed' }
  test.each([
    ['made', `${slow}, mark passed`, true, { ...due, marked: true }],
    ['due', slow, true, { ...due, marked: false }],
    ['withheld', `${slow}, mark skipped`, true, { ...due, marked: false, withheld: 'it is not due' }],
    ['failed', `${slow}, mark failed`, true, { ...due, marked: false, error: 'mark failed' }],
    ['not due, since marking is off', `${slow}, mark skipped`, false, { due: false, marked: false, reason: null }],
    ['not due, since it passed', measured, true, { due: false, marked: false, reason: null }],
  ])('%s', (_what, story, markBroken, broken) => {
    expect(brokenOf(tell(story).server, { markBroken })).toEqual(broken)
  })
})

test.each([
  ['', false],
  [`${measured}, destroy passed`, false],
  [`${measured}, destroy skipped`, false],
  [`${measured}, destroy failed`, false],
  [`${measured}, destroy failed DefectError`, false],
  [`${measured}, destroy failed ProvisionerUnavailableError`, true],
])('after "%s" it is %s that a wipe is missing', (story, missing) => {
  expect(isWipeMissing(tell(story).server)).toBe(missing)
})
