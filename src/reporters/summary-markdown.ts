import { legible } from '../model/legible.ts'
import type { ServerResult } from '../model/results.ts'
import type { Threshold } from '../model/threshold.ts'
import { median } from '../model/statistics.ts'
import { count, few, inWords } from './log-words.ts'
import { metricKindOf } from './metric-kind.ts'
import { singleLine } from './report-text.ts'
import type { ReportResults } from './servers.ts'
import { firstWith, skippedByReason } from './servers.ts'

const mostFailed = 30
const mostReasons = 10
const fewIds = 5
const longestReason = 200
const mostMetrics = 20

/** summary.md: the run in a page of Markdown, for chats and change tickets, most important first. Of a large fleet it tells only the beginning of each list. */
export function summaryMarkdown(results: ReportResults, thresholds: readonly Threshold[]): string {
  const sections = [headOf(results), problemsOf(results), failedOf(results), skippedOf(results), suspectsOf(results), metricsOf(results, thresholds)]
  return `${sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function headOf({ run, summary: { total, passed, failed, skipped, markedBroken, left } }: ReportResults): string[] {
  const verdict = run.status === 'running' ? 'goes on' : run.exitCode === 0 ? 'passed' : failed > 0 ? `${count(failed, 'server')} failed` : run.status === 'finished' ? 'not in order' : run.status
  const took = run.finishedAt === null ? '' : `, ${inWords(Date.parse(run.finishedAt) - Date.parse(run.startedAt))}`
  const { job, number, url } = run.build
  const build = job === undefined ? [] : [`Build: ${url === undefined ? cell(`${job} ${number ?? ''}`.trim()) : `[${cell(`${job} ${number ?? ''}`.trim())}](<${url.replaceAll(/[<>\s]/g, encodeURIComponent)}>)`}  `]
  return [
    `# rackbench: ${verdict}`,
    '',
    ...build,
    `Run ${code(run.id)}, ${cell(run.os)}, began ${run.startedAt}${took}${run.exitCode === null ? '' : `, exit code ${run.exitCode}`}`,
    '',
    '| servers | passed | failed | skipped | marked as broken | left installed |',
    '| ---: | ---: | ---: | ---: | ---: | ---: |',
    `| ${total} | ${passed} | ${failed} | ${skipped} | ${markedBroken} | ${left.installed + left.unknown} |`,
  ]
}

function problemsOf({ run: { problems } }: ReportResults): string[] {
  return problems.length === 0 ? [] : ['## Not in order', '', ...problems.map((problem) => `- ${cell(problem)}`)]
}

function failedOf({ servers }: ReportResults): string[] {
  const { first, count: failed } = firstWith(servers, mostFailed, ({ status }) => status === 'failed')
  if (failed === 0) return []
  const rows = first.map(({ id, error, broken }) => `| ${code(id)} | ${error?.step ?? ''} | ${cell(error?.message ?? '')} | ${markOf(broken)} |`)
  const more = failed - rows.length
  return [`## Failed (${failed})`, '', '| server | step | reason | marked |', '| --- | --- | --- | --- |', ...rows, ...(more > 0 ? ['', `and ${more} more: see failed-servers.txt`] : [])]
}

function markOf({ due, marked, withheld, error }: ServerResult['broken']): string {
  if (marked) return 'yes'
  if (withheld !== undefined) return 'withheld'
  return error === undefined ? (due ? 'due' : 'no') : 'could not be marked'
}

function skippedOf({ servers }: ReportResults): string[] {
  const groups = skippedByReason(servers)
  if (groups.length === 0) return []
  const more = groups.length - mostReasons
  return ['## Skipped', '', ...groups.slice(0, mostReasons).map(([reason, ids]) => `- ${ids.length}: ${cell(reason)} (${few(ids, fewIds)})`), ...(more > 0 ? [`- and ${count(more, 'other reason')}`] : [])]
}

function suspectsOf({ suspects = [] }: ReportResults): string[] {
  if (suspects.length === 0) return []
  const shown = suspects.slice(0, mostReasons).map(({ server, metric, value, median: usual, group, deviations }) => `- ${code(server)}: ${cell(metric)} ${value}, usual is ${usual}${group === null ? '' : ` for ${cell(group)}`} (${deviations} deviations)`)
  const more = suspects.length - shown.length
  return ['## Passed, but far off the others of their model', '', ...shown, ...(more > 0 ? [`- and ${more} more`] : [])]
}

/** Median and range of each metric over the servers that were measured. */
function metricsOf(results: ReportResults, thresholds: readonly Threshold[]): string[] {
  const { servers } = results
  const values = new Map<string, number[]>()
  for (const { metrics } of servers) {
    for (const [name, value] of Object.entries(metrics)) {
      const others = values.get(name)
      if (others) others.push(value)
      else values.set(name, [value])
    }
  }
  if (values.size === 0) return []
  const rows = [...values].slice(0, mostMetrics).map(([name, all]) => {
    const [least, most] = all.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity])
    return `| ${cell(name)} | ${cell(metricKindOf(name, { results, thresholds }).unit ?? '')} | ${all.length} | ${legible(least)} | ${legible(median(all))} | ${legible(most)} |`
  })
  const more = values.size - rows.length
  return ['## Metrics', '', '| metric | unit | servers | least | median | most |', '| --- | --- | ---: | ---: | ---: | ---: |', ...rows, ...(more > 0 ? ['', `and ${count(more, 'more metric')}: see results.csv`] : [])]
}

/** A text of others in one line, in which nothing is Markdown or HTML. */
function cell(text: string): string {
  return singleLine(text, longestReason).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll(/[\\`*_{}[\]#|~!>]/g, String.raw`\$&`)
}

/** An ID or the like: its characters mean nothing inside of backticks. */
function code(text: string): string {
  return `\`${singleLine(text, longestReason).replaceAll(/[`|]/g, '')}\``
}
