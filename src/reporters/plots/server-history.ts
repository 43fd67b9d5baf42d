import type { ServerResult } from '../../model/results.ts'
import { median } from '../../model/statistics.ts'
import { count, few } from '../log-words.ts'
import type { Plot } from '../report-input.ts'
import { boundInWords, rangeOf } from './distribution-words.ts'
import { figure } from './figures.ts'
import type { Panel } from './history-panel.ts'
import { historyPanel, panelHeight, panelWidth } from './history-panel.ts'
import type { Sign } from './key.ts'
import { keyOf } from './key.ts'
import { metricTitle } from './metric-title.ts'
import { shortenedId } from './shortened.ts'
import type { Point } from './server-past.ts'
import { svgDocument, words } from './svg.ts'
import { dayOf } from './verdicts.ts'

/** More metrics than these are told in words, not drawn. */
const mostPanels = 12
const head = 60
const columns = 2
const longestId = 60

/** Each metric of a server over its last runs, one panel a metric; without an earlier value nothing. */
export function serverHistoryPlot({ id }: Pick<ServerResult, 'id'>, points: readonly Point[], panels: readonly Panel[]): Plot | undefined {
  const measured = panels.filter(({ values }) => values.filter((value) => value !== undefined).length > 1)
  if (measured.length === 0) return undefined
  const drawn = measured.slice(0, mostPanels)
  const rows = Math.ceil(drawn.length / columns)
  const alt = inWords(id, points, measured)
  const hidden = measured.length - drawn.length
  const content = [
    words(16, 24, `${shortenedId(id, longestId)}: metrics over the last ${count(points.length, 'run')} with it`, { 'font-size': 14, 'font-weight': 'bold' }),
    keyOf(keyFor(points, drawn), 16, 46),
    ...drawn.map((panel, index) => historyPanel(panel, points, { left: (index % columns) * panelWidth, top: head + Math.floor(index / columns) * panelHeight })),
    hidden > 0 ? words(16, head + rows * panelHeight + 12, `${count(hidden, 'more metric')} not drawn`) : '',
  ]
  const width = drawn.length === 1 ? panelWidth + 120 : columns * panelWidth
  return { alt, svg: svgDocument({ width, height: head + rows * panelHeight + (hidden > 0 ? 24 : 4), title: `Metrics of ${id} over its last runs`, description: alt }, ...content) }
}

function keyFor(points: readonly Point[], panels: readonly Panel[]): (readonly [string, Sign])[] {
  const bounds = panels.flatMap((panel) => (panel.bounds ? [panel.bounds] : []))
  return [
    ['a run', { mark: 'dot' }],
    ...(points.some(({ failed }) => failed) ? [['failed in it', { mark: 'cross' }] as const] : []),
    ...(bounds.some(({ warns }) => !warns) ? [['bound of now', { line: 'dashed' }] as const] : []),
    ...(bounds.some(({ warns }) => warns) ? [['bound that warns', { line: 'dotted' }] as const] : []),
  ]
}

const mostDays = 10

function inWords(id: string, points: readonly Point[], panels: readonly Panel[]): string {
  const failed = points.filter((point) => point.failed).map(({ startedAt }) => dayOf(startedAt))
  const told = panels.slice(0, mostPanels).map(({ metric, kind, values, bounds }) => {
    const known = values.filter((value) => value !== undefined)
    const { least, greatest } = rangeOf(known)
    return `${metricTitle(metric, kind)}: latest ${figure(known.at(-1)!)}, median ${figure(median(known))}, from ${figure(least)} to ${figure(greatest)} in ${count(known.length, 'run')}${bounds ? `, ${boundInWords(bounds)}` : ''}.`
  })
  const rest = panels.length - told.length
  return [
    `Metrics of ${id} over its last ${count(points.length, 'run')}.`,
    ...told,
    ...(rest > 0 ? [`${count(rest, 'more metric')} not drawn.`] : []),
    failed.length === 0 ? 'It failed in none of these runs.' : `It failed in ${failed.length} of these runs: ${few(failed.toReversed(), mostDays)}.`,
  ].join(' ')
}
