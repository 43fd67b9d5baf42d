import { describe, expect, test } from 'vitest'
import type { MarkDecision } from '../../src/run/brakes.ts'
import type { WipePolicy } from '../../src/run/wiping.ts'
import { decideWipe } from '../../src/run/wiping.ts'
import { tell } from '../fixtures/story.ts'

const wipe = 'wipe'
const diagnosis = 'kept for diagnosis (--destroy passing)'
const never = 'kept (--destroy never)'
const withheld = 'kept: its mark as broken is withheld: the budget'
const notOurs = 'the server is not ours'
const unknown = 'the provisioner has no such server'
const nothing = 'nothing was installed'

const policies = ['passing', 'always', 'never', 'all'] as const
const marks: readonly (MarkDecision | undefined)[] = [undefined, { is: 'allowed' }, { is: 'withheld', because: 'withheld: the budget' }]

/** What becomes of a server by each policy; for one that failed by its own fault also if its mark is withheld. */
const table: [what: string, story: string, byPolicy: string[], ifWithheld?: string[]][] = [
  ['passed', 'taken up, install passed, benchmark passed, check passed', [wipe, wipe, never, wipe]],
  ['too slow', 'taken up, install passed, benchmark passed, check failed PerformanceError', [diagnosis, wipe, never, wipe], [withheld, withheld, never, withheld]],
  ['failed in its benchmark', 'taken up, install passed, benchmark failed', [diagnosis, wipe, never, wipe], [withheld, withheld, never, withheld]],
  ['failed half installed', 'taken up, install failed', [diagnosis, wipe, never, wipe], [withheld, withheld, never, withheld]],
  ['timed out in install', 'taken up, install failed StepTimeoutError', [diagnosis, wipe, never, wipe], [withheld, withheld, never, withheld]],
  ['measured in vain', 'taken up, install passed, benchmark failed MeasurementError', [diagnosis, wipe, never, wipe]],
  ['not judged, the provisioner away', 'taken up, install failed ProvisionerUnavailableError', [diagnosis, wipe, never, wipe]],
  ['not judged, by a defect', 'taken up, install passed, benchmark failed DefectError', [diagnosis, wipe, never, wipe]],
  ['not judged, refused', 'taken up, install failed RequestRefusedError', [diagnosis, wipe, never, wipe]],
  ['stopped half installed', 'taken up, install stopped', [wipe, wipe, never, wipe]],
  ['stopped in its benchmark', 'taken up, install passed, benchmark stopped', [wipe, wipe, never, wipe]],
  ['stopped before its check', 'taken up, install passed, benchmark passed, check stopped', [wipe, wipe, never, wipe]],
  ['left by a dead process', 'taken up, install started', [wipe, wipe, never, wipe]],
  ['not ours', 'taken up, install not ours', [notOurs, notOurs, notOurs, notOurs]],
  ['found not to be ours in its benchmark', 'taken up, install passed, benchmark not ours', [notOurs, notOurs, notOurs, notOurs]],
  ['unknown', 'taken up, install failed UnknownServerError', [unknown, unknown, unknown, unknown]],
  ['never touched', 'taken up', [nothing, nothing, nothing, nothing]],
  ['wiped before', 'taken up, install stopped, destroy passed, finished, taken up, install stopped', [wipe, wipe, never, wipe]],
]

function decisions(story: string, mark: MarkDecision | undefined): string[] {
  const { server } = tell(story)
  return policies.map((policy: WipePolicy) => {
    const decision = decideWipe(server, policy, mark)
    return decision.is === 'wipe' ? wipe : decision.because
  })
}

describe('by the policies passing, always, never, and all, a server', () => {
  test.each(table)('%s', (...[, story, byPolicy, ifWithheld]) => {
    const [noMark, allowed, held] = marks
    expect(decisions(story, ifWithheld ? allowed : noMark)).toEqual(byPolicy)
    if (ifWithheld) expect(decisions(story, held)).toEqual(ifWithheld)
  })
})
