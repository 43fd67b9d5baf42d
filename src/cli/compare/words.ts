import type { Change } from '../../model/change.ts'
import type { MetricComparison } from '../../model/comparison.ts'

/** A number with as many digits as a person looks at. */
export function shownNumber(value: number): string {
  return String(Number(value.toPrecision(6)))
}

/** A change in words: `-4.9% worse`, `+3.1%` where nobody knows what is better, `0%`, `from 0, worse`. */
export function changeWords({ percent, is }: Change): string {
  if (is === 'same') return '0%'
  const judged = is === 'better' || is === 'worse' ? is : ''
  if (percent === null) return `from about 0, ${is}`
  return `${percent < 0 ? '-' : '+'}${shownShare(Math.abs(percent))}%${judged === '' ? '' : ` ${judged}`}`
}

function shownShare(percent: number): string {
  return percent >= 0.1 && percent < 1000 ? percent.toFixed(1) : String(Number(percent.toPrecision(percent < 0.1 ? 1 : 4)))
}

const leastP = 0.0001

/** How likely by chance, with two digits. */
export function shownP(p: number): string {
  return p < leastP ? `<${leastP}` : String(Number(p.toPrecision(2)))
}

/** Which servers are meant: `R640`, `R640, A1`; `-` where the label is not there, and nothing for all servers. */
export function groupWords(group: MetricComparison['group']): string {
  return Object.values(group).map((value) => value ?? '-').join(', ')
}

/** A metric of a group: `score, model R640`. */
export function aboutWords({ metric, group }: Pick<MetricComparison, 'metric' | 'group'>): string {
  return [metric, ...Object.entries(group).map(([label, value]) => (value === null ? `no ${label}` : `${label} ${value}`))].join(', ')
}

/** `score, model R640: 80 -> 70, -12.5% worse (50 servers, p 0.002)` */
export function rowWords(row: MetricComparison): string {
  const unit = row.unit === null ? '' : ` ${row.unit}`
  return `${aboutWords(row)}: ${shownNumber(row.before.median)} -> ${shownNumber(row.after.median)}${unit}, ${changeWords(row.change)} (${serverCount(row)} ${row.after.servers === 1 ? 'server' : 'servers'}, p ${shownP(row.test.p)})`
}

/** `50`, `50 -> 48 (3 gone, 1 new)` */
export function countWords(row: MetricComparison): string {
  const odd = [...(row.gone > 0 ? [`${row.gone} gone`] : []), ...(row.new > 0 ? [`${row.new} new`] : [])]
  return odd.length === 0 ? serverCount(row) : `${serverCount(row)} (${odd.join(', ')})`
}

function serverCount({ before, after }: MetricComparison): string {
  return before.servers === after.servers ? String(after.servers) : `${before.servers} -> ${after.servers}`
}
