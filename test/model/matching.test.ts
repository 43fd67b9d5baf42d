import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isGlob } from '../../src/model/glob.ts'
import { holdingRules, matchRules } from '../../src/model/matching.ts'
import type { Threshold } from '../../src/model/threshold.ts'

const labels = { model: 'R640', rack: 'b12' }
const iops = { metric: 'iops', min: 40000 }

test('the rule with more labels holds, then the one that is written out, then the first', () => {
  const rules: Threshold[] = [
    iops,
    { ...iops, where: { model: 'R64*' } },
    { ...iops, where: { model: 'R640' } },
    { ...iops, where: { rack: 'b12' } },
    { ...iops, where: { model: '*', rack: '*' } },
  ]
  const chosen = (from: number[]) => matchRules(from.map((index) => rules[index]!), labels)[0]?.chosen?.rule
  expect(chosen([0, 1])).toBe(rules[1])
  expect(chosen([0, 1, 2])).toBe(rules[2])
  expect(chosen([0, 1, 3, 2])).toBe(rules[3])
  expect(chosen([0, 1, 2, 3, 4])).toBe(rules[4])
})

test('it is told which rule holds, and why each other does not', () => {
  const rules: Threshold[] = [
    iops,
    { metric: 'triad', reference: 221, lower: '-5%' },
    { ...iops, where: { model: 'R64*' } },
    { ...iops, where: { model: 'R750' } },
    { ...iops, where: { model: 'R64?' } },
    { ...iops, where: { site: '*' } },
  ]
  expect(matchRules(rules, labels)).toEqual([
    {
      metric: 'iops',
      chosen: { rule: rules[2], index: 2, bounds: { min: 40000 } },
      passedOver: [
        { index: 0, because: 'thresholds[2] is more specific' },
        { index: 3, because: 'model is "R640", not "R750"' },
        { index: 4, because: 'thresholds[2] stands before it' },
        { index: 5, because: 'the server has no label site' },
      ],
    },
    { metric: 'triad', chosen: { rule: rules[1], index: 1, bounds: { min: 209.95 } }, passedOver: [] },
  ])
})

test('a metric whose rules all pass the server over has none; an inherited name is no label', () => {
  expect(matchRules([{ ...iops, where: { toString: '*' } }], labels)).toEqual([{ metric: 'iops', passedOver: [{ index: 0, because: 'the server has no label toString' }] }])
  expect(matchRules([], labels)).toEqual([])
})

const label = fc.constantFrom('model', 'rack', 'site')
const where = fc.dictionary(label, fc.constantFrom('a', 'b', '*', 'a?', '?'))
const anyRules = fc.array(fc.record({ metric: fc.constantFrom('x', 'y'), min: fc.integer(), where }), { maxLength: 8 })
const anyLabels = fc.dictionary(label, fc.constantFrom('a', 'b', 'ab'))

const specific = ({ where: asked = {} }: Threshold): readonly [number, number] => [Object.keys(asked).length, Object.values(asked).filter((pattern) => !isGlob(pattern)).length]
const moreSpecific = (one: Threshold, other: Threshold): boolean => {
  const [a, b] = [specific(one), specific(other)]
  return a[0] > b[0] || (a[0] === b[0] && a[1] > b[1])
}

test('no rule that matches is more specific than the chosen one, and each rule is told of once', () => {
  fc.assert(
    fc.property(anyRules, anyLabels, (rules, given) => {
      const matches = matchRules(rules, given)
      const told = matches.flatMap(({ chosen, passedOver }) => [...(chosen ? [chosen.index] : []), ...passedOver.map(({ index }) => index)])
      expect(told.toSorted((a, b) => a - b)).toEqual([...rules.keys()])
      for (const { metric, chosen } of matches) {
        const matching = rules.filter((rule) => rule.metric === metric && matchRules([rule], given)[0]?.chosen)
        expect(matching.some((rule) => chosen && moreSpecific(rule, chosen.rule))).toBe(false)
        expect(chosen?.rule).toBe(matching.find((rule) => !matching.some((other) => moreSpecific(other, rule))))
      }
    }),
  )
})

test('where rules differ in how specific they are, their order is of no matter', () => {
  const distinct = fc.uniqueArray(fc.record({ metric: fc.constant('x'), min: fc.integer(), where }), { maxLength: 6, selector: (rule) => specific(rule).join() })
  fc.assert(
    fc.property(distinct.chain((rules) => fc.tuple(fc.constant(rules), fc.shuffledSubarray(rules, { minLength: rules.length }))), anyLabels, ([rules, shuffled], given) => {
      expect(matchRules(shuffled, given)[0]?.chosen?.rule).toBe(matchRules(rules, given)[0]?.chosen?.rule)
    }),
  )
})

test('what holds is the same, whether or not it is asked why the others do not', () => {
  const rules = fc.array(fc.record({ metric: fc.constantFrom('a', 'b'), min: fc.integer(), where: fc.dictionary(fc.constantFrom('model', 'rack'), fc.constantFrom('x', 'x*', '?')) }), { maxLength: 8 })
  const machine = fc.dictionary(fc.constantFrom('model', 'rack'), fc.constantFrom('x', 'xy', ''))
  fc.assert(
    fc.property(rules, machine, (some, server) => {
      expect(holdingRules(some, server)).toEqual(matchRules(some, server).map(({ passedOver: _why, ...holding }) => holding))
    }),
  )
})
