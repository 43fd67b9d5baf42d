import { valueAt } from '../model/json-pointer.ts'
import type { Candidate } from './file-servers.ts'
import { quoted } from './file-servers.ts'
import type { FilePlaces } from './file-settings.ts'
import { isSecretName } from './secret-names.ts'

/** What a file has of one server, as it is there. */
export interface Entry {
  /** Where it stands: `line 3`, `entry 3`. */
  readonly at: string
  /** What it stands under in a file that is keyed by ID. */
  readonly key?: string
  readonly record: unknown
}

/** Why an entry cannot be used. */
export interface Flaw {
  readonly id?: string
  readonly problem: string
}

type Fields = Readonly<Record<string, unknown>>
type Labels = readonly (readonly [string, string])[]

const usual = { id: ['id', 'name'], address: ['address', 'host', 'ip'] } as const

/**
 * Makes the way to read entries.
 *
 * @param leaveOut Hears of values that are left out since their names promise a secret.
 */
export function entryReader({ id: idPlace, address: addressPlace, labels: labelPlaces }: FilePlaces, leaveOut: (what: string) => void): (entry: Entry) => Candidate | Flaw {
  return ({ at, key, record }) => {
    if (key === undefined && (typeof record === 'string' || typeof record === 'number')) return { at, id: String(record).trim(), labels: [] }
    const fields = record === null && key !== undefined ? {} : record
    if (!isFields(fields)) return { ...(key !== undefined && { id: key }), problem: `expected ${key === undefined ? 'an ID or ' : ''}the fields of a server, got ${shown(record)}` }
    const idKey = idPlace ?? (key === undefined ? nameOf(fields, usual.id) : undefined)
    const id = idKey === undefined ? key : textAt(fields, idKey)
    if (id === undefined) return { problem: `has no ID: there is no ${idPlace ?? 'id and no name'} in it` }
    if (isFlaw(id)) return { problem: `${idKey}: expected a text or a number, got ${id.problem}` }
    const addressKey = addressPlace ?? nameOf(fields, usual.address)
    const address = addressKey === undefined ? undefined : textAt(fields, addressKey)
    if (isFlaw(address)) return { id, problem: `${addressKey}: expected a text, got ${address.problem}` }
    const labels = labelPlaces === undefined ? allLabels(fields, new Set(['id', idKey, addressKey]), leaveOut) : namedLabels(fields, labelPlaces)
    return isFlaw(labels) ? { id, ...labels } : { at, id, address, labels }
  }
}

/** Tells what cannot be used from what can. */
export function isFlaw(value: unknown): value is Flaw {
  return typeof value === 'object' && value !== null && 'problem' in value
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The first of these names that the fields have, and that holds something; as it is written there. */
function nameOf(fields: Fields, names: readonly string[]): string | undefined {
  const isThere = (name: string): boolean => Object.hasOwn(fields, name) && fields[name] !== null && fields[name] !== ''
  const exact = names.find(isThere)
  if (exact !== undefined) return exact
  const written = Object.keys(fields)
  for (const name of names) {
    const found = written.find((key) => key.toLowerCase() === name && isThere(key))
    if (found !== undefined) return found
  }
  return undefined
}

/** A text at a place; nothing if there is none; what is there instead, if it is neither a text nor a number. */
function textAt(fields: Fields, place: string): string | Flaw | undefined {
  const value = valueIn(fields, place)
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string' && typeof value !== 'number') return { problem: shown(value) }
  const text = String(value).trim()
  return text === '' ? undefined : text
}

function valueIn(fields: Fields, place: string): unknown {
  if (place.startsWith('/')) return valueAt(fields, place)
  return Object.hasOwn(fields, place) ? fields[place] : undefined
}

/** A value as a label; `null` where it says nothing, nothing where it is more than a label can be. */
function labelText(value: unknown): string | null | undefined {
  if (value === null || value === undefined || value === '') return null
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

function allLabels(fields: Fields, taken: ReadonlySet<string | undefined>, leaveOut: (what: string) => void): Labels | Flaw {
  const labels: (readonly [string, string])[] = []
  for (const [name, value] of Object.entries(fields)) {
    if (taken.has(name)) continue
    const text = labelText(value)
    if (name === 'labels' && typeof value === 'object' && value !== null) continue
    if (typeof text !== 'string') continue
    if (isSecretName(name)) leaveOut(`${quoted(name)}, whose name promises a secret`)
    else labels.push([name, text])
  }
  const own = Object.hasOwn(fields, 'labels') && !taken.has('labels') ? fields['labels'] : undefined
  if (typeof own !== 'object' || own === null) return labels
  if (Array.isArray(own)) return { problem: 'labels: expected an object of labels, got a list' }
  const more = labelsFrom(Object.keys(own).map((name) => [name, (own as Fields)[name], `labels.${name}`]))
  return isFlaw(more) ? more : [...labels, ...more]
}

function namedLabels(fields: Fields, places: NonNullable<FilePlaces['labels']>): Labels | Flaw {
  const named = Array.isArray(places) ? places.map((place) => [place.split('/').at(-1) ?? place, place] as const) : Object.entries(places)
  return labelsFrom(named.map(([name, place]) => [name, valueIn(fields, place), place]))
}

function labelsFrom(found: readonly (readonly [name: string, value: unknown, place: string])[]): Labels | Flaw {
  const labels: (readonly [string, string])[] = []
  for (const [name, value, place] of found) {
    const text = labelText(value)
    if (text === undefined) return { problem: `${place}: expected a text, a number or a truth value, got ${shown(value)}` }
    if (text !== null) labels.push([name, text])
  }
  return labels
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  return typeof value === 'string' ? quoted(value) : String(value)
}
