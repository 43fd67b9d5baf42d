import { count } from '../log-words.ts'
import type { Plot } from '../report-input.ts'
import { distributionInWords } from './distribution-words.ts'
import { groupRow } from './distribution-row.ts'
import { axisFigures, drawable } from './figures.ts'
import type { Sign } from './key.ts'
import { keyOf } from './key.ts'
import { paint } from './palette.ts'
import { axisTitle, metricTitle } from './metric-title.ts'
import type { MetricSamples } from './samples.ts'
import { faintWords, straightLine, svgDocument, words } from './svg.ts'
import { valueScale } from './value-scale.ts'

const width = 960
const area = { left: 170, right: 900 }
const head = 60
const foot = 44

/** How the values of a metric lie, model by model, with the bounds that hold, and which of them are of failed servers. Nothing where nothing was measured. */
export function distributionPlot(measured: MetricSamples): Plot | undefined {
  const { metric, kind, groups } = measured
  const all = Float64Array.from(groups.flatMap(({ samples }) => samples.map(({ value }) => drawable(value)))).sort()
  if (all.length === 0) return undefined
  const x = valueScale([...all], groups.flatMap(({ bounds }) => bounds), [area.left, area.right])
  const rows: string[] = []
  let top = head
  for (const group of groups) {
    const row = groupRow(group, x, { top, isOnly: groups.length === 1 })
    rows.push(row.drawn)
    top += row.height
  }
  const ticks = x.ticks(8)
  const figures = axisFigures(ticks)
  const height = top + foot
  const axis = ticks.flatMap((tick, index) => [
    straightLine([x(tick), head], [x(tick), top], paint({ stroke: 'grid' })),
    faintWords(x(tick), top + 16, figures[index]!, { 'text-anchor': 'middle' }),
  ])
  const alt = distributionInWords(measured)
  const title = metricTitle(metric, kind)
  const drawn = [words(16, 24, title, { 'font-size': 14, 'font-weight': 'bold' }), keyOf(keyFor(measured), 16, 46), ...axis, ...rows, faintWords((area.left + area.right) / 2, top + 34, axisTitle(metric, kind), { 'text-anchor': 'middle' })]
  return { alt, svg: svgDocument({ width, height, title: `Distribution of ${title}, ${count(all.length, 'server')}`, description: alt }, ...drawn) }
}

function keyFor({ groups }: MetricSamples): [string, Sign][] {
  const verdicts = new Set(groups.flatMap(({ samples }) => samples.map(({ verdict }) => verdict)))
  const bounds = groups.flatMap((group) => group.bounds)
  return [
    ['not failed', { square: 'passed' }],
    ...(verdicts.has('failed by it') ? ([['failed by this metric', { mark: 'cross' }]] as [string, Sign][]) : []),
    ...(verdicts.has('failed otherwise') ? ([['failed otherwise', { mark: 'triangle' }]] as [string, Sign][]) : []),
    ['median', { line: 'solid' }],
    ...(bounds.some(({ warns }) => !warns) ? ([['bound', { line: 'dashed' }]] as [string, Sign][]) : []),
    ...(bounds.some(({ warns }) => warns) ? ([['bound that warns', { line: 'dotted' }]] as [string, Sign][]) : []),
  ]
}
