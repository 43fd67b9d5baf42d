import { matchesGlob } from './glob.ts'
import type { Server } from './server.ts'

/** A condition on a server: `model=R64*`, `rack!=A1`, `rack~^A`, `rack!~^A`. `id` and `address` are its own, all else are labels. */
export interface Where {
  readonly key: string
  readonly is: '=' | '!=' | '~' | '!~'
  /** A pattern with `*` and `?` for `=`, a regular expression for `~`. */
  readonly pattern: string
}

/** More of a label than anybody searches; what is longer is looked at as far as this. */
const longestValue = 1000
const longestPattern = 500

/** Reads a condition. @returns what is wrong with it, in words that follow it, if it is none. */
export function readWhere(text: string): Where | string {
  const [, key = '', is, pattern = ''] = /^([^=~!]+)(!?[=~])(.*)$/s.exec(text) ?? []
  if (!is) return 'expected label=value, label!=value, label~pattern or label!~pattern, such as model=R640'
  if (pattern.length > longestPattern) return `a pattern of ${pattern.length} characters is too long: at most ${longestPattern}`
  if (is.endsWith('~')) {
    try {
      new RegExp(pattern)
    } catch (error) {
      return `the pattern is no regular expression: ${(error as Error).message}`
    }
  }
  return { key: key.trim(), is: is as Where['is'], pattern }
}

/** Makes a test of conditions: a server must meet them all. A label that it does not have is like an empty one. */
export function matcherOf(conditions: readonly Where[]): (server: Server) => boolean {
  const tests = conditions.map(({ key, is, pattern }) => {
    const expression = is.endsWith('~') ? new RegExp(pattern) : undefined
    const holds = (value: string): boolean => (expression ? expression.test(value) : matchesGlob(pattern, value))
    return (server: Server): boolean => holds(valueOf(server, key).slice(0, longestValue)) !== is.startsWith('!')
  })
  return (server) => tests.every((test) => test(server))
}

function valueOf({ id, address, labels }: Server, key: string): string {
  if (key === 'id') return id
  if (key === 'address' && address !== undefined) return address
  return Object.hasOwn(labels, key) ? labels[key]! : ''
}
