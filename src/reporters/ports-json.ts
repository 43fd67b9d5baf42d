import type { Check, EndpointState, FailureReason } from '../model/endpoint.ts'
import { endpointName } from '../model/endpoint.ts'
import { inOneLine } from '../model/escape.ts'
import type { PortRound, PortStatus } from '../model/port-round.ts'
import { portStatusOf } from '../model/port-round.ts'
import type { Failed, PortCounts, PortsContext } from './ports-words.ts'
import { countPorts, daysToExpiry, detailOf, isFailed } from './ports-words.ts'

/** The document of `--format json`. */
export interface PortsDocument {
  readonly schemaVersion: 1
  readonly startedAt: string
  readonly finishedAt: string
  readonly exitCode: number
  /** How many rounds there were in this process, those that do not count among them. */
  readonly rounds: number
  /** Whether the last round does not count, since this monitor itself is probably cut off. */
  readonly cutOff: boolean
  readonly history: number
  readonly summary: PortCounts & { readonly total: number }
  readonly endpoints: readonly PortEntry[]
}

/** An endpoint as JSON tells it. */
export interface PortEntry {
  readonly endpoint: string
  readonly host: string
  readonly port: number
  readonly status: PortStatus
  readonly servers?: readonly { readonly id: string; readonly labels: Readonly<Record<string, string>> }[]
  /** How many of the checks that are kept failed for which reason. */
  readonly reasons?: Readonly<Partial<Record<FailureReason, number>>>
  readonly daysToExpiry?: number
  /** The oldest first. */
  readonly checks: readonly Check[]
}

interface Ended {
  readonly startedAt: string
  readonly finishedAt: string
  readonly exitCode: number
  readonly rounds: number
  readonly isCutOff: boolean
  readonly states: readonly EndpointState[]
}

export function portsDocument({ startedAt, finishedAt, exitCode, rounds, isCutOff, states }: Ended, context: PortsContext): PortsDocument {
  const { history } = context
  return {
    schemaVersion: 1,
    startedAt,
    finishedAt,
    exitCode,
    rounds,
    cutOff: isCutOff,
    history,
    summary: { total: states.length, ...countPorts(states, history) },
    endpoints: states.map((state) => ({ ...entryOf(state, context), checks: state.checks.map(cleanCheck) })),
  }
}

function entryOf(state: EndpointState, { history, serversAt }: PortsContext): Omit<PortEntry, 'checks'> {
  const { endpoint: { host, port }, checks } = state
  const servers = serversAt(host)
  const days = daysToExpiry(state)
  const failed = checks.filter(isFailed)
  return {
    endpoint: endpointName(state.endpoint),
    host,
    port,
    status: portStatusOf(state, history),
    ...(servers.length > 0 && { servers: servers.map(({ id, labels }) => ({ id, labels: cleanLabels(labels) })) }),
    ...(failed.length > 0 && { reasons: countReasons(failed) }),
    ...(days !== undefined && { daysToExpiry: days }),
  }
}

function countReasons(failed: readonly Failed[]): NonNullable<PortEntry['reasons']> {
  const counts: Partial<Record<FailureReason, number>> = {}
  for (const { reason } of failed) counts[reason] = (counts[reason] ?? 0) + 1
  return counts
}

/** JSON writes the control characters of C1 as they are, and some terminals obey them. */
function cleanCheck(check: Check): Check {
  return check.ok ? check : { ...check, detail: detailOf(check) }
}

function cleanLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [inOneLine(name), inOneLine(value)]))
}

/**
 * Rounds as objects, one a line: in the first round each endpoint as it is (`from` tells what it was, if anything is known), later those
 * whose status has changed, and behind them the round.
 */
export function portObjects(context: PortsContext): (round: PortRound) => readonly string[] {
  let isFirst = true
  return (round) => {
    const from = new Map(round.changes.map((change) => [change.endpoint, change.from]))
    const told = round.states.filter(({ endpoint }) => isFirst || from.has(endpoint))
    isFirst = false
    const endpoints = told.map((state) => {
      const last = state.checks.at(-1)
      const before = from.get(state.endpoint) ?? portStatusOf(state, context.history)
      const { at = round.startedAt, ...check } = last ? cleanCheck(last) : {}
      return { type: 'endpoint', at, ...entryOf(state, context), from: before === 'unknown' ? null : before, ...check }
    })
    const { number, startedAt: at, durationMs, cutOff, missed, states } = round
    const end = { type: 'round', at, number, durationMs: Math.round(durationMs), counts: cutOff === undefined, ...(missed > 0 && { missed }), summary: { total: states.length, ...countPorts(states, context.history) } }
    return [...endpoints, end].map((object) => JSON.stringify(object))
  }
}
