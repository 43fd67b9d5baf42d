import { UsageError } from '../model/problem.ts'
import type { Group, Groups, Host, Variables } from './ansible-groups.ts'
import { hostsOfPattern } from './ansible-pattern.ts'
import type { Value } from './ansible-values.ts'
import { isTemplate } from './ansible-values.ts'
import type { ServerDraft } from './file-servers.ts'
import { mostServers, quoted } from './file-servers.ts'
import { isSecretName } from './secret-names.ts'

/** How often groups are looked at: hosts may be in many, each in many others. */
const mostSteps = 10_000_000
/** The later, the older: what Ansible itself connects to. */
const addressNames = ['ansible_host', 'ansible_ssh_host'] as const

/** What a host has from its groups. */
interface Inherited {
  readonly variables: Variables
  /** Sorted, without `all` and `ungrouped`. */
  readonly names: readonly string[]
}

/**
 * Makes servers of hosts: a variable of the host wins over one of a group, and a group's over one of its parents. The names of the groups
 * are the label `groups`, with commas between them.
 *
 * @param pattern Which hosts, as Ansible's patterns go; without it, all.
 * @throws UsageError if the pattern names a group that there is not, or the groups of the hosts are too many.
 */
export function addAnsibleServers(groups: Groups, draft: ServerDraft, { path, group: pattern }: { readonly path: string; readonly group?: string | undefined }): void {
  const wanted = pattern === undefined ? undefined : hostsOfPattern(pattern, groups, path)
  const inherited = inheritance(path)
  for (const host of groups.hosts.values()) {
    if (wanted && !wanted.has(host.name)) continue
    const from = inherited(host)
    const variables = new Map([...from.variables, ...host.variables])
    const names = from.names.join(',')
    draft.add({ at: host.at, id: host.name, address: addressOf(host.name, variables, draft), labels: labelsOf(variables, names, draft) })
  }
}

/** What hosts of the same groups inherit is worked out once. */
function inheritance(path: string): (host: Host) => Inherited {
  const known = new Map<string, Inherited>()
  const numbers = new Map<Group, number>()
  let steps = 0
  const ancestors = (direct: Iterable<Group>): Group[] => {
    const found = new Set(direct)
    for (const group of found) {
      for (const parent of group.parents) found.add(parent)
      if ((steps += 1 + group.parents.size) > mostSteps) throw new UsageError([`${path}: its hosts are in too many groups`])
    }
    return [...found]
  }
  return ({ groups }) => {
    const numberOf = (group: Group): number => numbers.get(group) ?? (numbers.set(group, numbers.size), numbers.size - 1)
    const key = [...groups].map(numberOf).toSorted((a, b) => a - b).join()
    const before = known.get(key)
    if (before) return before
    const sorted = ancestors(groups).toSorted((a, b) => a.depth - b.depth || priorityOf(a) - priorityOf(b) || (a.name < b.name ? -1 : 1))
    const names = sorted.map(({ name }) => name).filter((name) => name !== 'all' && name !== 'ungrouped').toSorted()
    const made = { variables: new Map(sorted.flatMap(({ variables }) => [...variables])), names }
    if (known.size < mostServers) known.set(key, made)
    return made
  }
}

/** Of groups that are as deep, the one with the higher priority wins. */
function priorityOf({ variables }: Group): number {
  const value = variables.get('ansible_group_priority')
  return typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : 1
}

function addressOf(name: string, variables: Variables, draft: Pick<ServerDraft, 'leaveOut'>): string | undefined {
  const given = addressNames.map((key) => variables.get(key)).find((value) => value !== undefined && value !== null && value !== '')
  if (given === undefined) return name
  if (typeof given === 'string' && !isTemplate(given)) return given
  draft.leaveOut('the address, which only Ansible can work out')
  return undefined
}

function* labelsOf(variables: ReadonlyMap<string, Value>, groups: string, draft: Pick<ServerDraft, 'leaveOut'>): Generator<readonly [string, string]> {
  if (groups !== '') yield ['groups', groups]
  for (const [name, value] of variables) {
    if (name.startsWith('ansible_') || name === 'groups' || value === null || value === '') continue
    const text = String(value)
    if (isSecretName(name)) draft.leaveOut(`${quoted(name)}, whose name promises a secret`)
    else if (isTemplate(text)) draft.leaveOut(`${quoted(name)}, which only Ansible can work out`)
    else yield [name, text]
  }
}
