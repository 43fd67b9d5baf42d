import { expect, test } from 'vitest'
import { pastRunOf, pastRunSchema } from '../../src/model/past-run.ts'
import type { Results } from '../../src/model/results.ts'
import { resultsOf } from '../fixtures/results.ts'

test('steps that failed are kept apart: those that were skipped have no time, and where all went well nothing is said', () => {
  const results = resultsOf([{ id: '101' }, { id: '102' }])
  const [well, badly] = results.servers
  const step = (status: 'passed' | 'failed' | 'skipped') => ({ status, durationMs: 1000, attempts: 1 })
  const steps = { install: step('passed'), benchmark: step('passed'), check: step('failed'), destroy: step('failed'), mark: step('skipped') }
  const kept = pastRunOf({ ...results, servers: [well!, { ...badly!, status: 'failed', steps }] } satisfies Results)
  expect(kept.servers.map(({ stepsMs, failedSteps }) => ({ stepsMs, failedSteps }))).toEqual([
    { stepsMs: { install: 1000, benchmark: 1000, check: 1000, destroy: 1000 } },
    { stepsMs: { install: 1000, benchmark: 1000, check: 1000, destroy: 1000 }, failedSteps: ['check', 'destroy'] },
  ])
  expect(pastRunSchema.parse(kept)).toEqual(kept)
})
