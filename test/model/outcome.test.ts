import { describe, expect, test } from 'vitest'
import type { EventOf } from '../../src/model/event.ts'
import { describeStop, exitCodeOf, finalStatus, isClosed, problemsOf, unfinishedReason } from '../../src/model/outcome.ts'
import { tell } from '../fixtures/story.ts'

const passes = 'taken up, install passed, benchmark passed, check passed, destroy passed, finished'
const passesNext = 's1: taken up, s1: install passed, s1: benchmark passed, s1: check passed, s1: destroy passed, s1: finished'
const at = '2026-11-21T11:00:00.000Z'

function outcome(story: string, { servers = 1, stopping }: { servers?: number; stopping?: Omit<EventOf<'run.stopping'>, 'at' | 'type'> } = {}) {
  const { fold } = tell(story, {}, servers)
  if (stopping) fold.apply({ at, type: 'run.stopping', ...stopping })
  const { state } = fold
  const problems = problemsOf(state)
  return { exitCode: exitCodeOf(state, problems), status: finalStatus(state), isClosed: isClosed(state), problems }
}

test('a run ends with 3, and names them, if servers of its inventory could not be read', () => {
  const ends = (unreadable: { count: number; first: string[] }): readonly string[] => {
    const { state } = tell(passes, { unreadable }).fold
    expect(exitCodeOf(state, problemsOf(state))).toBe(3)
    return problemsOf(state)
  }
  expect(ends({ count: 1, first: ['201: HTTP 500'] })).toEqual(['1 server was not benchmarked, since the inventory could not tell of it: 201: HTTP 500'])
  expect(ends({ count: 12, first: ['201: HTTP 500', '202: no JSON'] })).toEqual(['12 servers were not benchmarked, since the inventory could not tell of them: 201: HTTP 500; 202: no JSON and 10 more'])
})

