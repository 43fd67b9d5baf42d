import { duration, oneOf } from '../config/kind.ts'
import { refusal } from '../config/wording.ts'
import { UsageError } from '../model/problem.ts'
import type { Arguments } from './command-line.ts'

/** How a command that only asks shows what it is told, and how long it waits for it. */
export interface Asking<Format extends string> {
  readonly format: Format
  /** How long the provisioner may take for each answer, in milliseconds. */
  readonly limitMs: number
}

const usualLimit = '30s'

/**
 * Reads `--format`, whose first choice is the usual one, and `--answer-within`.
 *
 * @throws UsageError with every problem of both.
 */
export function askingOf<const Format extends string>(flags: Arguments['flags'], formats: readonly [Format, ...Format[]]): Asking<Format> {
  const problems: string[] = []
  const format = flags['format'] ?? formats[0]
  const within = flags['answer-within'] ?? usualLimit
  const readFormat = oneOf(formats)(format)
  const readLimit = duration({ zero: 'refused' })(within)
  if ('expected' in readFormat) problems.push(refusal('--format', readFormat.expected, format))
  if ('expected' in readLimit) problems.push(refusal('--answer-within', readLimit.expected, within))
  if ('expected' in readFormat || 'expected' in readLimit) throw new UsageError(problems)
  return { format: readFormat.value, limitMs: readLimit.value }
}
