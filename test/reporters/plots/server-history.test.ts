import { expect, test } from 'vitest'
import type { PastRun } from '../../../src/model/past-run.ts'
import type { Results } from '../../../src/model/results.ts'
import type { Threshold } from '../../../src/model/threshold.ts'
import type { NamedPlot } from '../../../src/reporters/plots/plots.ts'
import { serverPlots } from '../../../src/reporters/plots/plots.ts'
import type { Plotted } from './plotted.ts'
import { inputOf, pastOf, pathsOf, runOf, wordsOf } from './plotted.ts'

const thresholds: readonly Threshold[] = [{ metric: 'score', min: 70, max: 100 }, { metric: 'ms', max: 9000, unit: 'ms' }]

function historyOf(results: Results, past: readonly PastRun[]): readonly NamedPlot[] {
  return serverPlots(inputOf(results, thresholds, past))(results.servers[0]!)
}

function server(score: number, changes: Partial<Plotted> = {}): Plotted {
  return { id: '101', metrics: { score, ms: score / 10 }, ...changes }
}

const past = [pastOf([server(80)], 3), pastOf([server(65, { failedBy: 'score' })], 2), pastOf([server(0, { failedBy: 'install' })], 1)]

test('each metric is a panel of the last runs, this one the last, with the bounds of now', () => {
  const [history, ...others] = historyOf(runOf([server(84)]), past)
  expect(others).toEqual([])
  expect(history?.name).toBe('history')
  expect(history?.plot.alt).toBe(
    'Metrics of 101 over its last 4 runs. score: latest 84, median 80, from 65 to 84 in 3 runs, bound at least 70 and at most 100. ' +
      'ms (ms): latest 8.4, median 8, from 6.5 to 8.4 in 3 runs, bound at most 9,000. It failed in 2 of these runs: 11-20, 11-19.',
  )
  expect(wordsOf(history!.plot.svg)).toEqual([
    '101: metrics over the last 4 runs with it', 'a run', 'failed in it', 'bound of now',
    'score', '70', '80', '90', '100', 'min 70', 'max 100', '11-18', '11-21: 84',
    'ms (ms)', '7', '8', 'off the scale: max 9,000', '11-18', '11-21: 8.4',
  ])
})

test('the line is broken where a run has no value', () => {
  const { plot } = historyOf(runOf([server(84)]), past)[0]!
  const score = pathsOf(plot.svg, 's-passed').find((d) => d.includes('L'))
  expect(score?.match(/[MLZ]/g)).toEqual(['M', 'L', 'M', 'Z'])
})

test('this run is drawn once, also where the history has it already', () => {
  const results = runOf([server(84)], { id: 'r-1' })
  expect(historyOf(results, [...past.slice(0, 2), pastOf([server(80)], 1)])[0]?.plot.alt).toContain('over its last 3 runs')
})

test('without an earlier run, or an earlier value, there is nothing to show', () => {
  expect(historyOf(runOf([server(84)]), [])).toEqual([])
  expect(historyOf(runOf([server(84)]), [pastOf([{ id: '102', metrics: { score: 1 } }], 1)])).toEqual([])
  expect(historyOf(runOf([server(84)]), [pastOf([server(1, { failedBy: 'install' })], 1)])).toEqual([])
})

test('of many runs the last 30 are drawn, and of many metrics 12', () => {
  const metrics = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`m${index}`, index]))
  const many = Array.from({ length: 50 }, (_, index) => pastOf([{ id: '101', metrics }], 50 - index))
  const { plot } = historyOf(runOf([{ id: '101', metrics }]), many)[0]!
  expect(plot.alt).toMatch(/^Metrics of 101 over its last 30 runs\..* 8 more metrics not drawn\. It failed in none of these runs\.$/)
  expect(wordsOf(plot.svg).filter((text) => /^m\d+$/.test(text))).toHaveLength(12)
})