describe('a run ends', () => {
  test.each<[string, string, Parameters<typeof outcome>[1], ReturnType<typeof outcome>]>([
    ['with 0 if every server passed', passes, {}, { exitCode: 0, status: 'finished', isClosed: true, problems: [] }],
    ['with 1 if one failed', 'taken up, install failed, destroy skipped, mark passed, finished', {}, { exitCode: 1, status: 'finished', isClosed: true, problems: [] }],
    ['with 1 if one could not be wiped by its own fault', 'taken up, install passed, benchmark passed, check passed, destroy failed, mark passed, finished', {}, { exitCode: 1, status: 'finished', isClosed: true, problems: [] }],
    ['with 1 if a measurement failed', 'taken up, install passed, benchmark failed MeasurementError, finished', {}, { exitCode: 1, status: 'finished', isClosed: true, problems: [] }],
    ['with 0 if one is not ours and another passed', `taken up, install not ours, destroy skipped, finished, ${passesNext}`, { servers: 2 }, { exitCode: 0, status: 'finished', isClosed: true, problems: [] }],
    ['with 3 if none is ours', 'taken up, install not ours, destroy skipped, finished', {}, { exitCode: 3, status: 'finished', isClosed: true, problems: ['no server ran at all'] }],
    ['with 3 if one was not judged', `taken up, install failed DefectError, finished, ${passesNext}`, { servers: 2 }, { exitCode: 3, status: 'finished', isClosed: true, problems: ['1 server was not judged'] }],
    ['with 3 if one was given up, and nobody had stopped the run: its process died', `taken up, install stopped, destroy passed, finished, ${passesNext}`, { servers: 2 }, { exitCode: 3, status: 'stopped', isClosed: true, problems: ['1 server was given up before the verdict was known'] }],
    ['with 3 if the mark failed', 'taken up, install failed, mark failed, finished', {}, { exitCode: 3, status: 'finished', isClosed: true, problems: ['1 server was not marked as broken: the mark failed'] }],
    ['with 3 if a mark was withheld', 'taken up, install failed, mark skipped, finished', {}, { exitCode: 3, status: 'finished', isClosed: true, problems: ['1 server was not marked as broken though due: the mark was withheld'] }],
    [
      'with 3, and is not closed, if the provisioner was away when one was to be wiped',
      'taken up, install passed, benchmark passed, check passed, destroy failed ProvisionerUnavailableError, finished',
      {},
      { exitCode: 3, status: 'finished', isClosed: false, problems: ['1 server was not judged', '1 server was not wiped: the provisioner was unavailable'] },
    ],
    [
      'with 3 if the wipe of one was refused',
      'taken up, install passed, benchmark passed, check passed, destroy failed RequestRefusedError, finished',
      {},
      { exitCode: 3, status: 'finished', isClosed: true, problems: ['1 server was not judged', '1 server was not wiped: the wipe was refused'] },
    ],
    ['with 3, and is not closed, if servers are still under way', 'taken up, s1: taken up', { servers: 2 }, { exitCode: 3, status: 'stopped', isClosed: false, problems: ['2 servers were not finished'] }],
    ['with 3 if one was never started', passes, { servers: 2 }, { exitCode: 3, status: 'stopped', isClosed: true, problems: ['1 server was not finished'] }],
    [
      'with 3 at a brake',
      passes,
      { servers: 2, stopping: { because: 'alike', message: '5 servers in a row failed at install: PXE boot timed out' } },
      {
        exitCode: 3,
        status: 'braked',
        isClosed: true,
        problems: ['no more servers were started: this looks like one cause: 5 servers in a row failed at install: PXE boot timed out', '1 server was not finished'],
      },
    ],
    ['with 3 at its deadline', passes, { stopping: { because: 'deadline' } }, { exitCode: 3, status: 'stopped', isClosed: true, problems: ['the run was stopped by its deadline'] }],
    ['with 129 at SIGHUP', passes, { stopping: { because: 'signal', signal: 'SIGHUP' } }, { exitCode: 129, status: 'stopped', isClosed: true, problems: ['the run was stopped by SIGHUP'] }],
    ['with 130 at SIGINT', passes, { stopping: { because: 'signal', signal: 'SIGINT' } }, { exitCode: 130, status: 'stopped', isClosed: true, problems: ['the run was stopped by SIGINT'] }],
    [
      'with 143 at SIGTERM, whatever else is wrong',
      'taken up, install failed, mark failed, finished',
      { stopping: { because: 'signal', signal: 'SIGTERM' } },
      { exitCode: 143, status: 'stopped', isClosed: true, problems: ['the run was stopped by SIGTERM', '1 server was not marked as broken: the mark failed'] },
    ],
  ])('%s', (_what, story, options, expected) => {
    expect(outcome(story, options)).toEqual(expected)
  })

  test('with 3 at a problem that the events do not tell of', () => {
    expect(exitCodeOf(tell(passes).fold.state, ['junit.xml could not be written'])).toBe(3)
  })
})

test.each<[Parameters<typeof describeStop>[0], string]>([
  [{ because: 'signal' }, 'the run was stopped by a signal'],
  [{ because: 'signal', signal: 'SIGINT' }, 'the run was stopped by SIGINT'],
  [{ because: 'deadline' }, 'the run was stopped by its deadline'],
  [{ because: 'journal', message: 'ENOSPC' }, 'the run was stopped: its journal could not be written: ENOSPC'],
  [{ because: 'budget' }, 'no more servers were started: the budget of marks is used up'],
  [{ because: 'alike' }, 'no more servers were started: this looks like one cause'],
  [{ because: 'unavailable' }, 'no more servers were started: the provisioner is gone'],
])('%j is told as "%s"', (stopping, words) => {
  expect(describeStop(stopping)).toBe(words)
})

test('a server that has not finished is skipped, and says why', () => {
  const reasons = (because?: 'deadline' | 'budget') => {
    const { fold } = tell('taken up', {}, 2)
    if (because) fold.apply({ at, type: 'run.stopping', because })
    return [...fold.state.servers.values()].map((server) => unfinishedReason(fold.state, server))
  }
  expect([reasons(), reasons('deadline'), reasons('budget')]).toEqual([
    ['not finished', 'not finished'],
    ['not finished: the run was stopped by its deadline', 'not started: the run was stopped by its deadline'],
    ['not finished', 'not started: no more servers were started: the budget of marks is used up'],
  ])
})
