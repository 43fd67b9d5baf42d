import { runInNewContext } from 'node:vm'
import { someOf } from '../config/wording.ts'
import { UsageError } from '../model/problem.ts'
import type { Server } from '../model/server.ts'
import type { Where } from '../model/where.ts'
import { matcherOf, readWhere, valueOf, whereText } from '../model/where.ts'

/** Reads `--where`. @throws UsageError with every condition that is none. */
export function readConditions(texts: readonly string[]): Where[] {
  const read = texts.map((text) => ({ text, where: readWhere(text) }))
  const problems = read.flatMap(({ text, where }) => (typeof where === 'string' ? [`--where ${JSON.stringify(text.slice(0, 80))}: ${where}`] : []))
  if (problems.length > 0) throw new UsageError(problems)
  return read.flatMap(({ where }) => (typeof where === 'string' ? [] : [where]))
}

/** How long it may take to look at all servers, in milliseconds: a regular expression can take for ever, and hears no signal meanwhile. */
const longestMs = 10_000

/**
 * The servers that meet every condition, in their order.
 *
 * @throws UsageError if that takes too long.
 */
export function selectServers(servers: readonly Server[], conditions: readonly Where[], limitMs = longestMs): readonly Server[] {
  const select = (): readonly Server[] => servers.filter(matcherOf(conditions))
  const expressions = conditions.filter(({ is }) => is.endsWith('~'))
  if (expressions.length === 0) return select()
  try {
    // The script is no more than a call: it is its time limit that is wanted.
    return runInNewContext('select()', { select }, { timeout: limitMs }) as readonly Server[]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    throw new UsageError([`--where ${expressions.map((where) => JSON.stringify(whereText(where))).join(' ')}: takes longer than ${limitMs / 1000} s: a pattern without nested * and + is quick`])
  }
}

/** What conditions were put to. */
interface Given {
  readonly servers: readonly Server[]
  /** How many more could not be read. */
  readonly unreadable: number
}

/** Why there is no server: which condition leaves none, given those before it. */
export function whyNone({ servers, unreadable }: Given, conditions: readonly Where[]): string {
  if (servers.length === 0) return unreadable > 0 ? `not one server of the inventory could be read: ${unreadable} could not` : 'the inventory is empty'
  let left = servers
  for (const where of conditions) {
    const met = selectServers(left, [where])
    if (met.length === 0) {
      const which = left.length < servers.length ? `the ${left.length} left of ${servers.length}` : String(servers.length)
      return `--where ${whereText(where)}: none of ${which} servers of the inventory meets it${otherValues(left, where)}`
    }
    left = met
  }
  return 'no server of the inventory is selected'
}

/** What a condition could have asked for. */
function otherValues(servers: readonly Server[], { key }: Where): string {
  const values = new Set(servers.map((server) => valueOf(server, key)).filter((value) => value !== ''))
  if (values.size > 0) return `; there is ${key}=${someOf([...values])}`
  const labels = new Set(servers.flatMap(({ labels: given }) => Object.keys(given)))
  return `; no server has ${key === 'address' ? 'an address' : `a label ${key}${labels.size > 0 ? `: there are ${someOf([...labels])}` : ''}`}`
}
