import { describe, expect, test } from 'vitest'
import { configureProgram } from '../../src/config/program.ts'
import { UsageError } from '../../src/model/problem.ts'

const secret = 'hunter2-hunter2'

function problemsOf(servers: unknown, options: unknown = {}): readonly string[] {
  try {
    configureProgram({ provisioner: 'mine', servers, options, cwd: '/srv', problems: [] })
    return []
  } catch (error) {
    if (error instanceof UsageError) return error.problems
    throw error
  }
}

describe('a secret that would be written with the plan is refused where it stands:', () => {
  test.each([
    ['servers[1].labels.bmc', [{ id: '101' }, { id: '102', labels: { bmc: `${secret}!` } }], {}],
    ['servers[0].address', [{ id: '101', address: secret }], {}],
    ['servers[0].id', [secret], {}],
    ['os', ['101'], { os: secret }],
    ['suite', ['101'], { suite: `nightly ${secret}` }],
    ['thresholds[0].unit', ['101'], { thresholds: [{ metric: 'score', min: 1, unit: secret }] }],
  ])('%s', (place, servers, options) => {
    expect(problemsOf(servers, { ...options, secrets: [secret] })).toEqual([`${place}: one of the secrets stands there, and would be written`])
    expect(problemsOf(servers, options)).toEqual([])
  })
})

test('a rule about the own history is refused: a program has none', () => {
  expect(problemsOf(['101'], { thresholds: [{ metric: 'score', min: 1 }, { metric: 'iops', ownHistory: { last: 5, lower: '-5%' } }] })).toEqual([
    'thresholds[1].ownHistory: goes by past runs, which only the command line reads: use `rackbench run --history PATH`',
  ])
})

test('a list without an end is refused, and not read to it', () => {
  function* endless(): Generator<string> {
    for (let number = 1; ; number++) yield `n-${number}`
  }
  expect(problemsOf(endless())).toEqual(['servers[100000]: more than 100000 servers in all'])
})

test('a list that cannot be read is told with its reason', () => {
  function* broken(): Generator<string> {
    yield '101'
    throw new Error('the database is gone')
  }
  expect(problemsOf(broken())).toEqual(['servers: cannot be read: the database is gone'])
})
