import { median } from '../../model/statistics.ts'
import { counted } from '../../config/wording.ts'
import type { Past, RunPart } from './past.ts'
import { metricsIn, unitIn } from './past.ts'
import type { Characters } from './sparkline.ts'
import { sparkline } from './sparkline.ts'
import type { Screen } from './table.ts'
import { shownNumber, tableOf } from './table.ts'
import { buildWords, longestSpark, whenOf } from './words.ts'

/** More rows nobody reads. */
const mostRows = 60

/** Runs for a person, the newest first; then the medians of each metric by model, over these runs. */
export function overviewLines({ parts }: Past, characters: Characters, columns: number): string[] {
  const screen: Screen = { columns, cut: characters.cut }
  const groups = groupsOf(parts)
  const rows = groups.slice(0, mostRows).map((group) => groupRow(group, parts, characters))
  return [
    ...tableOf(['WHEN', 'RUN', 'BUILD', 'STATUS', 'SERVERS', 'PASSED', 'FAILED', 'SKIPPED'], parts.toReversed().map(runRow), screen),
    ...(rows.length > 0 ? ['', ...tableOf(['METRIC', 'MODEL', 'SERVERS', 'LAST', 'MEDIAN', 'LOWEST', 'HIGHEST', 'UNIT', 'HISTORY'], rows, screen)] : []),
    ...(groups.length > mostRows ? [`and ${counted(groups.length - mostRows, 'row')} more: --metric and --where choose`] : []),
  ]
}

function runRow({ run, servers }: RunPart): string[] {
  const count = (status: string): string => String(servers.filter((server) => server.status === status).length)
  return [whenOf(run), run.run.id, buildWords(run), run.run.status, String(servers.length), count('passed'), count('failed'), count('skipped')]
}

/** What the servers of a model measured: for each run the values. */
interface Group {
  readonly metric: string
  readonly model: string
  readonly values: Map<RunPart, number[]>
  readonly servers: Set<string>
}

function groupsOf(parts: readonly RunPart[]): Group[] {
  const groups = new Map<string, Group>()
  for (const part of parts) {
    for (const { id, labels, metrics } of part.servers) {
      const model = Object.hasOwn(labels, 'model') ? labels['model']! : ''
      for (const [metric, value] of Object.entries(metrics)) {
        const key = JSON.stringify([metric, model])
        const group = groups.get(key) ?? { metric, model, values: new Map(), servers: new Set() }
        groups.set(key, group)
        group.servers.add(id)
        const values = group.values.get(part)
        if (values) values.push(value)
        else group.values.set(part, [value])
      }
    }
  }
  const order = metricsIn(parts)
  return [...groups.values()].toSorted((a, b) => order.indexOf(a.metric) - order.indexOf(b.metric) || (a.model < b.model ? -1 : 1))
}

function groupRow({ metric, model, values, servers }: Group, parts: readonly RunPart[], characters: Characters): string[] {
  const medians = parts.map((part) => (values.has(part) ? median(values.get(part)!) : undefined))
  const known = medians.filter((value) => value !== undefined)
  const [lowest, highest] = [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))]
  return [metric, model, String(servers.size), ...[known.at(-1), median(known), lowest, highest].map(shownNumber), unitIn(parts, metric), sparkline(medians, characters, longestSpark)]
}
