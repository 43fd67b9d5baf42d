import { assert, property, stringMatching } from 'fast-check'
import { expect, test } from 'vitest'
import type { ServerId } from '../../src/model/server.ts'
import { fixedRule } from '../../src/simulator/fixed-rule.ts'
import { rackSteps } from '../../src/simulator/simulation.ts'

type Kind = 'fails' | 'slow' | 'good' | 'neither'

function kindOf(id: string): Kind {
  const { install, benchmark } = fixedRule.scriptOf(id as ServerId)!
  const score = benchmark.answer as number
  if (install.fails !== undefined) return 'fails'
  if (score <= 40) return 'slow'
  return score >= 60 && score <= 99 ? 'good' : 'neither'
}

function count(ids: readonly string[]): Record<Kind, number> {
  const counts = { fails: 0, slow: 0, good: 0, neither: 0 }
  for (const id of ids) counts[kindOf(id)]++
  return counts
}

const range = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, index) => String(from + index))

test('of 101-136 one machine fails to install and two are slow', () => {
  expect(count(range(101, 136))).toEqual({ fails: 1, slow: 2, good: 33, neither: 0 })
})

test('about one machine of forty fails, and about one is slow', () => {
  const { fails, slow, neither } = count([...range(1, 10_000), ...range(1, 10_000).map((number) => `rack-a-node-${number}`)])
  expect([Math.round(fails / 100), Math.round(slow / 100), neither]).toEqual([5, 5, 0])
})

test('every machine exists, is the same each time, and takes a few seconds at most', () => {
  assert(property(stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/), (id) => {
    const script = fixedRule.scriptOf(id as ServerId)!
    expect(fixedRule.scriptOf(id as ServerId)).toEqual(script)
    expect(kindOf(id)).not.toBe('neither')
    const tookMs = rackSteps.map((step) => script[step].takesMs)
    expect(Math.min(...tookMs)).toBeGreaterThan(0)
    expect(tookMs.reduce((sum, ms) => sum + ms)).toBeLessThan(6000)
  }))
})

test('scores of neighbours differ', () => {
  const scores = range(101, 136).map((id) => fixedRule.scriptOf(id as ServerId)!.benchmark.answer)
  expect(new Set(scores).size).toBeGreaterThan(15)
})
