import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareSides } from '../../src/model/comparison.ts'
import type { PastRun } from '../../src/model/past-run.ts'
import type { ServerId } from '../../src/model/server.ts'
import type { Side } from '../../src/model/side.ts'
import { serversOf, startSide } from '../../src/model/side.ts'

interface Given {
  readonly id: string
  readonly labels?: Readonly<Record<string, string>>
  readonly metrics: Readonly<Record<string, number>>
}

const sideOf = (runs: readonly (readonly Given[])[], metrics: PastRun['metrics'] = {}): Side => {
  const side = startSide()
  for (const [index, servers] of runs.entries()) {
    const run = { id: `r${index}`, startedAt: `2026-11-0${index + 1}T00:00:00.000Z`, finishedAt: null, status: 'finished', provisioner: 'simulated', os: 'debian-12', concurrency: 15, exitCode: 0, build: {} } as const
    side.add({ run, metrics, servers: servers.map(({ id, labels = {}, metrics: values }) => ({ id: id as ServerId, status: 'passed', labels: { ...labels }, metrics: { ...values }, stepsMs: {} })) })
  }
  return side.end()
}

const compared = (before: Side, after: Side, asked: { readonly by?: readonly string[]; readonly metrics?: readonly string[]; readonly better?: Readonly<Record<string, 'higher' | 'lower'>> } = {}) =>
  compareSides(before, after, { servers: serversOf(before, after), by: [], metrics: [], better: {}, ...asked })

const scores = (model: string, first: number, ...values: readonly number[]): Given[] => values.map((score, index) => ({ id: String(first + index), labels: { model }, metrics: { score } }))

test('a model is held against itself: medians, the change, a rank test, the servers that moved, and how many came and went', () => {
  const before = sideOf([[...scores('R640', 101, 80, 82, 81), ...scores('R740', 201, 50)]])
  const after = sideOf([[...scores('R640', 102, 70, 72, 71), ...scores('R750', 301, 90)]])
  expect(compared(before, after)).toEqual({
    metrics: [
      {
        metric: 'score', unit: null, better: 'higher', group: { model: 'R640' },
        before: { servers: 3, median: 81 }, after: { servers: 3, median: 71 }, both: 2, gone: 1, new: 1,
        change: { percent: -12.3456790123, is: 'worse' }, test: { u: 0, p: 0.1, method: 'exact' },
        moved: { up: [], down: [
          { server: '102', before: 82, after: 70, change: { percent: -14.6341463415, is: 'worse' } },
          { server: '103', before: 81, after: 72, change: { percent: -11.1111111111, is: 'worse' } },
        ] },
      },
    ],
    oneSided: [
      { metric: 'score', group: { model: 'R740' }, side: 'before', servers: 1 },
      { metric: 'score', group: { model: 'R750' }, side: 'after', servers: 1 },
    ],
  })
})

describe('labels:', () => {
  const groups = (before: Side, after: Side, by?: readonly string[]) => compared(before, after, by && { by }).metrics.map(({ group }) => group)

  test('where no server has a model, all are one group; where one has, the others are a group without', () => {
    expect(groups(sideOf([[{ id: 'a', metrics: { x: 1 } }]]), sideOf([[{ id: 'a', metrics: { x: 1 } }]]))).toEqual([{}])
    const mixed = [{ id: 'a', metrics: { x: 1 } }, { id: 'b', labels: { model: 'R640' }, metrics: { x: 1 } }, { id: 'c', labels: { model: '' }, metrics: { x: 1 } }]
    expect(groups(sideOf([mixed]), sideOf([mixed]))).toEqual([{ model: 'R640' }, { model: null }])
  })

  test('of a label that has changed, the side after counts, so that a server stays beside itself', () => {
    const [before, after] = [sideOf([[{ id: 'a', labels: { bios: '1.0', rack: 'A1' }, metrics: { x: 1 } }]]), sideOf([[{ id: 'a', labels: { bios: '2.0' }, metrics: { x: 2 } }]])]
    expect(groups(before, after, ['bios', 'rack'])).toEqual([{ bios: '2.0', rack: 'A1' }])
  })
})

test('a server of several runs counts once, by the median of what it measured, with the labels that it had last', () => {
  const weeks = [80, 100, 82].map((score, index) => [{ id: 'a', labels: { model: `M${index}` }, metrics: { score } }])
  const [row] = compared(sideOf(weeks), sideOf([[{ id: 'a', labels: {}, metrics: { score: 82 } }]])).metrics
  expect(row).toMatchObject({ group: { model: 'M2' }, before: { servers: 1, median: 82 }, change: { percent: 0, is: 'same' } })
})

test('what is no finite number was not measured', () => {
  const side = sideOf([[{ id: 'a', metrics: { x: Number.NaN } }, { id: 'b', metrics: { x: Infinity, y: 1 } }]])
  expect([...side.servers].map(([id, { metrics }]) => [id, [...metrics]])).toEqual([['b', [['y', 1]]]])
})

test('the direction is what is told, or what the later runs know, or that of a score; the spread of a server counts only if it is asked for', () => {
  const servers = [{ id: 'a', metrics: { score: 1, latency: 1, other: 1, 'latency.spread_percent': 3 } }]
  const [before, after] = [sideOf([servers], { latency: { unit: 'ms', better: 'higher' } }), sideOf([servers], { latency: { better: 'lower' } })]
  const kinds = (asked?: Parameters<typeof compared>[2]) => compared(before, after, asked).metrics.map(({ metric, unit, better }) => [metric, unit, better])
  expect(kinds()).toEqual([['latency', 'ms', 'lower'], ['other', null, null], ['score', null, 'higher']])
  expect(kinds({ metrics: ['latency.*', 'othe?'], better: { other: 'lower' } })).toEqual([['latency.spread_percent', null, null], ['other', null, 'lower']])
})

const id = fc.integer({ min: 1, max: 12 }).map(String)
const given = fc.record({ id, labels: fc.record({ model: fc.constantFrom('R640', 'R740', '') }, { requiredKeys: [] }), metrics: fc.dictionary(fc.constantFrom('score', 'x', '__proto__'), fc.oneof(fc.constantFrom(0, -0, 1), fc.double({ noNaN: true, noDefaultInfinity: true }))) })
const fleet = fc.uniqueArray(given, { selector: (server) => server.id, maxLength: 12 })

describe('for any runs', () => {
  test('nothing is NaN or infinite: what is written as JSON is what was meant', () => {
    fc.assert(
      fc.property(fleet, fleet, (one, other) => {
        const result = compared(sideOf([one]), sideOf([other]))
        expect(JSON.stringify(result)).not.toMatch(/"(?:median|p|u|before|after)":null/)
      }),
    )
  })

  test('a run beside itself has not changed, and nothing about it is unlikely', () => {
    fc.assert(
      fc.property(fleet, (servers) => {
        const { metrics, oneSided } = compared(sideOf([servers]), sideOf([servers]))
        expect(oneSided).toEqual([])
        for (const { change, test: { p }, moved, gone, new: added } of metrics) expect({ change, p, moved, gone, added }).toEqual({ change: { percent: 0, is: 'same' }, p: 1, moved: { up: [], down: [] }, gone: 0, added: 0 })
      }),
    )
  })

  test('the order of servers does not matter', () => {
    fc.assert(
      fc.property(fleet, fleet, (one, other) => {
        expect(compared(sideOf([one.toReversed()]), sideOf([other.toReversed()]))).toEqual(compared(sideOf([one]), sideOf([other])))
      }),
    )
  })
})
