import type { Node, YAMLSeq } from 'yaml'
import { UsageError } from '../model/problem.ts'
import type { Entry } from './file-entry.ts'
import { serversByKey } from './file-json.ts'
import type { YamlView } from './yaml-view.ts'
import { YamlFlaw } from './yaml-view.ts'

/** An entry, or why it is none. */
export type YamlItem = Entry | { readonly at: string; readonly id?: string; readonly flaw: string }

/**
 * The entries of a YAML text: of a list, of an object that is keyed by ID, of an object whose `servers` are a list, or of one server.
 *
 * @throws UsageError if it is something else.
 */
export function yamlItems(view: YamlView, path: string): Iterable<YamlItem> {
  const root = view.meant(view.root)
  if (view.isList(root)) return listItems(view, root)
  if (!view.isMap(root)) throw new UsageError([`${path}: ${root ? `line ${view.lineOf(root)}: expected a list of servers, or an object that is keyed by ID` : 'is empty'}`])
  const items = view.itemsOf(root)
  const list = view.meant(items.find(({ key }) => key === 'servers')?.value ?? null)
  if (view.isList(list)) return listItems(view, list)
  if (view.isMap(list) && view.itemsOf(list).some(({ key, value }) => key !== 'labels' && view.isMap(view.meant(value)))) throw new UsageError([serversByKey(path)])
  const isOne = items.some(({ key, value }) => (key === 'id' || key === 'name') && view.textOf(value) !== undefined)
  return isOne ? [itemOf(view, { at: `line ${view.lineOf(root)}` }, root)] : keyedItems(view, items)
}

function* listItems(view: YamlView, { items }: YAMLSeq): Generator<YamlItem> {
  for (const item of items as Node[]) yield itemOf(view, { at: `line ${view.lineOf(item)}` }, item)
}

function* keyedItems(view: YamlView, items: ReturnType<YamlView['itemsOf']>): Generator<YamlItem> {
  for (const { key, keyNode, value } of items) {
    const at = `line ${view.lineOf(keyNode)}`
    yield key === undefined ? { at, flaw: 'expected an ID as the key' } : itemOf(view, { at, key }, value)
  }
}

function itemOf(view: YamlView, place: { readonly at: string; readonly key?: string }, value: Node | null): YamlItem {
  try {
    return { ...place, record: view.plain(value) }
  } catch (error) {
    if (!(error instanceof YamlFlaw)) throw error
    return { at: `line ${error.line}`, ...(place.key !== undefined && { id: place.key }), flaw: error.message }
  }
}
