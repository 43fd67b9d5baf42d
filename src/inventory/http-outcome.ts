import type { Reading, Unreadable } from '../model/inventory.ts'
import type { Server } from '../model/server.ts'

/** What came of an entry of a list. */
export type Outcome = Server | Unreadable

const longestId = 200
const longestProblem = 1000
const mostNamed = 10

/**
 * Makes a reading of the outcomes, in their order. Of servers with the same ID the first stays; IDs that differ only in case would share
 * their files on some machines, and the later one cannot be taken. What could not be read in one entry is not taken from another.
 *
 * @param dropped IDs that the list had again, and that were not asked for again.
 */
export function readingOf(outcomes: Iterable<Outcome>, dropped: readonly string[], notes: readonly string[]): Reading {
  const servers: Server[] = []
  const unreadable: Unreadable[] = []
  const again = [...dropped]
  const byCase = new Map<string, string>()
  for (const outcome of outcomes) {
    if ('problem' in outcome) {
      unreadable.push({ id: outcome.id.slice(0, longestId), problem: outcome.problem.slice(0, longestProblem) })
      continue
    }
    const { id } = outcome
    const first = byCase.get(id.toLowerCase())
    if (first === undefined) {
      byCase.set(id.toLowerCase(), id)
      servers.push(outcome)
    } else if (first === id) again.push(id)
    else unreadable.push({ id, problem: `differs from ${first} only in case` })
  }
  const refused = new Set(unreadable.map(({ id }) => id))
  return { servers: servers.filter(({ id }) => !refused.has(id)), unreadable, notes: [...(again.length > 0 ? [duplicates(again)] : []), ...notes] }
}

function duplicates(again: readonly string[]): string {
  const ids = [...new Set(again)]
  const named = ids.slice(0, mostNamed).map((id) => (/^[\w.-]{1,128}$/.test(id) ? id : JSON.stringify(id.slice(0, longestId))))
  return `${again.length.toLocaleString('en')} ${again.length === 1 ? 'entry was' : 'entries were'} dropped, for an earlier one has the same ID: ${named.join(', ')}${ids.length > mostNamed ? ', ...' : ''}`
}
