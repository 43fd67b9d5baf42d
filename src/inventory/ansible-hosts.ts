import { UsageError } from '../model/problem.ts'
import type { Group, Groups } from './ansible-groups.ts'
import { expandHosts } from './ansible-range.ts'
import type { Value } from './ansible-values.ts'
import type { ServerDraft } from './file-servers.ts'
import { mostServers, quoted } from './file-servers.ts'

/** How many hosts the ranges of a file may stand for, those that are in several groups counted each time. */
const mostExpanded = 10 * mostServers

/** A host or a range of them, as a file has it in a group. */
interface HostPattern {
  readonly pattern: string
  readonly at: string
  readonly group: Group
  readonly variables: readonly (readonly [name: string, value: Value])[]
}

export interface HostAdder {
  /** Refuses a pattern that is none. @throws UsageError before more hosts are made than can be used. */
  readonly add: (hosts: HostPattern) => void
  /** Refuses all hosts of a pattern, in whatever groups they are. @throws as `add` does. */
  readonly refuse: (hosts: Pick<HostPattern, 'pattern' | 'at'> & { readonly problem: string }) => void
}

/** Makes the way to add hosts: what comes later of the same host is added to it, and its variables win. */
export function hostAdder(groups: Groups, path: string, draft: Pick<ServerDraft, 'refuse'>): HostAdder {
  let expanded = 0
  function namesOf(pattern: string, at: string): Iterable<string> | { readonly fault: string } {
    const expansion = expandHosts(pattern)
    if ('fault' in expansion) return expansion
    expanded += expansion.count
    if (expansion.count > mostServers) throw new UsageError([`${path}: ${at}: ${quoted(pattern)} stands for ${expansion.count} hosts: at most ${mostServers} servers can be taken at once`])
    if (groups.hosts.size > mostServers) throw new UsageError([`${path}: has more than ${mostServers} hosts: no more servers can be taken at once`])
    if (expanded > mostExpanded) throw new UsageError([`${path}: its ranges stand for more than ${mostExpanded} hosts in all`])
    return expansion.names()
  }
  return {
    add({ pattern, at, group, variables }) {
      const names = namesOf(pattern, at)
      if ('fault' in names) return draft.refuse({ at, id: pattern, problem: names.fault })
      for (const name of names) {
        const host = groups.addHost(name, at, group)
        for (const [key, value] of variables) host.variables.set(key, value)
      }
    },
    refuse({ pattern, at, problem }) {
      const names = namesOf(pattern, at)
      draft.refuse({ at, id: pattern, ...(!('fault' in names) && { ids: names }), problem })
    },
  }
}
