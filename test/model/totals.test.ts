import { expect, test } from 'vitest'
import { tell } from '../fixtures/story.ts'

const measured = 'taken up, install passed, benchmark passed, check passed'

test.each([
  ['', { waiting: 1, unfinished: 1, clean: 1 }],
  ['taken up', { underWay: 1, unfinished: 1, ran: 1, clean: 1 }],
  ['taken up, install failed, mark started', { underWay: 1, unfinished: 1, ran: 1, unknown: 1, marksSpent: 1 }],
  [`${measured}, destroy passed, finished`, { passed: 1, ran: 1, clean: 1 }],
  [`${measured}, destroy skipped, finished`, { passed: 1, ran: 1, installed: 1 }],
  ['taken up, install failed, mark passed, finished', { failed: 1, ran: 1, unknown: 1, markedBroken: 1, marksSpent: 1 }],
  ['taken up, install failed, mark failed, finished', { failed: 1, ran: 1, unknown: 1, marksFailed: 1, marksSpent: 1 }],
  ['taken up, install failed, mark skipped, finished', { failed: 1, ran: 1, unknown: 1, marksWithheld: 1 }],
  ['taken up, install failed RequestRefusedError, finished', { failed: 1, notJudged: 1, ran: 1, unknown: 1 }],
  ['taken up, install not ours, finished', { skipped: 1, unknown: 1 }],
  ['taken up, install stopped, destroy passed, finished', { skipped: 1, givenUp: 1, ran: 1, clean: 1 }],
  [`${measured}, destroy failed, mark passed, finished`, { failed: 1, ran: 1, unknown: 1, wipesFailed: 1, markedBroken: 1, marksSpent: 1 }],
  [`${measured}, destroy failed DefectError, finished`, { failed: 1, notJudged: 1, ran: 1, unknown: 1, wipesRefused: 1 }],
  [`${measured}, destroy failed RequestRefusedError, finished`, { failed: 1, notJudged: 1, ran: 1, unknown: 1, wipesRefused: 1 }],
  [`${measured}, destroy failed MeasurementError, finished`, { failed: 1, ran: 1, unknown: 1, wipesRefused: 1 }],
  [`${measured}, destroy failed ProvisionerUnavailableError, finished`, { failed: 1, notJudged: 1, ran: 1, unknown: 1, wipesMissing: 1 }],
])('a server after "%s" adds to the totals what it is, and nothing else', (story, counts) => {
  const { totals } = tell(story).fold.state
  expect(Object.fromEntries(Object.entries(totals).filter(([, count]) => count !== 0))).toEqual(counts)
})
