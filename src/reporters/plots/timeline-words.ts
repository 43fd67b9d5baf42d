import type { ReportResults } from '../servers.ts'
import { count, few } from '../log-words.ts'
import { elapsed } from './elapsed.ts'
import type { Lane } from './lanes.ts'
import { shortened, shortenedId } from './shortened.ts'

const mostIds = 10
const longestName = 40

/** What the timeline shows, for those who do not see it. Each failed server is named or counted. */
export function timelineInWords({ run, failed, servers }: ReportResults, lanes: readonly Lane[], endMs: number): string {
  const turns = lanes.flatMap((lane) => lane.turns.map((turn) => ({ ...turn, worker: lane.worker })))
  const busy = lanes.map(({ busyMs }) => Math.min(1, busyMs / endMs))
  const last = turns.reduce((one, other) => (other.endMs > one.endMs ? other : one))
  const longest = turns.reduce((one, other) => (other.endMs - other.startMs > one.endMs - one.startMs ? other : one))
  const idle = Math.max(0, run.concurrency - lanes.length)
  const share = (of: number): string => `${Math.round(100 * of)} %`
  return [
    `Timeline of the run: ${count(turns.length, 'server')} on ${count(lanes.length, 'worker')} over ${elapsed(endMs)}.`,
    `Workers were busy ${share(busy.reduce((sum, part) => sum + part, 0) / lanes.length)} of it on average, the least ${share(Math.min(1, ...busy))}${idle > 0 ? `; ${count(idle, 'worker')} had nothing to do` : ''}.`,
    `The last to end was ${shortenedId(last.id, longestName)} on ${shortened(last.worker, longestName)} at ${elapsed(last.endMs)}; the longest was ${shortenedId(longest.id, longestName)} with ${elapsed(longest.endMs - longest.startMs)}.`,
    ...(turns.length < servers.length ? [`${count(servers.length - turns.length, 'server')} never began.`] : []),
    ...(run.because === undefined ? [] : [`The run was cut short: ${run.because}.`]),
    failed.length === 0 ? 'No server failed.' : `${failed.length} failed: ${few(failed, mostIds)}.`,
  ].join(' ')
}
