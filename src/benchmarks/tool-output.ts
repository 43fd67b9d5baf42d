import { stripEscapes } from '../model/escape.ts'
import { MeasurementError } from '../model/fault.ts'
import type { Metrics } from '../model/metrics.ts'
import type { RemoteOutput } from './remote.ts'

/** The longest text that is read, in characters: the end of what was printed. */
export const longestText = 1024 * 1024

/** A text without colours, whose lines end in `\n`. */
export function readable(text: string): string {
  return stripEscapes(text.slice(-longestText)).replaceAll(/\r\n?/g, '\n')
}

/** Every line that a tool has printed, to whichever stream. */
export function linesOf({ stdout, stderr }: RemoteOutput): string[] {
  return `${readable(stdout)}\n${readable(stderr)}`.split('\n')
}

/**
 * Lets through only what a tool printed that ended well.
 *
 * @param telling What lines are like that tell why it failed; otherwise it is the last one.
 * @throws MeasurementError with its exit code and the last thing that it said.
 */
export function refuseFailure(tool: string, output: RemoteOutput, telling?: RegExp): void {
  if (output.exitCode === 0) return
  throw new MeasurementError(`${tool} ended with ${output.exitCode}${because(output, telling)}`)
}

/** The last line that tells why, to be put after what went wrong. */
export function because({ stdout, stderr }: RemoteOutput, telling: RegExp = /\S/): string {
  const last = lastLine(stderr, telling) ?? lastLine(stdout, telling) ?? lastLine(stderr, /\S/)
  return last === undefined ? '' : `: ${last}`
}

function lastLine(text: string, like: RegExp): string | undefined {
  const last = readable(text).split('\n').findLast((line) => like.test(line))
  return last === undefined ? undefined : shorten(last.trim())
}

/** A text of others as part of a message. */
export function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text
}

// No digit can be taken in two ways.
const decimalPattern = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i

/** A number as programs print it in the locale C; nothing if it is written in any other way, or not finite. */
export function decimal(text: string): number | undefined {
  const value = decimalPattern.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(value) ? value : undefined
}

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
