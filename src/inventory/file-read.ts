import type { Reading } from '../model/inventory.ts'
import { UsageError } from '../model/problem.ts'
import { notReadBeside } from './ansible-beside.ts'
import { startGroups } from './ansible-groups.ts'
import { hostAdder } from './ansible-hosts.ts'
import { readAnsibleIni } from './ansible-ini.ts'
import { addAnsibleServers } from './ansible-servers.ts'
import { isAnsibleYaml, readAnsibleYaml } from './ansible-yaml.ts'
import { readCsv } from './file-csv.ts'
import type { Entry } from './file-entry.ts'
import { entryReader, isFlaw } from './file-entry.ts'
import { formatOf } from './file-format.ts'
import { isAnsibleJson, jsonItems } from './file-json.ts'
import type { ServerDraft } from './file-servers.ts'
import { startServers } from './file-servers.ts'
import type { FileFormat, FileInventorySettings } from './file-settings.ts'
import { yamlItems } from './file-yaml.ts'
import type { YamlView } from './yaml-view.ts'
import type { YamlStretch } from './yaml-stretches.ts'
import { yamlStretches } from './yaml-stretches.ts'
import { viewYaml } from './yaml-view.ts'

type Item = Entry | { readonly at: string; readonly id?: string; readonly flaw: string }

/**
 * Reads the text of an inventory file. What is wrong with one entry is told of that, and the others are read.
 *
 * @throws UsageError if the text as a whole is not what it should be, or has too many entries.
 */
export async function readInventoryText(text: string, settings: FileInventorySettings): Promise<Reading> {
  const { path, group } = settings
  if (text.startsWith('$ANSIBLE_VAULT;')) throw new UsageError([`${path}: is encrypted by Ansible Vault: decrypt it first`])
  const draft = startServers(path)
  const format = settings.format ?? (isAnsibleJson(text) ? 'ansible-yaml' : formatOf(path, text))
  const stretches = format === 'yaml' ? yamlStretches(text) : undefined
  const view = (format === 'yaml' || format === 'ansible-yaml') && !stretches ? await viewYaml(text, path) : undefined
  const isAnsible = format.startsWith('ansible-') || (settings.format === undefined && view !== undefined && isAnsibleYaml(view))
  if (isAnsible) await readAnsible({ text, view, draft, settings })
  else if (group !== undefined) throw new UsageError([`inventory: file: group: ${path} is no Ansible inventory, and has no groups`])
  else await readEntries({ text, view, stretches, draft, settings }, format)
  return draft.end()
}

interface Source {
  readonly text: string
  /** Of YAML. */
  readonly view: YamlView | undefined
  readonly draft: ServerDraft
  readonly settings: FileInventorySettings
}

async function readAnsible({ text, view, draft, settings: { path, group, ...places } }: Source): Promise<void> {
  const asked = Object.entries({ id: places.id, address: places.address, labels: places.labels }).filter(([, place]) => place !== undefined)
  if (asked.length > 0) throw new UsageError(asked.map(([name]) => `inventory: file: ${name}: ${path} is an Ansible inventory, which tells this in its own words`))
  const groups = startGroups(path)
  const hosts = hostAdder(groups, path, draft)
  if (view) readAnsibleYaml({ view, path, groups, hosts, draft })
  else readAnsibleIni(text, path, { groups, hosts, draft })
  groups.settle()
  addAnsibleServers(groups, draft, { path, group })
  for (const note of await notReadBeside(path)) draft.note(note)
}

async function readEntries({ text, view, stretches, draft, settings }: Source & { readonly stretches: Iterable<YamlStretch> | undefined }, format: FileFormat): Promise<void> {
  const read = entryReader(settings, draft.leaveOut)
  const onEntry = (entry: Entry): void => {
    const found = read(entry)
    if (isFlaw(found)) draft.refuse({ at: entry.at, ...found })
    else draft.add(found)
  }
  if (format === 'csv') return readCsv(text, settings.path, settings, { onEntry, onFlaw: draft.refuse })
  const onItems = (items: Iterable<Item>): void => {
    for (const item of items) {
      if ('flaw' in item) draft.refuse({ at: item.at, id: item.id, problem: item.flaw })
      else onEntry(item)
    }
  }
  for (const stretch of stretches ?? []) onItems(yamlItems(await viewYaml(stretch.text, settings.path, stretch.firstLine), settings.path))
  if (!stretches) onItems(view ? yamlItems(view, settings.path) : jsonItems(text, settings.path))
}
