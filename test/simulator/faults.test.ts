import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { UsageError } from '../../src/model/problem.ts'
import { faultNames } from '../../src/simulator/fault-rules.ts'
import { strikeBy } from '../../src/simulator/faults.ts'
import { readSimulation } from '../../src/simulator/simulation.ts'
import { checkout } from '../fixtures/shell.ts'

const rulesOf = (faults: object) => readSimulation({ faults }).faults
const names = Array.from({ length: 2000 }, (_, index) => `order install s${index} install/1`)

test('the simulation file of docs/simulator.md is one', async () => {
  const [, text = ''] = /```yaml\n(defaults:[\s\S]*?)```/.exec(await readFile(join(checkout, 'docs/simulator.md'), 'utf8')) ?? []
  expect(readSimulation(parse(text)).faults.rules.map(({ fault }) => fault)).toEqual([...faultNames])
})

describe('faults', () => {
  test('strike as many requests as their shares say, and no others than those they are of', () => {
    const strike = strikeBy(rulesOf({ hang: '10%', lose: '20%', cut: { share: '5%', of: ['servers'] } }))
    const count = (kind: 'install' | 'operations' | 'servers', fault: string): number => names.filter((name) => strike(kind, `${kind} ${name}`)?.fault === fault).length / names.length
    const seen = { hang: count('install', 'hang'), lose: count('install', 'lose'), cut: count('install', 'cut'), losePoll: count('operations', 'lose'), cutList: count('servers', 'cut') }
    expect(Object.fromEntries(Object.entries(seen).map(([name, share]) => [name, Math.round(share * 20) / 20]))).toEqual({ hang: 0.1, lose: 0.2, cut: 0, losePoll: 0, cutList: 0.05 })
  })

  test('are the same ones each time, in whatever order servers come, and others with another seed', () => {
    const struck = (seed: number, order: readonly string[]): Record<string, unknown> => {
      const strike = strikeBy(rulesOf({ seed, hang: '30%', late: '30%' }))
      return Object.fromEntries(order.map((name) => [name, [1, 2, 3].map(() => strike('install', name)?.fault)]))
    }
    expect(struck(1, names.toReversed())).toEqual(struck(1, names))
    expect(struck(2, names)).not.toEqual(struck(1, names))
  })

  test('are told what they need', () => {
    expect(rulesOf({ seed: 'x', late: { share: '1.5%', by: '20s', of: ['destroy'] }, unavailable: { share: '1%', retryAfter: '3s' }, html: { share: '1%', status: 502 } })).toEqual({
      seed: 'x',
      rules: [
        { fault: 'html', share: 0.01, of: ['install', 'benchmark', 'destroy', 'mark-broken', 'operations', 'servers'], byMs: 1000, retryAfterMs: 1000, status: 502 },
        { fault: 'unavailable', share: 0.01, of: ['install', 'benchmark', 'destroy', 'mark-broken', 'operations', 'servers'], byMs: 1000, retryAfterMs: 3000, status: 200 },
        { fault: 'late', share: 0.015, of: ['destroy'], byMs: 20_000, retryAfterMs: 1000, status: 200 },
      ],
    })
  })

  test('that cannot be are told, each with its place', () => {
    const reading = () => readSimulation({ faults: { hang: '101%', cut: 5, lose: { share: '1%', of: ['install', 'reboot'] }, late: { share: '1%', by: 'soon' }, drop: '1%' } })
    expect(reading).toThrow(
      new UsageError([
        'simulation: faults.hang.share: expected a share from 0% to 100%, got "101%"',
        'simulation: faults.cut: expected an object, got 5',
        'simulation: faults.late.by: expected a duration such as 500ms, 90s or 2h, got "soon"',
        'simulation: faults.lose.of[1]: expected install | benchmark | destroy | mark-broken | operations | servers, got "reboot"',
        'simulation: faults: unknown key "drop"',
      ]),
    )
    expect(() => readSimulation({ faults: { hang: '60%', cut: '60%' } })).toThrow('simulation: faults: expected shares that are 100% together at most')
  })
})
