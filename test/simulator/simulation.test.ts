import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { UsageError } from '../../src/model/problem.ts'
import type { ServerId } from '../../src/model/server.ts'
import type { Script } from '../../src/simulator/simulation.ts'
import { readSimulation } from '../../src/simulator/simulation.ts'

const ordinary: Script = {
  state: 'clean',
  labels: {},
  install: { takesMs: 1000 },
  benchmark: { takesMs: 2000, answer: 80 },
  destroy: { takesMs: 500 },
  markAsBroken: { takesMs: 0 },
}

function script(content: unknown, id: string): Script | undefined {
  return readSimulation(content).scriptOf(id as ServerId)
}

/** The lines that a simulation is refused with. */
function problems(content: unknown): readonly string[] {
  try {
    readSimulation(content)
  } catch (error) {
    if (error instanceof UsageError) return error.problems
    throw error
  }
  return []
}

describe('a simulation', () => {
  test('that says nothing has every server, and each is in order', () => {
    expect(script({}, '101')).toEqual(ordinary)
    expect(readSimulation({}).listed).toEqual([])
  })

  test('says in YAML what each server does', () => {
    const content: unknown = parse(`
      defaults: { install: { takes: 3s }, benchmark: { takes: 2s, score: 75 }, destroy: { takes: 500ms } }
      strict: false
      servers:
        "104": { install: { fails: "PXE boot timed out", retryable: true } }
        107: { benchmark: { score: 31 } }
        "108": { benchmark: { metrics: { cpu: 900, disk: 120 } } }
        "111": { install: { hangs: true } }
        "112": { install: { unavailable: 2, busy: 1 } }
        "114": { labels: { model: r640 }, address: 10.0.0.14 }
        "115": { state: in-use }
        "116":
    `)
    const usual = { ...ordinary, install: { takesMs: 3000 }, benchmark: { takesMs: 2000, answer: 75 } }
    const { scriptOf, listed } = readSimulation(content)
    expect(listed).toEqual(['104', '107', '108', '111', '112', '114', '115', '116'])
    expect([...listed, '999' as ServerId].map((id) => scriptOf(id))).toEqual([
      { ...usual, install: { takesMs: 3000, fails: 'PXE boot timed out', retryable: true } },
      { ...usual, benchmark: { takesMs: 2000, answer: 31 } },
      { ...usual, benchmark: { takesMs: 2000, answer: { cpu: 900, disk: 120 } } },
      { ...usual, install: { takesMs: 3000, hangs: true } },
      { ...usual, install: { takesMs: 3000, unavailable: 2, busy: 1 } },
      { ...usual, labels: { model: 'r640' }, address: '10.0.0.14' },
      { ...usual, state: 'in-use' },
      usual,
      usual,
    ])
  })

  test('that is strict has the servers that it lists, and no others', () => {
    expect(script({ strict: true, servers: { '101': null } }, '101')).toEqual(ordinary)
    expect(script({ strict: true, servers: { '101': null } }, '102')).toBeUndefined()
    expect(script({ strict: true }, 'constructor')).toBeUndefined()
  })

  test.each([Number.NaN, null, 'fast', true, [], {}, Number.POSITIVE_INFINITY, -1])('may rehearse the answer %j', (score) => {
    expect(script({ servers: { a: { benchmark: { score } } } }, 'a')?.benchmark).toEqual({ takesMs: 2000, answer: score })
    expect(script({ servers: { a: { benchmark: { metrics: { cpu: score } } } } }, 'a')?.benchmark).toEqual({ takesMs: 2000, answer: { cpu: score } })
  })

  test('is refused with every problem that it has', () => {
    expect(problems({
      strict: 'yes',
      fallback: {},
      defaults: { install: { takes: 'fast', fails: 5 }, check: {} },
      servers: {
        '104': { install: { takes: 5, score: 80 }, state: 'gone' },
        '105': { benchmark: { score: 1, metrics: {} }, destroy: { unavailable: -1 } },
        '../../etc/passwd': {},
        '106': 'broken',
      },
    }).toSorted()).toEqual([
      'simulation: defaults.install.fails: expected a string, got 5',
      'simulation: defaults.install.takes: expected a duration such as 500ms, 90s or 2h, got "fast"',
      'simulation: defaults: unknown key "check"',
      'simulation: servers.104.install.takes: expected a duration such as 500ms, 90s or 2h, got 5',
      'simulation: servers.104.install: unknown key "score"',
      'simulation: servers.104.state: expected clean | installed | in-use | broken, got "gone"',
      'simulation: servers.105.benchmark: expected score or metrics, not both, got {"score":1,"metrics":{}}',
      'simulation: servers.105.destroy.unavailable: Too small: expected number to be >=0, got -1',
      'simulation: servers.106: expected an object, got "broken"',
      'simulation: servers: "../../etc/passwd" is no server ID: a letter or digit, then letters, digits, ".", "_" or "-", at most 128',
      'simulation: strict: expected a boolean, got "yes"',
      'simulation: unknown key "fallback"',
    ])
  })

  test.each([null, [], 'file', 5])('is not %j', (content) => {
    expect(problems(content)).toEqual([expect.stringMatching(/^simulation: expected an object, got /)])
  })
})

test('a benchmark may answer otherwise when the same install is measured again', () => {
  expect(script({ servers: { a: { benchmark: { score: 31, again: { score: 80 } } } } }, 'a')?.benchmark).toEqual({ takesMs: 2000, answer: 31, answerAgain: 80 })
  expect(script({ defaults: { benchmark: { again: { metrics: { cpu: 1 } } } } }, 'a')?.benchmark).toEqual({ takesMs: 2000, answer: 80, answerAgain: { cpu: 1 } })
  expect(problems({ servers: { a: { benchmark: { again: { score: 1, metrics: {} } } } } })).toEqual([expect.stringContaining('expected score or metrics, not both')])
})
