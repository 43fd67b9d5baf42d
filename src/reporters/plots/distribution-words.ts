import { count, few } from '../log-words.ts'
import { median } from '../../model/statistics.ts'
import { exactFigure, figure } from './figures.ts'
import { metricTitle } from './metric-title.ts'
import type { DrawnBounds, MetricSamples, Sample, SampleGroup } from './samples.ts'
import { shortened } from './shortened.ts'

const mostIds = 10
const longestModel = 40

/** What a distribution shows, for those who do not see it. Each failed server is named or counted. */
export function distributionInWords({ metric, kind, groups, unmeasured }: MetricSamples): string {
  const samples = groups.flatMap((group) => group.samples)
  const idsOf = (wanted: Sample['verdict']): string[] => samples.flatMap(({ id, verdict }) => (verdict === wanted ? [id] : []))
  const failed = [
    ...told('failed by this metric', idsOf('failed by it')),
    ...told('failed otherwise', idsOf('failed otherwise')),
    ...told('failed without a value of it', unmeasured),
  ]
  return [`Distribution of ${metricTitle(metric, kind)} over ${count(samples.length, 'server')}.`, ...groups.map(groupInWords), failed.length > 0 ? `${failed.join('; ')}.` : 'No server failed.'].join(' ')
}

function told(how: string, ids: readonly string[]): string[] {
  return ids.length === 0 ? [] : [`${ids.length} ${how}: ${few(ids, mostIds)}`]
}

function groupInWords({ name, samples, bounds }: SampleGroup): string {
  const values = samples.map(({ value }) => value)
  const { least, greatest } = rangeOf(values)
  const beyond = bounds.map((bound) => `${boundInWords(bound)}, ${count(values.filter((value) => isOutside(value, bound)).length, 'server')} outside it`)
  const range = least === greatest ? `all ${figure(least)}` : `median ${figure(median(values))}, from ${figure(least)} to ${figure(greatest)}`
  return `${shortened(name, longestModel)}: ${count(samples.length, 'server')}, ${range}${beyond.length > 0 ? `; ${beyond.join('; ')}` : ''}.`
}

export function rangeOf(values: readonly number[]): { readonly least: number; readonly greatest: number } {
  return values.reduce(({ least, greatest }, value) => ({ least: Math.min(least, value), greatest: Math.max(greatest, value) }), { least: Infinity, greatest: -Infinity })
}

function isOutside(value: number, { min = -Infinity, max = Infinity }: DrawnBounds): boolean {
  return value < min || value > max
}

/** `bound at least 50`, `warning above 20`: what a rule asks for. */
export function boundInWords({ min, max, warns }: DrawnBounds): string {
  const sides = [...(min === undefined ? [] : [`at least ${exactFigure(min)}`]), ...(max === undefined ? [] : [`at most ${exactFigure(max)}`])]
  return `${warns ? 'warning bound' : 'bound'} ${sides.join(' and ')}`
}
