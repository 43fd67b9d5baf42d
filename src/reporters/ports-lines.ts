import { endpointName } from '../model/endpoint.ts'
import type { EndpointState } from '../model/endpoint.ts'
import type { PortRound, PortStatus, StatusChange } from '../model/port-round.ts'
import { portStatusOf } from '../model/port-round.ts'
import { inWords } from './log-words.ts'
import type { PortsContext } from './ports-words.ts'
import { certificateWarning, countPorts, countsOfPorts, cutOffInWords, reasonsOf, shownEndpoint } from './ports-words.ts'

/** Tells rounds in lines: the first one with all that is not up, the later ones by what has changed. */
export function portLines(context: PortsContext): (round: PortRound) => readonly string[] {
  const warned = new Set<string>()
  let isFirst = true
  let hasBeenLate = false

  function* linesOf(round: PortRound): Generator<string> {
    if (round.missed > 0 && !hasBeenLate) {
      hasBeenLate = true
      yield `${round.startedAt} round ${round.number}: ${round.missed === 1 ? 'one round was' : `${round.missed} rounds were`} left out: a round takes longer than there is between two (--every)`
    }
    if (round.cutOff !== undefined) yield `${round.startedAt} ${cutOffInWords(round)}`
    if (isFirst) yield summaryLine(round, context)
    const from = new Map(round.changes.map((change) => [change.endpoint, change.from]))
    for (const state of isFirst ? round.states : changed(round)) {
      const line = statusLine(state, from.get(state.endpoint), context)
      if (line !== undefined) yield line
    }
    for (const state of round.states) {
      const warning = certificateWarning(state, context)
      const name = endpointName(state.endpoint)
      if (warning === '') warned.delete(name)
      else if (!warned.has(name)) {
        warned.add(name)
        yield `${state.checks.at(-1)!.at} ${shownEndpoint(state, context)}: ${warning}`
      }
    }
    isFirst = false
  }
  return (round) => [...linesOf(round)]
}

/** `2026-11-22T10:00:00.000Z round 1: 3 endpoints: 1 up, 2 down, in 1.2s` */
export function summaryLine({ startedAt, number, states, durationMs }: PortRound, { history }: PortsContext): string {
  return `${startedAt} round ${number}: ${countsOfPorts(countPorts(states, history))}, in ${inWords(durationMs)}`
}

function changed({ states, changes }: PortRound): readonly EndpointState[] {
  const endpoints = new Set<StatusChange['endpoint']>(changes.map(({ endpoint }) => endpoint))
  return endpoints.size === 0 ? [] : states.filter(({ endpoint }) => endpoints.has(endpoint))
}

/** `2026-11-22T10:00:00.000Z 10.0.0.4:22 (104) up -> down: refused (1 of 1)`; nothing of what is up as it was, or found up for the first time. */
function statusLine(state: EndpointState, from: PortStatus | undefined, context: PortsContext): string | undefined {
  const last = state.checks.at(-1)
  const status = portStatusOf(state, context.history)
  if (!last || (status === 'up' && (from === undefined || from === 'unknown'))) return undefined
  const how = from === undefined || from === 'unknown' ? status : `${from} -> ${status}`
  const why = reasonsOf(state)
  return `${last.at} ${shownEndpoint(state, context)} ${how}${why === '' ? '' : `: ${why}`}`
}
