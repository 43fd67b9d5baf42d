import type { Node, YAMLMap } from 'yaml'
import { UsageError } from '../model/problem.ts'
import type { Group, Groups } from './ansible-groups.ts'
import type { HostAdder } from './ansible-hosts.ts'
import { valueOfYaml } from './ansible-values.ts'
import type { ServerDraft } from './file-servers.ts'
import { quoted } from './file-servers.ts'
import type { YamlPair, YamlView } from './yaml-view.ts'
import { YamlFlaw } from './yaml-view.ts'

const deepest = 100
const sections: ReadonlySet<string | undefined> = new Set(['hosts', 'children', 'vars'])

/** What a YAML inventory is read with. */
interface AnsibleYaml {
  readonly view: YamlView
  readonly path: string
  readonly groups: Groups
  readonly hosts: HostAdder
  readonly draft: Pick<ServerDraft, 'note'>
}

/** Whether a YAML text has the form of an Ansible inventory: groups with hosts, children or vars. */
export function isAnsibleYaml(view: YamlView): boolean {
  const root = view.meant(view.root)
  if (!view.isMap(root)) return false
  const has = (node: Node | null, test: (key: string | undefined, value: Node | null) => boolean): boolean =>
    view.isMap(node) && view.itemsOf(node).some(({ key, value }) => test(key, view.meant(value)))
  if (isPluginConfiguration(view, root)) return true
  if (has(root, (key, value) => key === 'all' && has(value, (inner) => sections.has(inner)))) return true
  return has(root, (_, value) => has(value, (inner, section) => sections.has(inner) && (section === null || view.isMap(section))))
}

function isPluginConfiguration(view: YamlView, root: YAMLMap): boolean {
  const plugin = view.itemsOf(root).find(({ key }) => key === 'plugin')
  return plugin !== undefined && view.textOf(plugin.value) !== undefined
}

/**
 * Reads an Ansible inventory in YAML.
 *
 * @throws UsageError if a group is not what it should be; a host that is wrong is refused alone.
 */
export function readAnsibleYaml(source: AnsibleYaml): void {
  const { view, path } = source
  try {
    const root = view.meant(view.root)
    if (!view.isMap(root)) throw new UsageError([`${path}: ${root ? `line ${view.lineOf(root)}: expected groups, such as all:` : 'is empty'}`])
    if (isPluginConfiguration(view, root)) {
      throw new UsageError([`${path}: configures a plugin of Ansible, and is no inventory itself: print that with ansible-inventory -i ${path} --list --yaml, and read what it prints`])
    }
    for (const pair of view.pairsOf(root)) readGroup(pair, source, 0)
  } catch (error) {
    if (error instanceof YamlFlaw) throw new UsageError([`${path}: line ${error.line}: ${error.message}`])
    throw error
  }
}

function readGroup({ key: name, keyNode, value }: YamlPair, source: AnsibleYaml, depth: number): Group | undefined {
  const { view, path, groups, draft } = source
  const at = `line ${view.lineOf(keyNode)}`
  if (depth > deepest) throw new UsageError([`${path}: ${at}: groups are nested more than ${deepest} deep`])
  const node = view.meant(value)
  if (node !== null && !view.isMap(node) && view.plain(node) !== null) {
    draft.note(`${path}: ${at}: ${quoted(name)} is skipped: expected a group with hosts, children or vars`)
    return undefined
  }
  const group = groups.group(name)
  if (!view.isMap(node)) return group
  for (const pair of view.pairsOf(node)) {
    if (!sections.has(pair.key)) draft.note(`${path}: line ${view.lineOf(pair.keyNode)}: ${quoted(pair.key)} in group ${quoted(name)} is skipped: only hosts, children and vars are known`)
    else readSection(pair, group, source, depth)
  }
  return group
}

function readSection({ key: section, keyNode, value }: YamlPair, group: Group, source: AnsibleYaml, depth: number): void {
  const { view, path, groups } = source
  const pairs = pairsIn(view, keyNode, value)
  if (!pairs) throw new UsageError([`${path}: line ${view.lineOf(keyNode)}: ${section} of group ${quoted(group.name)}: expected an object, whose keys end with a colon`])
  for (const pair of pairs) {
    if (section === 'vars') group.variables.set(pair.key, valueOfYaml(view.plain(pair.value)))
    else if (section === 'hosts') addHosts(pair, group, source)
    else {
      const child = readGroup(pair, source, depth + 1)
      if (child) groups.addChild(group, child)
    }
  }
}

/** The pairs of a section; one text alone stands for a key without a value. */
function pairsIn(view: YamlView, keyNode: Node, value: Node | null): readonly YamlPair[] | undefined {
  const node = view.meant(value)
  if (view.isMap(node)) return view.pairsOf(node)
  const plain = view.plain(node)
  if (plain === null) return []
  return typeof plain === 'string' ? [{ key: plain, keyNode, value: null }] : undefined
}

function addHosts({ key: pattern, keyNode, value }: YamlPair, group: Group, { view, hosts }: AnsibleYaml): void {
  const at = `line ${view.lineOf(keyNode)}`
  try {
    const node = view.meant(value)
    const variables = view.isMap(node) ? view.pairsOf(node).map(({ key, value: of }) => [key, valueOfYaml(view.plain(of))] as const) : []
    if (view.isMap(node) || view.plain(node) === null) hosts.add({ pattern, at, group, variables })
    else hosts.refuse({ at, pattern, problem: 'expected an object with the variables of the host, or nothing' })
  } catch (error) {
    if (!(error instanceof YamlFlaw)) throw error
    hosts.refuse({ at: `line ${error.line}`, pattern, problem: error.message })
  }
}
