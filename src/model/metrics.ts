import { z } from 'zod'
import { MeasurementError } from './fault.ts'

/** What a benchmark measured: names to finite numbers. */
export type Metrics = Readonly<Record<string, number>>

export const metricsSchema = z.record(z.string(), z.number())

/** The metric that a benchmark's single number is given as. */
export const scoreMetric = 'score'

const mostMetrics = 1000
const longestName = 128

/**
 * Takes what a benchmark answered for what it is: one finite number, or an object of them.
 *
 * @throws MeasurementError that says what was answered instead.
 */
export function readMetrics(answer: unknown): Metrics {
  try {
    return metricsOf(answer)
  } catch (error) {
    if (error instanceof MeasurementError) throw error
    throw new MeasurementError('what the benchmark answered cannot be read', { cause: error })
  }
}

function metricsOf(answer: unknown): Metrics {
  if (typeof answer === 'number') return { [scoreMetric]: finite(scoreMetric, answer) }
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    throw new MeasurementError(`the benchmark answered ${describe(answer)}, not a number or an object of numbers`)
  }
  const entries = Object.entries(answer)
  if (entries.length === 0) throw new MeasurementError('the benchmark answered an object without any metric')
  if (entries.length > mostMetrics) throw new MeasurementError(`the benchmark answered ${entries.length} metrics, more than ${mostMetrics}`)
  return Object.fromEntries(entries.map(([name, value]) => [usable(name), finite(name, value)]))
}

function usable(name: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused here
  if (name === '' || name === '__proto__' || name.length > longestName || /[\u0000-\u001f\u007f-\u009f]/.test(name) || !name.isWellFormed()) {
    throw new MeasurementError(`the benchmark answered a metric with an unusable name: ${describe(name)}`)
  }
  return name
}

function finite(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new MeasurementError(`metric ${describe(name)} is ${describe(value)}, not a finite number`)
}

/** A value as a person would write it, short whatever it is. */
function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value)
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}
