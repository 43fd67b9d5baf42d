import { describe, expect, test } from 'vitest'
import { isDone, isUnsettled, isUnwiped, kept, keptToSettle } from '../../src/model/kept.ts'
import { tell } from '../fixtures/story.ts'

const measured = 'taken up, install passed, benchmark passed, check passed'
const violated = 'taken up, install passed, benchmark passed, check failed PerformanceError'
const missed = 'taken up, install passed, benchmark passed, check missed'
const installFailed = 'taken up, install failed, benchmark skipped, check skipped'
const three = ['install', 'benchmark', 'check']
const four = [...three, 'destroy']
const five = [...four, 'mark']

/** The table of the design, section 4, row by row. */
const table: readonly (readonly [row: string, journal: string, kept: readonly string[], isDone: boolean])[] = [
  ['nothing', '', [], false],
  ['taken up and nothing more', 'taken up', [], false],
  ['install started', 'taken up, install started', [], false],
  ['install passed', 'taken up, install passed', ['install'], false],
  ['benchmark started', 'taken up, install passed, benchmark started', ['install'], false],
  ['benchmark passed', 'taken up, install passed, benchmark passed', ['install', 'benchmark'], false],
  ['check started', 'taken up, install passed, benchmark passed, check started', ['install', 'benchmark'], false],
  ['the verdict is known: install failed', 'taken up, install failed', ['install'], false],
  ['the verdict is known: install failed, and the later steps are skipped', installFailed, three, false],
  ['the verdict is known: install timed out', 'taken up, install failed StepTimeoutError', ['install'], false],
  ['the verdict is known: benchmark failed', 'taken up, install passed, benchmark failed', three, false],
  ['the verdict is known: benchmark could not be read', 'taken up, install passed, benchmark failed MeasurementError', three, false],
  ['the verdict is known: check passed', measured, three, false],
  ['the verdict is known: check failed', violated, three, false],
  ['a second measurement is due', missed, three, false],
  ['a second measurement started', `${missed}, benchmark started`, three, false],
  ['a second measurement passed', `${missed}, benchmark passed`, ['install', 'benchmark'], false],
  ['a second measurement passed, and was taken up again', `${missed}, benchmark passed, taken up, check passed`, three, false],
  ['the verdict is known: a second measurement failed', `${missed}, benchmark failed`, three, false],
  ['the verdict is known: missed again', `${missed}, benchmark passed, check failed PerformanceError`, three, false],
  ['stopped while a second measurement was due', `${missed}, benchmark stopped, check skipped, destroy passed, finished`, [], false],
  ['a second measurement ended not judged', `${missed}, benchmark failed ProvisionerUnavailableError, check skipped, destroy skipped, finished`, [], false],
  ['destroy started, passed', `${measured}, destroy started`, three, false],
  ['destroy started, failed', `${violated}, destroy started`, three, false],
  ['destroy started, verdict not known: install had passed', 'taken up, install passed, destroy started', [], false],
  ['destroy ended, verdict not known: benchmark had passed', 'taken up, install passed, benchmark passed, destroy passed', [], false],
  ['destroy ended, verdict not known: wiped by rackbench destroy', 'taken up, install passed, taken up, benchmark stopped, check skipped, destroy passed, finished', [], false],
  ['destroy passed', `${measured}, destroy passed`, four, false],
  ['destroy skipped by the policy', `${violated}, destroy skipped`, four, false],
  ["destroy failed by the server's fault", `${measured}, destroy failed`, four, false],
  ["destroy failed by the server's fault, after nobody's verdict", 'taken up, install passed, benchmark failed DefectError, check skipped, destroy failed', four, false],
  ['destroy failed and the provisioner was away', `${measured}, destroy failed ProvisionerUnavailableError`, three, false],
  ['destroy failed by a defect', `${measured}, destroy failed DefectError`, three, false],
  ['mark started', `${violated}, destroy skipped, mark started`, four, false],
  ['mark made', `${violated}, destroy skipped, mark passed`, five, false],
  ['finished: passed', `${measured}, destroy passed, finished`, four, true],
  ['finished: failed', `${violated}, destroy skipped, mark passed, finished`, five, true],
  ['finished: failed at install', `${installFailed}, destroy skipped, mark passed, finished`, five, true],
  ['finished: failed, mark withheld', `${violated}, destroy skipped, mark skipped, finished`, five, true],
  ['finished: not wiped, by its own fault', `${measured}, destroy failed, mark passed, finished`, five, true],
  ["finished: not wiped by its own fault, after nobody's verdict", 'taken up, install passed, benchmark failed DefectError, check skipped, destroy failed, mark passed, finished', five, true],
  ['finished: the mark failed', `${violated}, destroy skipped, mark failed, finished`, four, false],
  ['finished: destroy ended unavailable', `${measured}, destroy failed ProvisionerUnavailableError, finished`, three, false],
  ['stopped in install', 'taken up, install stopped, benchmark skipped, check skipped, destroy passed, finished', [], false],
  ['stopped in benchmark', 'taken up, install passed, benchmark stopped, check skipped, destroy passed, finished', [], false],
  ['stopped before check', 'taken up, install passed, benchmark passed, check stopped, destroy passed, finished', [], false],
  ['stopped, and not wiped by its own fault', 'taken up, install passed, benchmark stopped, check skipped, destroy failed, finished', [], false],
  ['stopped, not wiped yet', 'taken up, install stopped', [], false],
  ...['ProvisionerUnavailableError', 'RequestRefusedError', 'DefectError', 'UnknownServerError'].flatMap((type) => [
    [`ended not judged in install: ${type}`, `taken up, install failed ${type}, benchmark skipped, check skipped, destroy skipped, finished`, [], false] as const,
    [`ended not judged in benchmark: ${type}`, `taken up, install passed, benchmark failed ${type}, check skipped, destroy skipped, finished`, [], false] as const,
  ]),
  ['not ours', 'taken up, install not ours, benchmark skipped, check skipped, destroy skipped, finished', [], false],
  ['started over after a stop, installed again', 'taken up, install stopped, benchmark skipped, check skipped, destroy passed, finished, taken up, install passed', ['install'], false],
]

