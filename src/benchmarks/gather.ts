import { MeasurementError } from '../model/fault.ts'
import type { Metrics } from '../model/metrics.ts'
import { decimal } from '../model/decimal.ts'
import { shorten } from './tool-output.ts'

/** What a tool has said of its metrics, each of which it may say once. */
export interface Findings {
  readonly add: (metric: string, text: string) => void
  /** @throws MeasurementError if one of these is missing. */
  readonly metrics: (expected: readonly string[]) => Metrics
}

/**
 * Gathers metrics of a profile: rates, sizes and times, none of which is negative.
 *
 * @throws MeasurementError if one of them is said twice, or is no such number.
 */
export function gather(tool: string): Findings {
  const found = new Map<string, number>()
  return {
    add(metric, text) {
      const value = decimal(text)
      if (value === undefined || value < 0) throw new MeasurementError(`${tool} printed ${JSON.stringify(shorten(text))} for ${metric}`)
      if (found.has(metric)) throw new MeasurementError(`${tool} printed ${metric} twice`)
      found.set(metric, value)
    },
    metrics: (expected) =>
      Object.fromEntries(
        expected.map((metric) => {
          const value = found.get(metric)
          if (value === undefined) throw new MeasurementError(`${tool} printed no ${metric}`)
          return [metric, value]
        }),
      ),
  }
}
