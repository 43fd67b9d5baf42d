import type { Check, EndpointState } from '../model/endpoint.ts'
import { endpointName, failureReasons } from '../model/endpoint.ts'
import { inOneLine } from '../model/escape.ts'
import type { PortRound, PortStatus } from '../model/port-round.ts'
import { portStatusOf, portStatuses } from '../model/port-round.ts'
import type { Server } from '../model/server.ts'
import { oneLine } from './log-text.ts'
import { count } from './log-words.ts'
import { cut } from './report-text.ts'

/** What those who show endpoints know besides their checks. */
export interface PortsContext {
  /** How many checks of each endpoint are kept. */
  readonly history: number
  /** A certificate that expires within so many days is told. */
  readonly warnDays: number
  /** The servers of the inventory that have a host as their address. */
  readonly serversAt: (host: string) => readonly Server[]
}

export type Failed = Extract<Check, { readonly ok: false }>

/** How many endpoints have each status. */
export type PortCounts = Readonly<Record<PortStatus, number>>

export function countPorts(states: PortRound['states'], history: number): PortCounts {
  const counts: Record<PortStatus, number> = { down: 0, flapping: 0, failing: 0, unknown: 0, up: 0 }
  for (const state of states) counts[portStatusOf(state, history)]++
  return counts
}

/** `3 endpoints: 1 up, 2 down`; the statuses that no endpoint has are left out. */
export function countsOfPorts(counts: PortCounts): string {
  const total = portStatuses.reduce((sum, status) => sum + counts[status], 0)
  const told = portStatuses.toReversed().filter((status) => counts[status] > 0 || (status === 'up' && total > 0))
  return `${count(total, 'endpoint')}: ${told.map((status) => `${counts[status]} ${status}`).join(', ')}`
}

export function isFailed(check: Check): check is Failed {
  return !check.ok
}

/** What went wrong in the checks that are kept, and how often: `timeout (3 of 5), refused (1 of 5)`; nothing if nothing did. */
export function reasonsOf({ checks }: Pick<EndpointState, 'checks'>): string {
  const failed = checks.filter(isFailed)
  const counted = failureReasons.map((reason) => [reason, failed.filter((check) => check.reason === reason).length] as const)
  const told = counted.filter(([, number]) => number > 0).toSorted(([, a], [, b]) => b - a)
  const last = failed.at(-1)
  const detail = last && isTelling(last) ? `: ${detailOf(last)}` : ''
  return told.length === 0 ? '' : `${told.map(([reason, number]) => `${reason} (${number} of ${checks.length})`).join(', ')}${detail}`
}

const longestDetail = 200

/** The detail of a failure in one line that is safe to show anywhere: it may be what an endpoint said. */
export function detailOf({ detail }: Pick<Failed, 'detail'>): string {
  return oneLine(inOneLine(cut(detail, longestDetail)))
}

/** A refused connection is one whatever is said about it; why a handshake failed is another matter. */
function isTelling({ reason, detail }: Failed): boolean {
  return detail !== '' && (reason === 'dns' || reason === 'tls' || reason === 'unexpected')
}

/** `10.0.0.4:22`, and the servers that the inventory has there: `10.0.0.4:22 (104)`. */
export function shownEndpoint({ endpoint }: Pick<EndpointState, 'endpoint'>, { serversAt }: Pick<PortsContext, 'serversAt'>): string {
  const ids = idsOf(serversAt(endpoint.host))
  return ids === '' ? endpointName(endpoint) : `${endpointName(endpoint)} (${ids})`
}

export function idsOf(servers: readonly Server[]): string {
  return servers.map(({ id }) => id).join(', ')
}

/** Whole days until the certificate that was seen last expires; less than none if it has. */
export function daysToExpiry({ checks }: Pick<EndpointState, 'checks'>): number | undefined {
  const last = checks.at(-1)
  return last?.ok ? last.daysToExpiry : checks.findLast((check) => check.ok)?.daysToExpiry
}

/** What should be said of a certificate; nothing if it is good for long, or there is none. */
export function certificateWarning(state: Pick<EndpointState, 'checks'>, { warnDays }: Pick<PortsContext, 'warnDays'>): string {
  const days = daysToExpiry(state)
  if (days === undefined || days > warnDays) return ''
  // Whole days, rounded down: one that expired an hour ago has -1 left.
  if (days < 0) return days === -1 ? 'its certificate expired within the last day' : `its certificate expired ${count(-days - 1, 'day')} ago`
  return days === 0 ? 'its certificate expires today' : `its certificate expires in ${count(days, 'day')}`
}

/** Why a round does not count. */
export function cutOffInWords({ number, cutOff = 1, checks }: Pick<PortRound, 'number' | 'cutOff' | 'checks'>): string {
  const again = cutOff > 1 ? `, for the ${cutOff === 2 ? '2nd' : `${cutOff}th`} time in a row` : ''
  return `round ${number} does not count${again}: all ${checks.length} endpoints failed at once, and not before (${reasonsOf({ checks })}): this monitor itself is probably cut off`
}