describe('of a server whose journal ends with', () => {
  test.each(table)('%s, a resumed run keeps what the design says', (_row, journal, keeps, done) => {
    const { server } = tell(journal)
    expect({ kept: kept(server), isDone: isDone(server) }).toEqual({ kept: keeps, isDone: done })
  })
})

describe('a server that is only settled', () => {
  const destroy = { wipeAll: false, makeWithheld: false }
  const all = { wipeAll: true, makeWithheld: false }
  const mark = { wipeAll: false, makeWithheld: true }
  test.each([
    ['half installed', 'taken up, install started', [], [], []],
    ['installed', 'taken up, install passed', ['install'], ['install'], ['install']],
    ['stopped', 'taken up, install stopped, benchmark skipped, check skipped', three, three, three],
    ['kept for diagnosis', `${violated}, destroy skipped, mark passed, finished`, five, [...three, 'mark'], [...three, 'mark']],
    ['wiped', `${measured}, destroy passed, finished`, four, four, four],
    ['with a mark withheld', `${violated}, destroy skipped, mark skipped, finished`, five, [...three, 'mark'], three],
    ['with a mark that failed', `${violated}, destroy skipped, mark failed, finished`, four, three, three],
    ['wiped, with a mark that failed', `${violated}, destroy passed, mark failed, finished`, four, four, four],
    ['not wiped by its own fault', `${measured}, destroy failed, mark passed, finished`, five, [...three, 'mark'], five],
    ['not wiped, the provisioner was away', `${measured}, destroy failed ProvisionerUnavailableError, finished`, three, three, three],
  ])('keeps all that is known of it, but not what is due: %s', (_what, journal, byDestroy, byAll, byMark) => {
    const { server } = tell(journal)
    expect([destroy, all, mark].map((settling) => keptToSettle(server, settling))).toEqual([byDestroy, byAll, byMark])
  })

  test.each([
    ['not taken up', '', false],
    ['under way', 'taken up', true],
    ['finished', `${measured}, destroy passed, finished`, false],
    ['with a mark withheld', `${violated}, destroy skipped, mark skipped, finished`, false],
    ['with a mark that failed', `${violated}, destroy skipped, mark failed, finished`, true],
    ['not wiped by its own fault', `${measured}, destroy failed, mark passed, finished`, false],
    ['not wiped, the provisioner was away', `${measured}, destroy failed ProvisionerUnavailableError, finished`, true],
    ['not wiped, by a defect', `${measured}, destroy failed DefectError, finished`, true],
  ])('is one for which something is due at the provisioner: %s', (_what, journal, expected) => {
    expect(isUnsettled(tell(journal).server)).toBe(expected)
  })

  test.each([
    ['not yet wiped', measured, false],
    ['wiped', `${measured}, destroy passed, finished`, false],
    ['left by the policy', `${violated}, destroy skipped, mark passed, finished`, false],
    ['not wiped by its own fault', `${measured}, destroy failed, mark passed, finished`, false],
    ['not wiped, the provisioner was away', `${measured}, destroy failed ProvisionerUnavailableError, finished`, true],
    ['not wiped, the request was refused', `${measured}, destroy failed RequestRefusedError, finished`, true],
    ['not wiped, by a defect', `${measured}, destroy failed DefectError, finished`, true],
  ])('is one whose wipe did not get through: %s', (_what, journal, expected) => {
    expect(isUnwiped(tell(journal).server)).toBe(expected)
  })
})
