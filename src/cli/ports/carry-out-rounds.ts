import { connectionsAtOnce } from '../../clients/descriptors.ts'
import { checkAll } from '../../clients/endpoints.ts'
import type { PortsSettings } from '../../config/ports.ts'
import type { Clock } from '../../model/clock.ts'
import type { EndpointState } from '../../model/endpoint.ts'
import { endpointName } from '../../model/endpoint.ts'
import { exitCodes, signalCodes } from '../../model/exit-code.ts'
import { DefectError } from '../../model/fault.ts'
import type { PortRound } from '../../model/port-round.ts'
import { portStatusOf } from '../../model/port-round.ts'
import type { CheckAll } from '../../ports/monitor.ts'
import { createMonitor } from '../../ports/monitor.ts'
import type { PortsState } from '../../ports/watch.ts'
import type { PortsStanding } from '../../reporters/ports-junit.ts'
import type { PortsContext } from '../../reporters/ports-words.ts'
import { cutOffInWords } from '../../reporters/ports-words.ts'
import type { PortsFiles } from './ports-files.ts'
import type { PortsScreen } from './ports-screen.ts'
import type { Signalled } from './ports-signals.ts'
import type { Watched } from './what-to-watch.ts'

interface Rounds {
  readonly settings: PortsSettings
  readonly watched: Watched
  readonly screen: PortsScreen
  readonly files: PortsFiles
  readonly context: PortsContext
  readonly clock: Clock
  readonly stop: Signalled
}

/** What is known when the rounds are over. */
interface RoundsEnd {
  readonly last: PortRound | undefined
  readonly states: readonly EndpointState[]
  readonly exitCode: number
}

/**
 * Carries the rounds out; after each of them files are written, and then it is shown: what has been seen is in them.
 *
 * @throws UsageError if there would be too much to keep.
 */
export async function carryOutRounds({ settings, watched, screen, files, context, clock, stop }: Rounds): Promise<RoundsEnd> {
  const { endpoints } = watched
  const { history, everyMs, count } = settings
  const startedAt = new Date(clock.now()).toISOString()
  const monitor = createMonitor({ endpoints, checkAll: checkerOf(settings, endpoints.length, { clock, screen }), history, everyMs, count, clock, signal: stop.signal, ...(files.past && { past: files.past }) })
  let last: PortRound | undefined
  let defect: DefectError | undefined
  try {
    for await (const round of monitor.rounds()) {
      last = round
      await files.write(toKeep(), standingOf(round, watched), context)
      screen.show(round)
    }
  } catch (error) {
    if (!(error instanceof DefectError)) throw error
    defect = error
    screen.say(`a round could not be carried out: ${error.message}`)
  }
  const by = stop.by()
  const states = monitor.state().endpoints
  // A report is due whatever happened; the states of a round that has been told are in the file already.
  if (!last || defect) {
    const message = defect ? `a round could not be carried out: ${defect.message}` : `stopped ${by === undefined ? 'for nobody reads any more' : `by ${by}`} before the first round had ended`
    await files.write(toKeep(), { startedAt: last?.startedAt ?? startedAt, durationMs: 0, states, trouble: { type: 'NotChecked', message } }, context)
  }
  return { last, states, exitCode: exitCodeOf() }

  /** What cannot be watched for want of an inventory is not what nobody wants to watch any more: its past stays. */
  function toKeep(): PortsState {
    const now = monitor.state()
    if (!watched.missing || !files.past) return now
    const names = new Set(now.endpoints.map(({ endpoint }) => endpointName(endpoint)))
    return { ...now, endpoints: [...now.endpoints, ...files.past.endpoints.filter(({ endpoint }) => !names.has(endpointName(endpoint)))] }
  }

  function exitCodeOf(): number {
    if (by !== undefined) return signalCodes[by]
    if (defect || !last || last.cutOff !== undefined || watched.missing?.isTrouble || !files.areWritten()) return exitCodes.incomplete
    return states.every((state) => portStatusOf(state, context.history) === 'up') ? exitCodes.passed : exitCodes.failed
  }
}

function standingOf(round: PortRound, { missing }: Pick<Watched, 'missing'>): PortsStanding {
  const { startedAt, durationMs, states, cutOff } = round
  const seen = { startedAt, durationMs, states }
  if (cutOff !== undefined) return { ...seen, trouble: { type: 'CutOff', message: cutOffInWords(round) } }
  return missing?.isTrouble ? { ...seen, trouble: { type: 'NotWatched', message: missing.why } } : seen
}

function checkerOf({ concurrency, timeoutMs, asked }: PortsSettings, endpoints: number, { clock, screen }: Pick<Rounds, 'clock' | 'screen'>): CheckAll {
  const allowed = connectionsAtOnce(Math.min(concurrency, endpoints))
  if (allowed.note !== undefined) screen.say(allowed.note)
  const { tls, expect } = asked
  const options = { limitMs: timeoutMs, clock, concurrency: allowed.count, ...(tls && { tls }), ...(expect && { expect }) }
  return (list, signal, onCheck) => checkAll(list, { ...options, signal }, onCheck)
}
