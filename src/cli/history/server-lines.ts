import { seconds } from '../../reporters/report-text.ts'
import { median } from '../../model/statistics.ts'
import { counted } from '../../config/wording.ts'
import type { PastServer } from '../../model/past-run.ts'
import { inOneLine } from '../../model/escape.ts'
import type { Past, RunPart } from './past.ts'
import { metricsIn, unitIn } from './past.ts'
import type { Characters } from './sparkline.ts'
import { sparkline } from './sparkline.ts'
import { buildWords, longestSpark, whenOf } from './words.ts'
import type { Screen } from './table.ts'
import { shortened, shownNumber, tableOf } from './table.ts'

/** What became of one server, for a person: what it measured over the runs, then the runs, the newest first. */
export function serverLines(id: string, { parts }: Past, characters: Characters, columns: number): string[] {
  const screen: Screen = { columns, cut: characters.cut }
  const newest = parts.at(-1)!.servers[0]!
  const labels = Object.entries(newest.labels).map(([label, value]) => `${label}=${value}`).join(' ')
  const metrics = metricsIn(parts)
  const ended = (status: string): number => parts.filter(({ servers: [server] }) => server!.status === status).length
  const counts = `${counted(parts.length, 'run')}: ${ended('passed')} passed, ${ended('failed')} failed, ${ended('skipped')} skipped`
  return [
    shortened(inOneLine(`${id}${labels === '' ? '' : `  ${labels}`}  ${counts}`), columns, characters.cut),
    '',
    ...tableOf(['WHAT', 'LAST', 'MEDIAN', 'LOWEST', 'HIGHEST', 'UNIT', 'HISTORY'], figuresOf(parts, metrics, characters), screen),
    '',
    ...tableOf(['WHEN', 'RUN', 'BUILD', 'VERDICT', ...metrics.map((name) => inOneLine(name)), 'WHY'], parts.toReversed().map((part) => runRow(part, metrics)), screen),
  ]
}

function figuresOf(parts: readonly RunPart[], metrics: readonly string[], characters: Characters): string[][] {
  const row = (what: string, unit: string, of: (part: RunPart) => number | undefined): string[] => {
    const values = parts.map(of)
    const known = values.filter((value) => value !== undefined)
    if (known.length === 0) return []
    const [lowest, highest] = [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))]
    return [what, ...[known.at(-1), median(known), lowest, highest].map(shownNumber), unit, sparkline(values, characters, longestSpark)]
  }
  const measured = metrics.map((name) => row(name, unitIn(parts, name), ({ servers: [server] }) => valueOf(server!.metrics, name)))
  const steps = [...new Set(parts.flatMap(({ servers: [server] }) => Object.keys(server!.stepsMs) as (keyof PastServer['stepsMs'])[]))]
  const took = steps.map((step) => row(step, 's', ({ servers: [server] }) => secondsOf(server!.stepsMs[step])))
  return [...measured, ...took].filter((cells) => cells.length > 0)
}

function runRow({ run, servers: [server] }: RunPart, metrics: readonly string[]): string[] {
  const { status, metrics: values, error } = server!
  return [whenOf(run), run.run.id, buildWords(run), status, ...metrics.map((name) => shownNumber(valueOf(values, name))), error ? `${error.step}: ${error.message}` : '']
}

function valueOf(values: Readonly<Record<string, number>>, name: string): number | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined
}

function secondsOf(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : seconds(ms)
}
