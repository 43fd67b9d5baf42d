import { knownLabels } from './labels.ts'
import { holdingRules } from './matching.ts'
import type { Plan } from './plan.ts'
import type { ServerId } from './server.ts'
import type { ServerEvent, ServerState } from './server-state.ts'

/**
 * Each metric that a server would fail for the want of, and that none has reported yet: with those that were asked for it, in the
 * order in which they were measured. More than `enoughAsked` are not remembered.
 */
export type Unreported = ReadonlyMap<string, readonly ServerId[]>

/** So many servers without a metric mean that it is not measured at all. */
export const enoughAsked = 5

export function nothingReported({ thresholds }: Pick<Plan, 'thresholds'>): Map<string, readonly ServerId[]> {
  return new Map(thresholds.filter(({ severity }) => severity !== 'warn').map(({ metric }) => [metric, []]))
}

/** Takes note of what a server has reported. Costs nothing any more once each metric was seen. */
export function noteReport(unreported: Map<string, readonly ServerId[]>, event: ServerEvent, state: Pick<ServerState, 'server' | 'install'>, plan: Pick<Plan, 'thresholds'>): void {
  if (event.type !== 'step.finished' || event.step !== 'benchmark' || event.status !== 'passed' || unreported.size === 0) return
  const { metrics = {} } = event
  const { id } = state.server
  for (const metric of unreported.keys()) if (Object.hasOwn(metrics, metric)) unreported.delete(metric)
  for (const metric of unreported.size === 0 ? [] : metricsAskedOf(state, plan)) {
    const asked = unreported.get(metric)
    if (!asked || asked.length >= enoughAsked || asked.includes(id)) continue
    unreported.set(metric, [...asked, id])
  }
}

/** The metrics that a server would fail for the want of. */
export function metricsAskedOf(server: Pick<ServerState, 'server' | 'install'>, { thresholds }: Pick<Plan, 'thresholds'>): readonly string[] {
  return holdingRules(thresholds, knownLabels(server)).flatMap(({ metric, chosen }) => (chosen && chosen.rule.severity !== 'warn' ? [metric] : []))
}
