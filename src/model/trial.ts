import type { Holding } from './matching.ts'
import { holdingRules, isUnmatched, withPast } from './matching.ts'
import type { MetricKinds } from './metric-kind.ts'
import type { Past } from './own-past.ts'
import { pastOfServer } from './own-past.ts'
import type { ServerResult } from './results.ts'
import type { Threshold } from './threshold.ts'
import type { Violation, Warning } from './violation.ts'
import { compare } from './violation.ts'

/** What rules would have made of a server that was measured in a past run. */
export interface Trial {
  readonly server: string
  /** By the rules that are tried. */
  readonly would: 'pass' | 'fail'
  /** By the thresholds of the run. */
  readonly was: 'pass' | 'fail'
  readonly violations: readonly Violation[]
  readonly warnings: readonly Warning[]
  /** Metrics that a rule asks for and that were not measured. */
  readonly missing: readonly string[]
  /** Metrics that were not measured often enough before, for rules that require it; present if there are any. */
  readonly withoutPast?: readonly string[]
  /** Whether there are rules, and none is about the server. */
  readonly isUnmatched: boolean
}

/** What rules would have made of a past run. */
export interface TriedRun {
  readonly path: string
  readonly run: string
  readonly startedAt: string
  /** How many servers were measured. */
  readonly measured: number
  readonly notMeasured: number
  /** Servers of which there is something to tell, in the order of the run. */
  readonly trials: readonly Trial[]
}

/** Which rules hold for a server, by its labels. */
export type RuleMatcher = (labels: Readonly<Record<string, string>>) => readonly Holding[]

/** Looks only once for servers whose labels are alike as far as rules name them. */
export function openMatcher(rules: readonly Threshold[]): RuleMatcher {
  const named = [...new Set(rules.flatMap(({ where = {} }) => Object.keys(where)))]
  const known = new Map<string, readonly Holding[]>()
  return (labels) => {
    const key = JSON.stringify(named.map((label) => (Object.hasOwn(labels, label) ? labels[label] : null)))
    const found = known.get(key) ?? holdingRules(rules, labels)
    known.set(key, found)
    return found
  }
}

/** A past run as the trial reads it. */
interface TriableRun {
  readonly path: string
  readonly run: { readonly id: string; readonly startedAt: string; readonly metrics?: MetricKinds }
  readonly servers: readonly ServerResult[]
  /** What was known of the servers when the run began, for rules about their own history. */
  readonly past?: Past
}

/** Holds rules against what was measured. */
export function tryOn({ path, run, servers, past }: TriableRun, matcher: RuleMatcher): TriedRun {
  const measured = servers.filter(({ metrics }) => Object.keys(metrics).length > 0)
  const trials = measured.map((server) => tryOnServer(server, withPast(matcher(server.labels ?? {}), pastOfServer(past, server.id)), run.metrics)).filter(isTelling)
  return { path, run: run.id, startedAt: run.startedAt, measured: measured.length, notMeasured: servers.length - measured.length, trials }
}

function tryOnServer({ id, metrics, violations: found }: ServerResult, matches: readonly Holding[], kinds: MetricKinds | undefined): Trial {
  const { violations, warnings, missing, withoutPast } = compare(metrics, matches, kinds)
  return { server: id, would: violations.length > 0 ? 'fail' : 'pass', was: found.length > 0 ? 'fail' : 'pass', violations, warnings, missing, ...(withoutPast.length > 0 && { withoutPast: withoutPast.map(({ metric }) => metric) }), isUnmatched: isUnmatched(matches) }
}

function isTelling(trial: Trial): boolean {
  return trial.would === 'fail' || trial.was === 'fail' || trial.warnings.length > 0 || trial.missing.length > 0 || trial.withoutPast !== undefined || trial.isUnmatched
}

/** How many servers of all runs are what; one that is in several runs counts in each. */
export interface TrialTotals {
  readonly runs: number
  readonly measured: number
  readonly notMeasured: number
  readonly wouldFail: number
  readonly failedThen: number
  readonly newlyFail: number
  readonly newlyPass: number
  readonly warned: number
  readonly withoutValue: number
  readonly withoutRule: number
}

export function totalsOf(runs: readonly TriedRun[]): TrialTotals {
  const trials = runs.flatMap((run) => run.trials)
  const count = (is: (trial: Trial) => boolean): number => trials.filter(is).length
  return {
    runs: runs.length,
    measured: runs.reduce((sum, { measured }) => sum + measured, 0),
    notMeasured: runs.reduce((sum, { notMeasured }) => sum + notMeasured, 0),
    wouldFail: count(({ would }) => would === 'fail'),
    failedThen: count(({ was }) => was === 'fail'),
    newlyFail: count(({ would, was }) => would === 'fail' && was === 'pass'),
    newlyPass: count(({ would, was }) => would === 'pass' && was === 'fail'),
    warned: count(({ warnings }) => warnings.length > 0),
    withoutValue: count(({ missing }) => missing.length > 0),
    withoutRule: count((trial) => trial.isUnmatched),
  }
}
