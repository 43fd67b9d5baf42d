import { isDecimal } from '../model/decimal.ts'
import { stripEscapes } from '../model/escape.ts'
import { MeasurementError } from '../model/fault.ts'
import type { Metrics } from '../model/metrics.ts'

const expected = 'it should be a number, or a JSON object of metrics in one line'

/**
 * Reads the last line that a benchmark has printed: a number, or a JSON object. Whether its values can be metrics is not looked at here.
 *
 * @throws MeasurementError that says what was printed instead.
 */
export function readScore(lastLine: string, program: string): number | Metrics {
  const line = stripEscapes(lastLine).trim()
  if (line === '') throw new MeasurementError(`${program} printed nothing: ${expected}`)
  if (isDecimal(line)) return Number(line)
  const value = line.startsWith('{') ? parse(line) : undefined
  if (value === undefined) throw new MeasurementError(`the last line of ${program} is ${JSON.stringify(line.slice(0, 200))}: ${expected}`)
  return value
}

function parse(line: string): Metrics | undefined {
  try {
    return JSON.parse(line) as Metrics
  } catch {
    return undefined
  }
}
