import { isIPv6 } from 'node:net'
import { inOneLine } from '../model/escape.ts'
import type { Reading, Unreadable } from '../model/inventory.ts'
import { UsageError } from '../model/problem.ts'
import type { Server, ServerId } from '../model/server.ts'
import { isServerId } from '../model/server.ts'

/** How many entries a file can have, those that cannot be used counted, too. */
export const mostServers = 100_000

/** What of labels is kept: more are no labels, but somebody's data. */
const most = { labels: 100, name: 128, value: 1000, notes: 20 } as const

const hostPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}$/
const zonePattern = /^[0-9A-Fa-f:.]{2,60}(?:%[A-Za-z0-9_.-]{1,32})?$/

/** What an entry of a file says of a server, before it is looked at. */
export interface Candidate {
  /** Where it stands: `line 3`, `entry 3`. */
  readonly at: string
  readonly id: string
  readonly address?: string | undefined
  readonly labels: Iterable<readonly [name: string, value: string]>
}

/** An entry that cannot be used. */
export interface Refusal {
  readonly at: string
  readonly id?: string | undefined
  /** The IDs that it stands for, if that is not the one. */
  readonly ids?: Iterable<string>
  readonly problem: string
}

/** The servers of a file while they are read. */
export interface ServerDraft {
  /** @throws UsageError if there are too many. */
  readonly add: (candidate: Candidate) => void
  /**
   * Names an entry that cannot be used, and leaves its server out wherever else it stands: what is known of it may be wrong.
   *
   * @throws UsageError if there are too many.
   */
  readonly refuse: (entry: Refusal) => void
  /** Tells that something was left out of a server, and why; the same is told once. */
  readonly leaveOut: (what: string) => void
  readonly note: (line: string) => void
  readonly end: () => Reading
}

/** Begins with no server. Whatever is wrong with one does not touch the others. */
export function startServers(path: string): ServerDraft {
  const spelling = new Map<string, ServerId>()
  const servers: Server[] = []
  const unreadable: Unreadable[] = []
  const refused = new Set<string>()
  const duplicates = new Set<string>()
  const leftOut = new Map<string, number>()
  const notes: string[] = []
  let entries = 0

  function count(): void {
    if (++entries > mostServers) throw new UsageError([`${path}: has more than ${mostServers} entries: no more servers can be taken at once`])
  }
  const refuse: ServerDraft['refuse'] = ({ at, id = at, ids = [id], problem }) => {
    count()
    for (const each of ids) refused.add(each)
    unreadable.push({ id: inOneLine(id.slice(0, 200)), problem: `${at}: ${inOneLine(problem.slice(0, 1000))}` })
  }
  const leaveOut = (what: string): void => {
    if (leftOut.has(what) || leftOut.size < 1000) leftOut.set(what, (leftOut.get(what) ?? 0) + 1)
  }
  return {
    refuse,
    leaveOut,
    note: (line) => notes.push(line),
    add({ at, id, address: given, labels }) {
      const problem = problemOfId(id) ?? problemOfAddress(given) ?? problemOfCase(id, spelling)
      if (problem !== undefined) return refuse({ at, id, problem })
      count()
      if (spelling.has(id.toLowerCase())) {
        duplicates.add(id)
        return
      }
      spelling.set(id.toLowerCase(), id as ServerId)
      const address = given && withoutBrackets(given)
      servers.push({ id: id as ServerId, ...(address !== undefined && { address }), labels: bounded(labels, leaveOut) })
    },
    end() {
      const dropped = duplicates.size === 0 ? [] : [`${some([...duplicates])} ${duplicates.size === 1 ? 'is' : 'are'} there more than once: the first entry counts`]
      const out = [...leftOut].map(([what, times]) => `left out of ${times} ${times === 1 ? 'server' : 'servers'}: ${what}`)
      return { servers: refused.size === 0 ? servers : servers.filter(({ id }) => !refused.has(id)), unreadable, notes: shortened([...notes, ...dropped, ...out]) }
    },
  }
}

function problemOfId(id: string): string | undefined {
  return isServerId(id) ? undefined : `${quoted(id)} is no server ID: a letter or digit, then letters, digits, ".", "_" or "-", at most 128 in all`
}

function problemOfAddress(address: string | undefined): string | undefined {
  if (address === undefined || hostPattern.test(address)) return undefined
  const inside = withoutBrackets(address)
  return inside.length <= 100 && zonePattern.test(inside) && isIPv6(inside) ? undefined : `${quoted(address)} is no name and no IP address of a host`
}

function problemOfCase(id: string, spelling: ReadonlyMap<string, ServerId>): string | undefined {
  const known = spelling.get(id.toLowerCase())
  return known === undefined || known === id ? undefined : `${id} and ${known} differ only in case: their logs would be one file`
}

function withoutBrackets(address: string): string {
  return address.startsWith('[') && address.endsWith(']') ? address.slice(1, -1) : address
}

/** Labels within bounds, of which none can be taken for part of the object that holds them. */
function bounded(labels: Candidate['labels'], leaveOut: ServerDraft['leaveOut']): Readonly<Record<string, string>> {
  const kept = new Map<string, string>()
  for (const [name, value] of labels) {
    const problem = problemOfLabel(name, value)
    if (problem !== undefined) leaveOut(`the label ${quoted(name)}, ${problem}`)
    else if (kept.size >= most.labels && !kept.has(name)) leaveOut(`every label after the first ${most.labels}`)
    else kept.set(name, value)
  }
  return Object.fromEntries(kept)
}

function problemOfLabel(name: string, value: string): string | undefined {
  if (name === '') return 'whose name is empty'
  if (name.length > most.name) return `whose name is longer than ${most.name} characters`
  if (value.length > most.value) return `whose value is longer than ${most.value} characters`
  return value.includes('\0') || /\p{Cc}/u.test(name) ? 'which has control characters in it' : undefined
}

/** A text of the file in a message: short, in one line. */
export function quoted(text: string): string {
  return JSON.stringify(inOneLine(text.length > 80 ? `${text.slice(0, 80)}...` : text))
}

function some(names: readonly string[]): string {
  const more = names.length - 10
  return more > 0 ? `${names.slice(0, 10).join(', ')} and ${more} more` : names.join(', ')
}

function shortened(lines: readonly string[]): string[] {
  const more = lines.length - most.notes
  return more > 0 ? [...lines.slice(0, most.notes), `and ${more} more of the kind`] : [...lines]
}
