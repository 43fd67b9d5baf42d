import { expect } from 'vitest'
import { enrol, nodeStates } from './ironic/nodes.ts'
import { disagreements, prepare, resultsOf } from './ironic/runs.ts'
import { startIronic } from './ironic/start.ts'
import { test } from './ironic/test.ts'

const names = Array.from({ length: 200 }, (_, index) => `n-${String(index + 1).padStart(3, '0')}`)

test('200 nodes, 50 at a time: Ironic refuses nothing for being asked too much, and hears at most 12 requests a server', { timeout: 300_000 }, async ({ place }) => {
  await using ironic = await startIronic()
  await enrol(ironic.ask, ['n-001'])
  await ironic.multiply('n-001', names.slice(1))
  await prepare(place, ironic)
  const before = await nodeStates(ironic.ask)
  const asked = (await ironic.requests()).length
  const { code } = await place.run(['run', 'n-[001-200]', '-c', '50', '--progress', 'none'])
  const requests = (await ironic.requests()).slice(asked)
  const results = await resultsOf(place)
  expect([code, results.summary.passed, await disagreements(results, ironic, before)]).toEqual([0, 200, []])
  expect(requests.filter((line) => !/ 20\d$/.test(line))).toEqual([])
  expect(requests.length / names.length).toBeLessThanOrEqual(12)
})
