import { expect, test } from 'vitest'
import { betterOf, kindsWith } from '../../src/model/direction.ts'

test('a metric is better as its kind says, and else on the side that no rule bounds', () => {
  const known = {
    metrics: { told: { better: 'lower' as const }, plain: { unit: 'ms' } },
    thresholds: [
      { metric: 'told', min: 5 }, { metric: 'least', min: 5 }, { metric: 'least', reference: 6, lower: '-5%' }, { metric: 'most', reference: 6, upper: '5%' },
      { metric: 'between', min: 1, max: 2 }, { metric: 'odd', min: 1 }, { metric: 'odd', max: 2, where: { model: 'R640' } }, { metric: 'plain', max: 7 },
    ],
  }
  expect(['told', 'least', 'most', 'between', 'odd', 'plain', 'unheard'].map((metric) => betterOf(metric, known))).toEqual(['lower', 'higher', 'lower', undefined, undefined, 'lower', undefined])
  expect(kindsWith(known)).toEqual({ told: { better: 'lower' }, plain: { unit: 'ms', better: 'lower' }, least: { better: 'higher' }, most: { better: 'lower' } })
})

test('without rules and kinds nothing is known, whatever a metric is called', () => {
  expect(kindsWith({ thresholds: [] })).toEqual({})
  expect(betterOf('constructor', { thresholds: [], metrics: {} })).toBe(undefined)
})
