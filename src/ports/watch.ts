import type { Check, Endpoint, EndpointState } from '../model/endpoint.ts'
import { endpointName } from '../model/endpoint.ts'
import { inOneLine } from '../model/escape.ts'
import type { StatusChange } from '../model/port-round.ts'
import { portStatusOf } from '../model/port-round.ts'
import { cutOffOf } from './cut-off.ts'

/** What is known between two rounds, also if another process makes the second. */
export interface PortsState {
  /** How many rounds in a row, up to the last, did not count. */
  readonly uncounted: number
  readonly endpoints: readonly EndpointState[]
}

/** What has become of the state by a round. */
interface Step {
  readonly state: PortsState
  /** Which round in a row it is that does not count; nothing if it counts. */
  readonly cutOff: number | undefined
  /** In the order of the endpoints; none if the round does not count. */
  readonly changes: readonly StatusChange[]
}

/**
 * What is known of endpoints before their first round: what an earlier process kept of them. Endpoints that are no longer watched are
 * dropped, and so are checks beyond `history`.
 */
export function takeUp(endpoints: readonly Endpoint[], past: PortsState | undefined, history: number): PortsState {
  const kept = new Map(past?.endpoints.map(({ endpoint, checks }) => [endpointName(endpoint), checks]))
  return {
    uncounted: past?.uncounted ?? 0,
    endpoints: endpoints.map((endpoint) => ({ endpoint, checks: kept.get(endpointName(endpoint))?.slice(-history) ?? [] })),
  }
}

/** Adds a round to what is known. @param found What it found, by endpoint. */
export function addRound({ uncounted, endpoints }: PortsState, found: readonly Check[], history: number): Step {
  const cutOff = cutOffOf({ now: found, before: endpoints.map(({ checks }) => checks.at(-1)), uncounted })
  if (cutOff !== undefined) return { state: { uncounted: cutOff, endpoints }, cutOff, changes: [] }
  const changes: StatusChange[] = []
  const after = endpoints.map((state, index) => {
    const next = { endpoint: state.endpoint, checks: [...state.checks, bounded(found[index]!)].slice(-history) }
    const [from, to] = [portStatusOf(state, history), portStatusOf(next, history)]
    if (from !== to) changes.push({ endpoint: state.endpoint, from, to })
    return next
  })
  return { state: { uncounted: 0, endpoints: after }, cutOff, changes }
}

/** What is kept of a text of others, in characters. */
const longestDetail = 200

function bounded(check: Check): Check {
  return check.ok ? check : { ...check, detail: inOneLine(check.detail.slice(0, longestDetail)) }
}
