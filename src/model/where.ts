import { matchesGlob } from './glob.ts'
import type { Server } from './server.ts'

/** A condition on a server: `model=R64*`, `rack!=A1`, `rack~^A`, `rack!~^A`. `id` and `address` are its own, all else are labels. */
export interface Where {
  readonly key: string
  readonly is: '=' | '!=' | '~' | '!~'
  /** A pattern with `*` and `?` for the whole value with `=`, a regular expression for a part of it with `~`. */
  readonly pattern: string
}

/** More of a label than anybody searches; what is longer is looked at as far as this. */
const longestValue = 1000
const longestPattern = 500

/** Reads a condition. Blanks around it, and around its `=`, are nobody's. @returns what is wrong with it, in words that follow it, if it is none. */
export function readWhere(text: string): Where | string {
  const [, label = '', is, given = ''] = /^([^=~!]*)(!?[=~])(.*)$/s.exec(text) ?? []
  const key = label.trim()
  if (!is || key === '') return 'expected label=value, label!=value, label~pattern or label!~pattern, such as model=R640'
  const isExpression = is.endsWith('~')
  const pattern = isExpression ? given : given.trim()
  if (!isExpression && /^[=~]/.test(pattern)) return `there is no ${is}${pattern.slice(0, 1)}: = compares with a value, ~ searches for a regular expression`
  if (pattern.length > longestPattern) return `a pattern of ${pattern.length} characters is too long: at most ${longestPattern}`
  const problem = isExpression ? problemOf(pattern) : undefined
  return problem ?? { key, is: is as Where['is'], pattern }
}

function problemOf(pattern: string): string | undefined {
  try {
    RegExp(pattern)
    return undefined
  } catch (error) {
    return `the pattern is no regular expression: ${(error as Error).message}`
  }
}

/** Writes a condition as it is read. */
export function whereText({ key, is, pattern }: Where): string {
  return `${key}${is}${pattern}`
}

/**
 * Makes a test of conditions: a server must meet them all. A label that it does not have is like an empty one.
 *
 * A regular expression can take for ever, also over a short text: whoever takes one from somebody bounds the time.
 */
export function matcherOf(conditions: readonly Where[]): (server: Server) => boolean {
  const tests = conditions.map(({ key, is, pattern }) => {
    const expression = is.endsWith('~') ? new RegExp(pattern) : undefined
    const holds = (value: string): boolean => (expression ? expression.test(value) : matchesGlob(pattern, value))
    return (server: Server): boolean => holds(valueOf(server, key).slice(0, longestValue)) !== is.startsWith('!')
  })
  return (server) => tests.every((test) => test(server))
}

/** What a condition on a server is about; empty where the server has no such thing. */
export function valueOf({ id, address = '', labels }: Server, key: string): string {
  if (key === 'id') return id
  if (key === 'address') return address
  return Object.hasOwn(labels, key) ? labels[key]! : ''
}
