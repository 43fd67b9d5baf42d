import { UsageError } from '../model/problem.ts'
import { quoted } from './file-servers.ts'
import type { Value } from './ansible-values.ts'

export type Variables = Map<string, Value>

export interface Group {
  readonly name: string
  readonly variables: Variables
  readonly parents: Set<Group>
  readonly children: Set<Group>
  /** The longest way from `all`. */
  depth: number
}

export interface Host {
  readonly name: string
  /** Where it is first: `line 3`. */
  readonly at: string
  readonly variables: Variables
  /** Those that it is a member of by itself. */
  readonly groups: Set<Group>
}

/** The hosts and groups of an Ansible inventory. */
export interface Groups {
  /** In the order in which they first come. */
  readonly hosts: ReadonlyMap<string, Host>
  readonly all: ReadonlyMap<string, Group>
  /** A group by its name, new if need be. @throws UsageError if there are too many. */
  readonly group: (name: string) => Group
  readonly addChild: (parent: Group, child: Group) => void
  readonly addHost: (name: string, at: string, group: Group) => Host
  /** Settles what is a member of what. @throws UsageError if groups are members of each other. */
  readonly settle: () => void
}

const mostGroups = 10_000

/** Begins with the groups that every inventory has: `all`, and `ungrouped` in it. */
export function startGroups(path: string): Groups {
  const groups = new Map<string, Group>()
  const hosts = new Map<string, Host>()
  function group(name: string): Group {
    const known = groups.get(name)
    if (known) return known
    if (groups.size >= mostGroups) throw new UsageError([`${path}: has more than ${mostGroups} groups`])
    const made: Group = { name, variables: new Map(), parents: new Set(), children: new Set(), depth: 0 }
    groups.set(name, made)
    return made
  }
  function addChild(parent: Group, child: Group): void {
    parent.children.add(child)
    child.parents.add(parent)
  }
  const all = group('all')
  addChild(all, group('ungrouped'))
  return {
    hosts,
    all: groups,
    group,
    addChild,
    addHost(name, at, of) {
      const host = hosts.get(name) ?? { name, at, variables: new Map<string, Value>(), groups: new Set<Group>() }
      hosts.set(name, host)
      host.groups.add(of)
      return host
    },
    settle() {
      for (const each of groups.values()) if (each !== all && each.parents.size === 0) addChild(all, each)
      setDepths(groups, path)
      const ungrouped = group('ungrouped')
      for (const { groups: own } of hosts.values()) {
        own.delete(all)
        if (own.size === 0) own.add(ungrouped)
        else if (own.size > 1) own.delete(ungrouped)
      }
    },
  }
}

/** Each group after all of its parents; what is left over is a circle, or below one. */
function setDepths(groups: ReadonlyMap<string, Group>, path: string): void {
  const waitsFor = new Map([...groups.values()].map((group) => [group, group.parents.size] as const))
  const ready = [...groups.values()].filter(({ parents }) => parents.size === 0)
  for (const group of ready) {
    waitsFor.delete(group)
    for (const child of group.children) {
      child.depth = Math.max(child.depth, group.depth + 1)
      const left = (waitsFor.get(child) ?? 0) - 1
      waitsFor.set(child, left)
      if (left === 0) ready.push(child)
    }
  }
  if (waitsFor.size > 0) throw new UsageError([`${path}: groups are children of each other: ${circleOf(new Set(waitsFor.keys())).map(quoted).join(' > ')}`])
}

/** Whoever has a parent among the rest, and that one another, comes back to where they were. */
function circleOf(rest: ReadonlySet<Group>): string[] {
  const way: Group[] = []
  let at = [...rest][0]!
  while (!way.includes(at) && way.length < 1000) {
    way.push(at)
    at = [...at.parents].find((parent) => rest.has(parent)) ?? at
  }
  const circle = [...way.slice(way.indexOf(at)), at].toReversed().map(({ name }) => name)
  return circle.length > 12 ? [...circle.slice(0, 11), '...', circle.at(-1)!] : circle
}
