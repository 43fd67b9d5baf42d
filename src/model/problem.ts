import type { z } from 'zod'
import { exitCodes } from './exit-code.ts'

/** What the user gave is wrong, and nothing was done: one line for each problem, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/** What was asked for cannot be done now, by no mistake of the user's, and nothing was touched: one line for each problem. */
export class IncompleteError extends Error {
  override readonly name = 'IncompleteError'
  readonly problems: readonly string[]
  readonly exitCode: number
  constructor(problems: readonly string[], exitCode: number = exitCodes.incomplete) {
    super(problems.join('\n'))
    this.problems = problems
    this.exitCode = exitCode
  }
}

/**
 * Says what zod found, one line an issue, each with its path: `thresholds[2].min: expected a number, got "fast"`.
 *
 * @param input What was parsed; the values that are told come from it.
 * @param hint May add to an unknown key what was probably meant.
 */
export function describeIssues(error: z.ZodError, input: unknown, hint: (key: string, path: string) => string = () => ''): string[] {
  return error.issues.flatMap((issue) => describeIssue(issue, input, hint))
}

function describeIssue(issue: z.core.$ZodIssue, input: unknown, hint: (key: string, path: string) => string): string[] {
  const path = pathOf(issue.path)
  const at = path === '' ? '' : `${path}: `
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${at}unknown key ${quote(key)}${hint(key, path)}`)
  if (issue.code === 'invalid_key') return [`${at}${issue.issues[0]?.message ?? issue.message}`]
  const value = valueAt(input, issue.path)
  const got = value === undefined ? 'but it is missing' : `got ${quote(value)}`
  if (issue.code === 'invalid_type') return [`${at}expected ${article(issue.expected)}, ${got}`]
  if (issue.code === 'invalid_value') return [`${at}expected ${issue.values.map(String).join(' | ')}, ${got}`]
  if (issue.code === 'custom') return [`${at}${issue.message}, ${got}`]
  return [`${at}${issue.message.replace(/^Invalid input: /, '')}, ${got}`]
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('').replace(/^\./, '')
}

/** What stands at a path; a text that is short for an object or a list stands for all that is in it. */
function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, part) => (typeof value === 'object' && value !== null ? Reflect.get(value, part) : value), input)
}

function article(expected: string): string {
  const word = { int: 'whole number', record: 'object' }[expected] ?? expected
  return `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`
}

function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 80)}...` : text
}
