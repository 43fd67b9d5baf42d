import { UsageError } from '../model/problem.ts'
import type { Entry } from './file-entry.ts'
import type { YamlView } from './yaml-view.ts'
import { YamlFlaw } from './yaml-view.ts'

/** An entry, or why it is none. */
export type YamlItem = Entry | { readonly at: string; readonly id?: string; readonly flaw: string }

/**
 * The entries of a YAML text: of a list, of an object that is keyed by ID, or of an object whose `servers` are a list.
 *
 * @throws UsageError if it is something else.
 */
export function* yamlItems(view: YamlView, path: string): Generator<YamlItem> {
  const root = view.meant(view.root)
  if (root === null) throw new UsageError([`${path}: is empty`])
  if (view.isList(root)) return yield* listItems(view, root)
  if (!view.isMap(root)) throw new UsageError([`${path}: line ${view.lineOf(root)}: expected a list of servers, or an object that is keyed by ID`])
  for (const { key: keyNode, value } of root.items as { readonly key: import('yaml').Node; readonly value: import('yaml').Node | null }[]) {
    const list = view.meant(value)
    if (view.plain(keyNode) === 'servers' && view.isList(list)) return yield* listItems(view, list)
  }
  for (const { key: keyNode, value } of root.items as { readonly key: import('yaml').Node; readonly value: import('yaml').Node | null }[]) {
    const at = `line ${view.lineOf(keyNode)}`
    const key = view.plain(keyNode)
    yield typeof key === 'object' ? { at, flaw: 'expected an ID as the key' } : itemOf(view, { at, key: String(key) }, value)
  }
}

function* listItems(view: YamlView, list: import('yaml').YAMLSeq): Generator<YamlItem> {
  for (const item of list.items as import('yaml').Node[]) yield itemOf(view, { at: `line ${view.lineOf(item)}` }, item)
}

function itemOf(view: YamlView, { at, key }: { readonly at: string; readonly key?: string }, value: import('yaml').Node | null): YamlItem {
  try {
    return { at, ...(key !== undefined && { key }), record: view.plain(value) }
  } catch (error) {
    if (!(error instanceof YamlFlaw)) throw error
    return { at, ...(key !== undefined && { id: key }), flaw: error.message }
  }
}
