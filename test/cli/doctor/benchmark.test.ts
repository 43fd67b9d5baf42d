import { expect, test } from 'vitest'
import { checkBenchmark } from '../../../src/cli/doctor/benchmark.ts'
import { startPatience } from '../../../src/cli/patience.ts'
import { DefectError } from '../../../src/model/fault.ts'
import type { Benchmark } from '../../../src/model/provisioner.ts'
import { virtualClock } from '../../fixtures/virtual-clock.ts'

const notAnswered = 'the check of mine failed: it has not answered within 30s, and did not heed its signal (DefectError)'

test.each<[string, Benchmark['check'], string, number]>([
  ['can measure is told', async () => {}, 'ok the check of mine passed', 0],
  ['has no check is in order', undefined, 'ok mine: the first measurement tells whether it works', 0],
  ['cannot measure says why', async () => { throw new DefectError('cannot run ./measure.sh: ENOENT') }, 'fail the check of mine failed: cannot run ./measure.sh: ENOENT (DefectError)', 0],
  ['throws at once is heard', () => { throw new Error('no') }, 'fail the check of mine failed: no (ServerOperationError)', 0],
  ['hangs, and hears no signal, is left behind', () => new Promise(() => {}), `fail ${notAnswered}`, 32_000],
])('a benchmark that %s', async (_what, check, found, tookMs) => {
  const clock = virtualClock()
  const patience = startPatience({ limitMs: 30_000, clock })
  const { status, finding } = await clock.run(checkBenchmark({ name: 'mine', ...(check && { check }) }, patience))
  expect([`${status} ${finding}`, clock.elapsed()]).toEqual([found, tookMs])
})
