import { z } from 'zod'
import { describeIssues } from '../model/problem.ts'
import { said } from '../model/said.ts'
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
  const draft = startDraft(tell)
  const known = new Map<string, Pick<Server, 'address' | 'labels'>>()
  if (!isList(given)) {
    tell(refusal('servers', 'a list of server IDs', given))
    return []
  }
  let index = 0
  try {
    // Item by item: a list may be made while it is read, and have no end.
    for (const item of given) {
      if (draft.isFull()) break
      const at = `servers[${index}]`
      const server = readServer(item, (problem) => tell(`${at}${problem}`))
      if (server && !known.has(server.id)) known.set(server.id, server)
      if (server) draft.addId(server.id, `${at}: `)
      index++
    }
  } catch (error) {
    tell(`servers: cannot be read: ${said(error)}`)
    return []
  }
  if (index === 0) tell('servers: the list is empty')
  const { ids, duplicates } = draft.end()
  if (duplicates > 0) note(`${counted(duplicates, 'duplicate ID')} dropped`)
  return ids.map((id: ServerId) => ({ ...known.get(id)!, id }))
}

/** A text is a list of letters, too: somebody meant one server, or a range, and neither is a list of IDs. */
function isList(given: unknown): given is Iterable<unknown> {
  return typeof given === 'object' && given !== null && Symbol.iterator in given
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
