import { MeasurementError } from '../model/fault.ts'
import type { Metrics } from '../model/metrics.ts'
import { decimal } from '../model/decimal.ts'
import { findJson } from './find-json.ts'
import { valueAt } from '../model/json-pointer.ts'
import { readable, shorten } from './tool-output.ts'

/**
 * Takes metrics out of the JSON that a command printed, each at its pointer: numbers, or texts that are numbers as a whole.
 *
 * @throws MeasurementError if there is no JSON, or no number at one of them.
 */
export function parseJson(command: string, stdout: string, pointers: Readonly<Record<string, string>>): Metrics {
  const document = findJson(readable(stdout))
  if (document === undefined) throw new MeasurementError(`${command} printed no JSON`)
  return Object.fromEntries(
    Object.entries(pointers).map(([metric, pointer]) => {
      const found = valueAt(document, pointer)
      const value = typeof found === 'string' ? decimal(found) : found
      if (typeof value === 'number' && Number.isFinite(value)) return [metric, value]
      throw new MeasurementError(`${command} printed ${shown(found)} at ${JSON.stringify(pointer)}: ${metric} should be a number`)
    }),
  )
}

/** What is nested too deep cannot be written again. */
function shown(found: unknown): string {
  if (found === undefined) return 'nothing'
  if (typeof found === 'object' && found !== null) return Array.isArray(found) ? 'an array' : 'an object'
  return shorten(JSON.stringify(found))
}
