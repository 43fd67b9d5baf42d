import { expect, test } from 'vitest'
import type { Threshold } from '../../../src/model/threshold.ts'
import { distributionPlot } from '../../../src/reporters/plots/distribution.ts'
import { samplesOf } from '../../../src/reporters/plots/samples.ts'
import type { Plot } from '../../../src/reporters/report-input.ts'
import type { Results } from '../../../src/model/results.ts'
import type { Plotted } from './plotted.ts'
import { elementsOf, inputOf, pathsOf, runOf, wordsOf } from './plotted.ts'

function plotsOf(servers: readonly Plotted[], thresholds: readonly Threshold[] = [], metrics: Results['run']['metrics'] = {}): (Plot | undefined)[] {
  return [...samplesOf(inputOf(runOf(servers, { metrics }), thresholds))].map(distributionPlot)
}

const mixed: readonly Plotted[] = [
  { id: '101', model: 'R640', metrics: { score: 80 } },
  { id: '102', model: 'R640', metrics: { score: 82 } },
  { id: '103', model: 'R640', metrics: { score: 31 }, failedBy: 'score' },
  { id: '104', model: 'R740', metrics: { score: 95 } },
  { id: '105', model: 'R740', metrics: { score: 96 }, failedBy: 'disk' },
  { id: '106', model: 'R740', failedBy: 'install' },
]
const rules: readonly Threshold[] = [{ metric: 'score', min: 50 }, { metric: 'score', reference: 95, lower: '-10%', where: { model: 'R740' }, severity: 'warn' }]

test('each model has the bounds that hold for it, and its failed servers by name', () => {
  const [plot] = plotsOf(mixed, rules, { score: { unit: 'MB/s', better: 'higher' } })
  expect(plot?.alt).toBe(
    'Distribution of score (MB/s, higher is better) over 5 servers. R640: 3 servers, median 80, from 31 to 82; bound at least 50, 1 server outside it. ' +
      'R740: 2 servers, median 95.5, from 95 to 96; warning bound at least 85.5, 0 servers outside it. 1 failed by this metric: 103; 1 failed otherwise: 105; 1 failed without a value of it: 106.',
  )
  expect(wordsOf(plot!.svg)).toEqual([
    'score (MB/s, higher is better)', 'not failed', 'failed by this metric', 'failed otherwise', 'median', 'bound', 'bound that warns', '30', '40', '50', '60', '70', '80', '90',
    'min 50', 'R640', '3 measured', 'median 80', '1 failed', '103',
    'warns: min 85.5', 'R740', '2 measured', 'median 95.5', '1 failed', '105', 'MB/s',
  ])
})

test('a failed server is a mark below the line, and no dot above it', () => {
  const [plot] = plotsOf(mixed, rules)
  const count = (kind: string, mark: RegExp): number => pathsOf(plot!.svg, kind).join('').match(mark)?.length ?? 0
  expect([count('s-passed', /h0/g), count('s-failed', /l7 7m/g) - 1, count('f-page s-failed', /z/g) - 1]).toEqual([4 - 1, 1, 1])
})

test('many servers are bars that count each of those that did not fail once', () => {
  const servers = Array.from({ length: 400 }, (_, index): Plotted => ({ id: `s${index}`, metrics: { score: 80 + (index % 20) } }))
  const [plot] = plotsOf(servers)
  const bars = elementsOf(plot!.svg).filter(({ name, attributes }) => name === 'rect' && attributes['class'] === 'f-passed' && Number(attributes['width']) > 11)
  expect(bars).toHaveLength(20)
  expect(new Set(bars.map(({ attributes }) => attributes['height']))).toEqual(new Set(['150']))
})

test.each<[string, readonly Threshold[]]>([['no bound', []], ['a bound far off', [{ metric: 'score', min: 50 }]], ['a bound close by', [{ metric: 'score', min: 79.9 }]]])('where all measured the same, their bar stands about the line of their median: %s', (_what, thresholds) => {
  const [plot] = plotsOf(Array.from({ length: 200 }, (_, index): Plotted => ({ id: `s${index}`, metrics: { score: 80 } })), thresholds)
  const drawn = elementsOf(plot!.svg).map(({ name, attributes }): Readonly<Record<string, string | undefined>> => ({ name, ...attributes }))
  const bars = drawn.filter((one) => one['name'] === 'rect' && one['class'] === 'f-passed' && one['height'] === '150')
  const line = drawn.find((one) => one['stroke-width'] === '1.5' && one['class'] === 's-ink' && one['y1'] !== one['y2'])
  expect(bars).toHaveLength(1)
  expect(Number(bars[0]!['x']) + Number(bars[0]!['width']) / 2).toBeCloseTo(Number(line!['x1']), 0)
})

test('of more models than can be told apart, the rest are one group', () => {
  const servers = Array.from({ length: 30 }, (_, index): Plotted => ({ id: `s${index}`, model: `M${index % 10}`, metrics: { score: index } }))
  expect(wordsOf(plotsOf(servers)[0]!.svg).filter((text) => /^M\d$|other models/.test(text))).toEqual(['3 other models', 'M0', 'M1', 'M2', 'M3', 'M4', 'M5', 'M6'])
})

test('metrics that rules are about come first, and how far runs lay apart comes last', () => {
  const metrics = { 'cpu.spread_percent': 1, cpu: 5, score: 80 }
  expect([...samplesOf(inputOf(runOf([{ id: '101', metrics }]), rules))].map(({ metric }) => metric)).toEqual(['score', 'cpu', 'cpu.spread_percent'])
})

test('where nothing was measured, there is nothing to show', () => {
  expect(plotsOf([{ id: '101', failedBy: 'install' }], rules)).toEqual([])
})

test('a bound off the scale is told at its edge', () => {
  const [plot] = plotsOf([{ id: '101', metrics: { score: 80 } }, { id: '102', metrics: { score: 82 } }], [{ metric: 'score', min: -90_000, max: 90_000 }])
  expect(wordsOf(plot!.svg)).toEqual(expect.arrayContaining(['← min -90,000', 'max 90,000 →']))
})
