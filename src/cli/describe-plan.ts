import { marksAllowed } from '../model/budget.ts'
import { formatDuration } from '../model/duration.ts'
import { describeGate } from '../model/gate.ts'
import type { Plan } from '../model/plan.ts'
import { limitedSteps } from '../model/step.ts'
import type { Threshold } from '../model/threshold.ts'
import { boundsOf, ruleNote } from '../model/threshold.ts'

const mostShown = 20

/** What a run would do, in lines. */
export function describePlan(plan: Plan, { out, provisioner }: { readonly out: string; readonly provisioner: string }): string[] {
  const { servers, concurrency, limitsMs, deadlineMs } = plan
  const ids = servers.slice(0, mostShown).map(({ id, address }) => (address === undefined ? id : `${id} (${address})`)).join(' ')
  const more = servers.length > mostShown ? ` and ${servers.length - mostShown} more` : ''
  return [
    `servers      ${servers.length}: ${ids}${more}`,
    `provisioner  ${provisioner}${provisioner === plan.provisioner.type ? '' : ` (${plan.provisioner.type})`}`,
    ...describeBenchmark(plan),
    `os           ${plan.os}`,
    ...(plan.gate ? [`gate         begins only servers whose ${describeGate(plan.gate)}, each told within ${formatDuration(plan.gate.limitMs)}`] : []),
    `at a time    ${Math.min(concurrency, servers.length)}${plan.expectedMs ? ', those that took longest in past runs first' : ''}`,
    ...plan.thresholds.map((threshold, index) => `threshold    ${describeThreshold(threshold, index)}`),
    ...(plan.retest === undefined ? [] : [`retest       ${plan.retest} more ${plan.retest === 1 ? 'measurement' : 'measurements'} of a server that misses a threshold`]),
    ...(plan.unmatched === 'pass' ? ['unmatched    servers that no threshold is about pass'] : []),
    `wiping       ${plan.destroy}`,
    `marking      ${plan.markBroken ? `at most ${marksAllowed(plan.maxBroken, servers.length)} servers` : 'off'}${plan.maxAlike > 0 ? `; ${plan.maxAlike} alike failures in a row stop the start of more` : ''}`,
    `limits       ${limitedSteps.map((step) => `${step} ${formatDuration(limitsMs[step])}`).join(', ')}${deadlineMs === undefined ? '' : `, all in ${formatDuration(deadlineMs)}`}`,
    `directory    ${out}`,
    ...(plan.history === undefined ? [] : [`history      ${plan.history}`]),
  ]
}

function describeBenchmark({ benchmark, metrics = {} }: Plan): string[] {
  const names = Object.keys(metrics)
  const more = names.length > mostShown ? ` and ${names.length - mostShown} more` : ''
  return benchmark ? [`benchmark    ${benchmark.type}${names.length > 0 ? `: ${names.slice(0, mostShown).join(', ')}${more}` : ''}`] : []
}

function describeThreshold(threshold: Threshold, index: number): string {
  const { metric, unit = '', severity, ownHistory } = threshold
  const { min, max } = boundsOf(threshold)
  const plain = [...(min === undefined ? [] : [`at least ${min}`]), ...(max === undefined ? [] : [`at most ${max}`])].join(' and ')
  const bounds = ownHistory ? `by each server's own past${ownHistory.required === true ? ', required' : ''}` : plain
  return `${metric} ${bounds}${unit === '' ? '' : ` ${unit}`}${ruleNote(threshold, index)}${severity === 'warn' ? ', only warns' : ''}`
}
