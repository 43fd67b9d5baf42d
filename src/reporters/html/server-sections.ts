import type { ServerResult } from '../../model/results.ts'
import type { Step } from '../../model/step.ts'
import { steps } from '../../model/step.ts'
import type { Warning } from '../../model/violation.ts'
import { legibleMiss } from '../../model/violation.ts'
import { inWords } from '../log-words.ts'
import type { Content } from './escape.ts'
import { html } from './escape.ts'
import { section } from './index-sections.ts'
import type { Site } from './site.ts'
import { unitOf } from './site.ts'
import { table } from './table.ts'
import { briefly, marked, moment, name } from './words.ts'

const mostMetrics = 300
/** More measurements than these are not shown, and the last ones count. */
const mostRounds = 10
const longestNote = 500

type StepOf = NonNullable<ServerResult['steps'][Step]>
type RoundOf = ServerResult['rounds'][number]

/** What was measured; of several rounds each, the last one of which counts. */
export function metricsSection({ rounds }: ServerResult, site: Site): Content {
  const shown = rounds.slice(-mostRounds)
  const measured = [...new Set(shown.flatMap(({ metrics }) => Object.keys(metrics)))].toSorted((one, other) => site.metrics.indexOf(one) - site.metrics.indexOf(other))
  if (measured.length === 0) return undefined
  const first = rounds.length - shown.length + 1
  const columns = [{ name: 'metric' }, { name: 'unit' }, ...shown.map((_, index) => ({ name: shown.length === 1 ? 'value' : `measurement ${first + index}`, is: 'number' as const }))]
  const rows = measured.slice(0, mostMetrics).map((metric) => [name(metric), unitOf(metric, site), ...shown.map((round) => valueIn(round, metric))])
  const more = measured.length - rows.length
  const caption = shown.length === 1 ? 'What was measured' : 'What was measured: the last measurement counts'
  return section('metrics', 'Metrics', [table({ caption, columns, rows }), more > 0 && html`<p>and ${more} more: see results.json</p>\n`])
}

function valueIn({ metrics, violations, warnings = [] }: RoundOf, metric: string): Content {
  if (!Object.hasOwn(metrics, metric)) return ''
  const value = metrics[metric]!
  const isOfMetric = (finding: Warning): boolean => finding.metric === metric
  const [violation, warning] = [violations.find(isOfMetric), warnings.find(isOfMetric)]
  const shown = legibleMiss({ value, bound: (violation ?? warning)?.bound ?? {} }).value
  if (violation) return html`${shown} ${marked('failed', 'missed')}`
  return warning ? html`${shown} <span class="skipped">! warning</span>` : shown
}

/** Each step in its order: when it began, what it took, how it ended. */
export function stepsSection({ steps: ended, rounds }: ServerResult): Content {
  const shown = rounds.slice(-mostRounds)
  const measured = shown.flatMap(({ benchmark, check }, index): (readonly [string, StepOf | undefined])[] => {
    const note = rounds.length > 1 ? ` (measurement ${rounds.length - shown.length + index + 1})` : ''
    return [[`benchmark${note}`, benchmark], [`check${note}`, check]]
  })
  const all: (readonly [string, StepOf | undefined])[] = steps.flatMap((step) => {
    if (step === 'check' && measured.length > 0) return []
    return step === 'benchmark' && measured.length > 0 ? measured : [[step, ended[step]] as const]
  })
  const rows = all.flatMap(([step, record]) => (record ? [rowOf(step, record)] : []))
  if (rows.length === 0) return undefined
  const columns = [{ name: 'step' }, { name: 'ended' }, { name: 'began' }, { name: 'took', is: 'number' as const }, { name: 'tries', is: 'number' as const }, { name: 'note', is: 'text' as const }]
  return section('steps', 'Steps', table({ caption: 'Steps, and what they took', columns, rows }))
}

function rowOf(step: string, { status, startedAt, durationMs, attempts, because, error }: StepOf): Content[] {
  const isBegun = status !== 'skipped' || startedAt !== undefined
  return [step, marked(status, status), startedAt === undefined ? '' : moment(startedAt), isBegun ? inWords(durationMs) : '', isBegun ? attempts : '', briefly(because ?? error?.message ?? '', longestNote)]
}
