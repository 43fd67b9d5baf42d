import fc from 'fast-check'
import { expect, test } from 'vitest'
import { faultsOf, fleetOf, simulationOf, stepsOf } from '../../bench/fleet.ts'
import { readSimulation } from '../../src/simulator/simulation.ts'

test('a fleet is its servers by number', () => {
  expect(fleetOf(2)).toEqual(['n-000001', 'n-000002'])
})

test('one server of 40 cannot be installed, and another one is too slow', () => {
  const { fails, scores } = faultsOf(fleetOf(10_000))
  expect([Object.keys(fails).length, Object.keys(scores).length].map((count) => Math.round(count / 20))).toEqual([13, 13])
  expect(Object.keys(fails).filter((id) => id in scores)).toEqual([])
  expect(Object.values(scores).filter((score) => score >= 50)).toEqual([])
})

test('the steps of a server take together what the server takes', () => {
  fc.assert(fc.property(fc.nat(100_000), (length) => stepsOf(length).reduce((sum, step) => sum + step) === length))
})

test('a simulation has a server of each length, and no others', () => {
  const [one, two, other] = fleetOf(3)
  const { scriptOf } = readSimulation(simulationOf([one!, two!], [100, 40]))
  const takes = [one!, two!].map((id) => [scriptOf(id)?.install.takesMs, scriptOf(id)?.benchmark.takesMs, scriptOf(id)?.destroy.takesMs])
  expect(takes).toEqual([
    [15, 75, 10],
    [6, 30, 4],
  ])
  expect(scriptOf(other!)).toBe(undefined)
})
