import { isIP } from 'node:net'
import { inOneLine } from '../model/escape.ts'
import { readerOf } from '../model/json-pointer.ts'
import type { Server, ServerId } from '../model/server.ts'
import { isServerId } from '../model/server.ts'
import type { NoServer } from './http-id.ts'
import { idOf, kindOf, notServerId } from './http-id.ts'
import type { Fields } from './http-settings.ts'
import type { Tally } from './tally.ts'

/** Makes a server of an item, or says why it is none. @param listed The ID that the list has for it. */
export type ReadItem = (item: unknown, listed?: string) => Server | NoServer

const mostLabels = 50
const longestLabel = 1000
/** Nothing of it may be an option of a program. */
const addressPattern = /^[\w[:][\w.:%[\]-]{0,254}$/

/** @param tally Is told what items lack and do without. */
export function itemReader({ id, address, labels }: Fields, tally: Tally): ReadItem {
  const idAt = id === undefined ? undefined : readerOf(id)
  const addressAt = firstOf(address)
  const labelsOf = labelReader(labels, tally)
  const expected = [...address, ...(typeof labels === 'object' ? Object.values(labels).flat() : [labels ?? []].flat())]

  return (item, listed) => {
    // A list of nothing but IDs.
    if (listed === undefined && (typeof item === 'string' || typeof item === 'number')) return plain(idOf(item, ''))
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return { id: listed, problem: `expected an object, got ${kindOf(item)}` }
    const name = idAt ? idOf(idAt(item), id!) : { text: listed! }
    if ('problem' in name) return { id: listed ?? name.id, problem: name.problem }
    if (!isServerId(name.text)) return { id: name.text, problem: notServerId }
    const found = addressAt(item)
    const words = labelsOf(item, name.text)
    if (found === undefined && !idAt && expected.length > 0 && Object.keys(words).length === 0) return { id: name.text, problem: `has nothing at ${expected.slice(0, 5).join(', ')}` }
    if (found === undefined) {
      if (address.length > 0) tally(`no address at ${address.join(', ')}`, name.text)
      return { id: name.text, labels: words }
    }
    const host = typeof found === 'string' ? withoutPrefix(found.trim()) : undefined
    if (host === undefined || !addressPattern.test(host)) return { id: name.text, problem: `its address is none: ${excerpt(found)}` }
    return { id: name.text, address: host, labels: words }
  }
}

/** What is at the first of some places that has anything. */
function firstOf(pointers: readonly string[]): (item: unknown) => unknown {
  const places = pointers.map(readerOf)
  return (item) => {
    for (const at of places) {
      const value = at(item)
      if (value !== undefined && value !== null && value !== '') return value
    }
    return undefined
  }
}

function plain(id: { readonly text: string } | NoServer): Server | NoServer {
  if ('problem' in id) return id
  return isServerId(id.text) ? { id: id.text, labels: {} } : { id: id.text, problem: notServerId }
}

type ReadLabels = (item: object, id: ServerId) => Record<string, string>

function labelReader(labels: Fields['labels'], tally: Tally): ReadLabels {
  if (labels === undefined) return () => ({})
  if (typeof labels === 'string') {
    const at = readerOf(labels)
    return (item, id) => {
      const value = at(item)
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return wordsOf(Object.entries(value), id)
      if (value !== undefined && value !== null) tally(`no object of labels at ${labels}, but ${kindOf(value)}`, id)
      return {}
    }
  }
  const readers = Object.entries(labels).map(([name, pointers]) => [name, firstOf([pointers].flat())] as const)
  return (item, id) => wordsOf(readers.map(([name, at]) => [name, at(item)] as const), id)

  function wordsOf(pairs: readonly (readonly [name: string, value: unknown])[], id: ServerId): Record<string, string> {
    const words: [string, string][] = []
    for (const [name, value] of pairs) {
      const word = wordOf(value)
      if (word === undefined) tally(`a label that is no text and was left out (${inOneLine(name).slice(0, 80)})`, id)
      else if (word !== '' && words.length < mostLabels) words.push([name.slice(0, longestLabel), word])
    }
    return Object.fromEntries(words)
  }
}

/** A value as a label; empty if there is none, nothing if it cannot be one. */
function wordOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length > longestLabel ? value.slice(0, longestLabel) : value
  if (value === undefined || value === null) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (!Array.isArray(value)) return undefined
  // Tags: texts, or objects that have a name.
  const words = value.slice(0, 100).map((entry: unknown) => wordOf(typeof entry === 'object' && entry !== null && 'name' in entry && typeof entry.name === 'string' ? entry.name : entry))
  return words.includes(undefined) ? undefined : words.join(',').slice(0, longestLabel)
}

/** `10.0.0.1/24` is the address of an interface, and not of a host. */
function withoutPrefix(text: string): string {
  const slash = text.lastIndexOf('/')
  return slash > 0 && isIP(text.slice(0, slash)) !== 0 && /^\d{1,3}$/.test(text.slice(slash + 1)) ? text.slice(0, slash) : text
}

function excerpt(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 80)}...` : text
}
