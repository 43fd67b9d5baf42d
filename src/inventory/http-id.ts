import { readerOf } from '../model/json-pointer.ts'
import { isServerId } from '../model/server.ts'

/** What an entry or an item is no server for. */
export interface NoServer {
  /** As the list or the item has it, if one of them does. */
  readonly id: string | undefined
  /** In words that follow the ID. */
  readonly problem: string
}

/** What is no server ID cannot be the name of a log. */
export const notServerId = 'is no server ID: a letter or digit, then letters, digits, ".", "_", "-", at most 128'

/** The ID at a place, whatever it may be good for. */
export function idOf(value: unknown, pointer: string): { readonly text: string } | NoServer {
  const where = pointer === '' ? '' : ` at ${pointer}`
  if (typeof value === 'string' && value !== '') return { text: value }
  if (value === undefined || value === null || value === '') return { id: undefined, problem: `has no ID${where}` }
  if (typeof value !== 'number') return { id: undefined, problem: `its ID${where} is ${kindOf(value)}` }
  if (Number.isSafeInteger(value) && value >= 0) return { text: String(value) }
  return { id: String(value), problem: `its ID${where} is a number of which not every digit is certain: expected a text` }
}

/** Reads the IDs of a list: texts and numbers, or objects that have them at a pointer. @param isServers Whether they are to be those of servers. */
export function listedIdReader(pointer: string, isServers: boolean): (entry: unknown) => { readonly text: string } | NoServer {
  const at = readerOf(pointer)
  return (entry) => {
    const id = typeof entry === 'object' && entry !== null ? idOf(at(entry), pointer) : idOf(entry, '')
    return isServers && 'text' in id && !isServerId(id.text) ? { id: id.text, problem: notServerId } : id
  }
}

/** What JSON has, in words. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return { object: 'an object', string: 'a text', number: 'a number', boolean: 'a boolean' }[typeof value as string] ?? 'nothing'
}
