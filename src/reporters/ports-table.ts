import type { EndpointState } from '../model/endpoint.ts'
import { endpointName } from '../model/endpoint.ts'
import type { PortRound, PortStatus } from '../model/port-round.ts'
import { portStatusOf, portStatuses } from '../model/port-round.ts'
import type { Colours } from './colour.ts'
import { count, inWords, roughly } from './log-words.ts'
import type { PortCounts, PortsContext } from './ports-words.ts'
import { certificateWarning, countPorts, idsOf, reasonsOf } from './ports-words.ts'

/** A round, sorted for the table: what takes time is done once, and not whenever it is drawn. */
export interface PortsTable {
  readonly round: PortRound
  readonly counts: PortCounts
  /** The worst first; as many as a terminal may have room for. */
  readonly worst: readonly Row[]
}

interface Row {
  readonly status: PortStatus
  readonly endpoint: string
  readonly servers: string
  /** A mark for each check that is kept: `..x` if the last of three failed. */
  readonly last: string
  readonly took: string
  readonly why: string
}

/** What goes on while the table is shown. */
type Activity = { readonly is: 'checking'; readonly forMs: number } | { readonly is: 'waiting'; readonly leftMs: number } | { readonly is: 'over' }

interface Terminal {
  readonly columns: number
  readonly rows: number
  readonly colours: Colours
}

/** So many rows of the terminal stay for the lines above the table. */
const rowsForLines = 4
/** The summary and the heads. */
const rowsOfTable = 2
const mostRows = 500

/** Down, flapping and failing endpoints, then those whose certificate expires soon, then the rest; as they were given within each. */
export function portsTable(round: PortRound, context: PortsContext): PortsTable {
  const ranks: EndpointState[][] = Array.from({ length: portStatuses.length + 1 }, () => [])
  for (const state of round.states) {
    const status = portStatusOf(state, context.history)
    const isQuiet = status === 'up' && certificateWarning(state, context) === ''
    ranks[isQuiet ? portStatuses.length : portStatuses.indexOf(status)]!.push(state)
  }
  const worst: EndpointState[] = []
  for (const rank of ranks) worst.push(...rank.slice(0, mostRows - worst.length))
  return { round, counts: countPorts(round.states, context.history), worst: worst.map((state) => rowOf(state, context)) }
}

function rowOf(state: EndpointState, context: PortsContext): Row {
  const { endpoint, checks } = state
  const last = checks.at(-1)
  return {
    status: portStatusOf(state, context.history),
    endpoint: endpointName(endpoint),
    servers: idsOf(context.serversAt(endpoint.host)),
    last: checks.slice(-mostMarks).map(({ ok }) => (ok ? '.' : 'x')).join(''),
    took: last ? tookWords(last.ms) : '',
    why: [reasonsOf(state), certificateWarning(state, context)].filter((part) => part !== '').join('; '),
  }
}

const mostMarks = 20

function tookWords(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)}ms` : inWords(ms)
}

/** The live table: a summary, and as many endpoints as there is room for. No line is wider than the terminal, and all fit into it. */
export function renderPorts({ round, counts, worst }: PortsTable, activity: Activity, { columns, rows, colours }: Terminal): readonly string[] {
  // A line that fills the last column would wrap on some terminals.
  const width = columns - 1
  const room = Math.max(1, rows - rowsForLines - rowsOfTable)
  const total = round.states.length
  const shown = worst.slice(0, total <= room ? room : room - 1)
  const cells = shown.map(({ status, endpoint, servers, last, took, why }) => [status, endpoint, servers, last, took, why])
  const heads = ['STATUS', 'ENDPOINT', 'SERVER', 'LAST', 'TOOK', 'WHY']
  const widths = heads.map((head, column) => cells.reduce((widest, row) => Math.max(widest, row[column]!.length), column === serverColumn ? 0 : head.length))
  const lineOf = (row: readonly string[]): string => row.flatMap((cell, column) => (widths[column] === 0 ? [] : [cell.padEnd(widths[column]!)])).join('  ').trimEnd().slice(0, width)
  const painted = shown.map(({ status }, index) => {
    const line = lineOf(cells[index]!)
    return `${paintOf(status, colours)(line.slice(0, status.length))}${line.slice(status.length)}`
  })
  const hidden = total - shown.length
  return [
    summaryLine({ round, counts }, activity, { width, colours }),
    ...(shown.length > 0 ? [lineOf(heads), ...painted] : []),
    ...(hidden > 0 ? [hiddenLine(hidden, counts, shown).slice(0, width)] : []),
  ]
}

/** Without an inventory there is no column for its servers. */
const serverColumn = 2

function paintOf(status: PortStatus, colours: Colours): (text: string) => string {
  if (status === 'down') return colours.red
  if (status === 'up') return colours.green
  return status === 'unknown' ? colours.dim : colours.yellow
}

function summaryLine({ round, counts }: Pick<PortsTable, 'round' | 'counts'>, activity: Activity, { width, colours }: { readonly width: number; readonly colours: Colours }): string {
  const statuses = portStatuses.toReversed().filter((status) => counts[status] > 0 || status === 'up' || status === 'down')
  const parts: readonly (readonly [string, (text: string) => string])[] = [
    [count(round.states.length, 'endpoint'), String],
    ...statuses.map((status) => [`${counts[status]} ${status}`, counts[status] > 0 ? paintOf(status, colours) : String] as const),
    [`round ${round.number} took ${inWords(round.durationMs)}`, String],
    ...(round.cutOff === undefined ? [] : [['it does not count: this monitor is probably cut off', colours.red] as const]),
    ...(activity.is === 'over' ? [] : [[activity.is === 'checking' ? `checking for ${roughly(activity.forMs)}` : `next in ${roughly(activity.leftMs)}`, String] as const]),
  ]
  const plain = parts.map(([text]) => text).join(', ')
  return plain.length > width ? plain.slice(0, width) : parts.map(([text, paint]) => paint(text)).join(', ')
}

function hiddenLine(hidden: number, counts: PortCounts, shown: readonly Row[]): string {
  const left = portStatuses.map((status) => [status, counts[status] - shown.filter((row) => row.status === status).length] as const).filter(([, number]) => number > 0)
  const [[only] = []] = left
  return `and ${hidden} more, ${left.length === 1 ? `all ${only}` : left.map(([status, number]) => `${number} ${status}`).join(', ')}`
}
