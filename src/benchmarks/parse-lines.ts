import { MeasurementError } from '../model/fault.ts'
import type { MetricKinds } from '../model/metric-kind.ts'
import type { Metrics } from '../model/metrics.ts'
import { decimal } from '../model/decimal.ts'
import { metricNamePattern } from './metric-name.ts'
import { readable, shorten } from './tool-output.ts'

/** A name, an equals sign, what looks like a number, and maybe a unit. */
const line = /^[ \t]*([A-Za-z0-9_][^\s=]*)[ \t]*=[ \t]*([+-]?(?:\.?\d|inf|nan)\S*)(?:[ \t]+(\S+))?[ \t]*$/i

/**
 * Takes metrics out of lines such as `rebuild_rate=120.5 MB/s`; other lines are passed over.
 *
 * @param kinds What is known of them beforehand: each of these must be printed, in the unit that is told here.
 * @throws MeasurementError if there is none, or one is not a finite number, is there twice, is missing, or is of another unit.
 */
export function parseLines(command: string, stdout: string, kinds: MetricKinds): Metrics {
  const found = new Map<string, number>()
  for (const text of readable(stdout).split('\n')) {
    const [, name, written = '', unit] = (text.length <= longestLine && line.exec(text)) || []
    if (name === undefined || !metricNamePattern.test(name)) continue
    const value = decimal(written)
    if (value === undefined) throw new MeasurementError(`${command} printed ${JSON.stringify(shorten(text.trim()))}: ${name} should be a number such as 1234.5`)
    if (found.has(name)) throw new MeasurementError(`${command} printed ${name} twice`)
    const expected = kinds[name]?.unit
    if (unit !== undefined && expected !== undefined && unit !== expected) throw new MeasurementError(`${command} printed ${name} in ${JSON.stringify(shorten(unit))}, and not in ${expected}`)
    found.set(name, value)
  }
  if (found.size === 0) throw new MeasurementError(`${command} printed no line such as name=1234.5`)
  const missing = Object.keys(kinds).filter((name) => !found.has(name))
  if (missing.length > 0) throw new MeasurementError(`${command} printed no ${missing.join(', ')}`)
  return Object.fromEntries(found)
}

const longestLine = 1000
