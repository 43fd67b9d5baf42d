import type { Match } from './matching.ts'
import { isUnmatched, matchRules, withPast } from './matching.ts'
import type { MetricKinds } from './metric-kind.ts'
import type { Metrics } from './metrics.ts'
import type { PastOf } from './own-past.ts'
import type { Threshold } from './threshold.ts'
import { noPast } from './threshold.ts'
import type { Violation, Warning } from './violation.ts'
import { compare } from './violation.ts'

/** What a value comes to by the rule that holds. */
export type Outcome = 'passes' | 'fails' | 'warns' | 'is not judged' | 'was not measured'

/** Which rule about a metric holds for a server, why no other does, and what that makes of the server's value, where there is one. */
export interface ExplainedMetric extends Match {
  readonly value?: number
  /** Present where the server was measured, and a rule holds. */
  readonly outcome?: Outcome
  readonly finding?: Violation | Warning
}

/** All that rules say of a server. */
export interface Explanation {
  readonly server: string
  readonly labels: Readonly<Record<string, string>>
  readonly metrics: readonly ExplainedMetric[]
  /** Whether there are rules, and none is about the server: it fails, unless `unmatched: pass`. */
  readonly isUnmatched: boolean
}

/** A server, as far as it is known. */
interface KnownServer {
  readonly id: string
  readonly labels: Readonly<Record<string, string>>
  /** What it measured, if it did. */
  readonly metrics?: Metrics
  readonly kinds?: MetricKinds
  /** What it measured before, if any rule asks for that. */
  readonly pastOf?: PastOf
}

export function explain(rules: readonly Threshold[], { id, labels, metrics, kinds, pastOf = () => noPast }: KnownServer): Explanation {
  const matches = withPast(matchRules(rules, labels), pastOf)
  return { server: id, labels, metrics: matches.map((match) => ({ ...match, ...(metrics && held(match, metrics, kinds)) })), isUnmatched: isUnmatched(matches) }
}

function held(match: Match, metrics: Metrics, kinds: MetricKinds | undefined): Pick<ExplainedMetric, 'value' | 'outcome' | 'finding'> {
  const value = Object.hasOwn(metrics, match.metric) ? metrics[match.metric] : undefined
  const { violations: [violation], warnings: [warning], withoutPast: [unknown] } = compare(metrics, [match], kinds)
  const finding = violation ?? unknown ?? warning
  const measured = violation || unknown ? 'fails' : warning ? (warning.past ? 'is not judged' : 'warns') : 'passes'
  return {
    ...(value !== undefined && { value }),
    ...(match.chosen && { outcome: value === undefined ? 'was not measured' : measured }),
    ...(finding && { finding }),
  }
}
