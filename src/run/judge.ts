import { MeasurementError, PerformanceError } from '../model/fault.ts'
import { knownLabels } from '../model/labels.ts'
import { holdingRules, isUnmatched, withPast } from '../model/matching.ts'
import { pastOfServer } from '../model/own-past.ts'
import type { Plan } from '../model/plan.ts'
import type { ServerState } from '../model/server-state.ts'
import type { Warning } from '../model/violation.ts'
import { compare, describeFinding } from '../model/violation.ts'

/** What a comparison with the thresholds came to. */
export interface Judged {
  /** Why the server fails, if it does. */
  readonly error?: MeasurementError | PerformanceError
  readonly warnings: readonly Warning[]
  /** The same install is measured once more before that is held against the server. */
  readonly retest?: true
}

/**
 * Holds the last round's metrics against the rules that hold for the server. Every violated threshold is named; where none is, but a
 * metric is missing, its past is and a rule requires it, or no rule is about the server, nobody knows how good it is.
 */
export function judge(server: ServerState, { thresholds, unmatched = 'fail', retest = 0, metrics: kinds, past }: Plan): Judged {
  const { rounds } = server
  const { benchmark } = rounds.at(-1) ?? {}
  const metrics = benchmark?.status === 'passed' ? (benchmark.metrics ?? {}) : {}
  const labels = knownLabels(server)
  const matches = withPast(holdingRules(thresholds, labels), pastOfServer(past, server.server.id))
  const { violations, warnings, missing, withoutPast } = compare(metrics, matches, kinds)
  const notMeasured = missing.map((metric): Warning => ({ metric, unit: '', bound: {}, rule: matches.find((match) => match.metric === metric)!.chosen!.index }))
  const absent = [...notMeasured, ...withoutPast].map((finding) => describeFinding(finding, thresholds))
  const message = [...violations.map((violation) => describeFinding(violation, thresholds)), ...absent].join('; ')
  if (violations.length > 0) return { error: new PerformanceError(message, { violations }), warnings, ...(rounds.length <= retest && { retest: true }) }
  if (absent.length > 0) return { error: new MeasurementError(message), warnings }
  // Without any rule nothing is asked of anybody.
  return isUnmatched(matches) && unmatched === 'fail' ? { error: new MeasurementError(unmatchedMessage(labels)), warnings } : { warnings }
}

const mostLabels = 10

function unmatchedMessage(labels: Readonly<Record<string, string>>): string {
  const known = Object.entries(labels).slice(0, mostLabels).map(([label, value]) => `${label}=${value.slice(0, 60)}`)
  return `no threshold is about this server (${known.length === 0 ? 'it has no labels' : known.join(', ')}): add a rule for it, or say unmatched: pass`
}
