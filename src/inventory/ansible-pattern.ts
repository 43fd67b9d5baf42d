import { isGlob, matchesGlob } from '../model/glob.ts'
import { UsageError } from '../model/problem.ts'
import type { Group, Groups } from './ansible-groups.ts'
import { quoted } from './file-servers.ts'

/**
 * The hosts of a pattern as Ansible has them: names of groups and hosts, `*` and `?` in them, several with `,` or `:` between them, of
 * which one with `&` before it must hold as well, and one with `!` must not.
 *
 * @throws UsageError for each name that there is not: a group that is misspelt must neither select nor spare anything.
 */
export function hostsOfPattern(pattern: string, groups: Groups, path: string): ReadonlySet<string> {
  const terms = pattern.split(/[,:]/).map((term) => term.trim()).filter(Boolean).map((term) => ({ sign: /^[&!]/.exec(term)?.[0], name: term.replace(/^[&!]/, '') }))
  const problems = terms.length === 0 ? ['names nothing'] : terms.flatMap(({ name }) => problemOf(name, groups))
  if (problems.length > 0) throw new UsageError(problems.map((problem) => `inventory: file: group: ${problem.replace('PATH', () => path)}`))
  const members = membersByGroup(groups)
  const hostsOf = (name: string): Set<string> => new Set([
    ...[...groups.all.values()].filter((group) => matches(name, group.name)).flatMap((group) => [...members(group)]),
    ...(isGlob(name) ? [...groups.hosts.keys()].filter((host) => matches(name, host)) : groups.hosts.has(name) ? [name] : []),
  ])
  const plain = terms.filter(({ sign }) => sign === undefined)
  let selected = new Set((plain.length === 0 ? ['all'] : plain.map(({ name }) => name)).flatMap((name) => [...hostsOf(name)]))
  for (const { sign, name } of terms.toSorted((a, b) => Number(a.sign === '!') - Number(b.sign === '!'))) {
    if (sign === undefined) continue
    const these = hostsOf(name)
    selected = new Set([...selected].filter((host) => these.has(host) === (sign === '&')))
  }
  return selected
}

function matches(pattern: string, name: string): boolean {
  return isGlob(pattern) ? matchesGlob(pattern, name) : pattern === name
}

function problemOf(name: string, groups: Groups): string[] {
  if (/[[\]~]/.test(name)) return [`${quoted(name)}: expected names of groups, with * and ? in them, and & or ! before them`]
  const isThere = [...groups.all.keys()].some((group) => matches(name, group)) || (isGlob(name) ? [...groups.hosts.keys()].some((host) => matchesGlob(name, host)) : groups.hosts.has(name))
  if (isThere) return []
  const known = [...groups.all.keys()].filter((group) => group !== 'all' && group !== 'ungrouped').slice(0, 10)
  return [`there is no group and no host ${quoted(name)} in PATH${known.length === 0 ? '' : `; its first groups are ${known.map(quoted).join(', ')}`}`]
}

/** The hosts of a group, and of all that are below it. */
function membersByGroup(groups: Groups): (group: Group) => ReadonlySet<string> {
  const own = new Map<Group, string[]>()
  for (const host of groups.hosts.values()) {
    for (const group of host.groups) {
      const names = own.get(group)
      if (names) names.push(host.name)
      else own.set(group, [host.name])
    }
  }
  return (group) => {
    const below = new Set([group])
    for (const each of below) for (const child of each.children) below.add(child)
    return new Set([...below].flatMap((each) => own.get(each) ?? []))
  }
}
