import { expect, test } from 'vitest'
import { statusOf } from '../../src/model/verdict.ts'
import { createWorld } from '../fixtures/world.ts'
import { planFor, rehearse } from '../fixtures/rehearsal.ts'

test('a good server is installed, benchmarked, checked and wiped', async () => {
  const world = createWorld(() => ({}))
  const { state, exitCode, problems } = await rehearse({ plan: planFor(1), provisioner: world.provisioner })
  expect({ exitCode, problems, calls: world.calls, wrongs: world.wrongs }).toEqual({
    exitCode: 0,
    problems: [],
    calls: ['install s0 r1/s0/install/1', 'benchmark s0 r1/s0/benchmark/1', 'destroy s0 r1/s0/destroy/1'],
    wrongs: [],
  })
  expect([...state.servers.values()].map(statusOf)).toEqual(['passed'])
})
