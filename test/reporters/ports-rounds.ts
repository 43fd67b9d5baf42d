import type { Check, EndpointState, FailureReason } from '../../src/model/endpoint.ts'
import type { PortRound } from '../../src/model/port-round.ts'
import { portStatusOf } from '../../src/model/port-round.ts'
import type { Server, ServerId } from '../../src/model/server.ts'
import type { PortsContext } from '../../src/reporters/ports-words.ts'

const second = (number: number): string => `2026-11-22T10:00:${String(number).padStart(2, '0')}.000Z`

export function up(daysToExpiry?: number): Check {
  return { ok: true, at: '', ms: 1.5, ...(daysToExpiry !== undefined && { daysToExpiry }) }
}

export function failed(reason: FailureReason, detail = ''): Check {
  return { ok: false, at: '', ms: 3000, reason, detail }
}

/** An endpoint whose checks were made a second after each other. */
export function endpoint(name: string, ...checks: readonly Check[]): EndpointState {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(name) ?? []
  return { endpoint: { host, port: Number(port) }, checks: checks.map((check, index) => ({ ...check, at: second(index + 1) })) }
}

export const context: PortsContext = { history: 3, warnDays: 14, serversAt: () => [] }

/** The same with one server of an inventory. */
export function knowing(host: string, ...ids: readonly string[]): PortsContext {
  const servers = ids.map((id): Server => ({ id: id as ServerId, address: host, labels: { rack: 'A1' } }))
  return { ...context, serversAt: (asked) => (asked === host ? servers : []) }
}

/** A round that counts, as a monitor tells it: what each endpoint was before is known by all its checks but the last. */
export function round(number: number, states: readonly EndpointState[], more: Partial<PortRound> = {}): PortRound {
  const changes = states.flatMap((state) => {
    const [from, to] = [portStatusOf({ checks: state.checks.slice(0, -1) }, context.history), portStatusOf(state, context.history)]
    return from === to ? [] : [{ endpoint: state.endpoint, from, to }]
  })
  return { number, startedAt: second(0), durationMs: 1200, checks: states.flatMap(({ checks }) => checks.slice(-1)), states, changes, missed: 0, ...more }
}
