import { expect, test } from 'vitest'
import { resumeOverrides } from '../../src/config/resume-overrides.ts'
import { UsageError } from '../../src/model/problem.ts'

test('only what is given anew is overridden', () => {
  expect(resumeOverrides({ flags: {} })).toEqual({})
  expect(resumeOverrides({ flags: { deadline: '2h', 'max-broken': '3', concurrency: '4', 'max-outage': '0s', os: 'x' } })).toEqual({
    concurrency: 4,
    maxBroken: { count: 3 },
    maxOutageMs: 0,
    deadlineMs: 7_200_000,
  })
})

test('flags win over the environment, of which only these four are heard', () => {
  const env = { RACKBENCH_CONCURRENCY: '9', RACKBENCH_MAX_BROKEN: '10%', RACKBENCH_RETRIES: 'nonsense' }
  expect(resumeOverrides({ flags: { concurrency: '4' }, env })).toEqual({ concurrency: 4, maxBroken: { percent: 10 } })
})

test('every fault is told at once', () => {
  const resuming = () => resumeOverrides({ flags: { concurrency: '0', deadline: '10m' }, env: { RACKBENCH_MAX_OUTAGE: '5' }, wipeReserveMs: 600_000 })
  expect(resuming).toThrow(UsageError)
  expect(resuming).toThrow(
    new UsageError([
      'RACKBENCH_MAX_OUTAGE: expected a duration (write 90s, 45m or 2h), got "5"',
      '--concurrency: expected a whole number of at least 1, got "0"',
      '--deadline: expected more than the 10m that the run keeps for wiping, got "10m"',
    ]),
  )
})
