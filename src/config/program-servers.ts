import { z } from 'zod'
import { describeIssues } from '../model/problem.ts'
import type { Server, ServerId } from '../model/server.ts'
import { startDraft } from './selection.ts'
import type { Tell } from './wording.ts'
import { counted, refusal } from './wording.ts'

const serverSchema = z.object({ id: z.string(), address: z.string().optional(), labels: z.record(z.string(), z.string()).optional() })

/**
 * Reads the servers that a program names, in their order: IDs as they are, numbers, objects with an `id`. Of an ID that comes
 * again the first stands.
 */
export function readProgramServers(given: unknown, { tell, note }: { readonly tell: Tell; readonly note: Tell }): Server[] {
  const items = listOf(given)
  if (!items) {
    tell(refusal('servers', 'a list of server IDs', given))
    return []
  }
  if (items.length === 0) tell('servers: the list is empty')
  const draft = startDraft(tell)
  const known = new Map<string, Pick<Server, 'address' | 'labels'>>()
  for (const [index, item] of items.entries()) {
    if (draft.isFull()) break
    const at = `servers[${index}]: `
    const server = readServer(item, (problem) => tell(`servers[${index}]${problem}`))
    if (!server) continue
    if (!known.has(server.id)) known.set(server.id, server)
    draft.addId(server.id, at)
  }
  const { ids, duplicates } = draft.end()
  if (duplicates > 0) note(`${counted(duplicates, 'duplicate ID')} dropped`)
  return ids.map((id: ServerId) => ({ ...known.get(id)!, id }))
}

/** A text is a list of letters: somebody meant one server, or a range, and neither is a list of IDs. */
function listOf(given: unknown): unknown[] | undefined {
  return typeof given === 'object' && given !== null && Symbol.iterator in given ? [...(given as Iterable<unknown>)] : undefined
}

function readServer(item: unknown, tell: Tell): (Omit<Server, 'id'> & { readonly id: string }) | undefined {
  if (typeof item === 'string') return { id: item, labels: {} }
  if (typeof item === 'number' && Number.isSafeInteger(item) && item >= 0) return { id: String(item), labels: {} }
  if (typeof item !== 'object' || item === null) {
    tell(refusal('', 'a server ID, or an object with an id', item))
    return undefined
  }
  const parsed = serverSchema.safeParse(item)
  if (parsed.success) {
    const { id, address, labels = {} } = parsed.data
    return { id, labels, ...(address !== undefined && { address }) }
  }
  for (const issue of describeIssues(parsed.error, item)) tell(`.${issue}`)
  return undefined
}
