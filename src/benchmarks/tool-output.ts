import { stripEscapes } from '../model/escape.ts'
import { MeasurementError } from '../model/fault.ts'
import type { RemoteOutput } from './remote.ts'

/** The longest text that is read, in characters: the end of what was printed, where tools put their results. */
export const longestText = 4 * 1024 * 1024

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
