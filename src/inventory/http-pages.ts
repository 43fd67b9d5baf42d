import { parse, refusalOf } from '../clients/answer.ts'
import type { GetAnswer } from '../clients/gets.ts'
import { RequestRefusedError } from '../model/fault.ts'
import { readerOf } from '../model/json-pointer.ts'
import type { Calls, Landed, Place } from './http-call.ts'
import { nameOf } from './http-call.ts'
import { kindOf } from './http-id.ts'
import { linkToNext } from './http-link.ts'
import type { HttpInventorySettings } from './http-settings.ts'

/** As of any selection. */
const mostEntries = 100_000
const mostPages = 10_000
const mebibyte = 1024 * 1024
const longestPage = 64 * mebibyte

/** What the list is read with. */
export interface ListReader {
  readonly call: Calls['call']
  readonly settings: Pick<HttpInventorySettings, 'list' | 'fields' | 'next' | 'cursor'>
  readonly hide: (text: string) => string
}

/** What a page has in one of its lists. */
export interface Entries {
  readonly entries: readonly unknown[]
  /** Where an entry that is no ID has its own. */
  readonly idAt: string
}

/**
 * The entries of each page of a list, in order.
 *
 * @throws RequestRefusedError for a page that is refused or that cannot be read, pages in a circle, a next page of another origin, and more
 * than 100,000 entries; what a call throws.
 */
export async function* readPages({ call, settings, hide }: ListReader): AsyncGenerator<Entries> {
  const { list, fields, next, cursor } = settings
  const lists = fields.ids.map((places) => ({ ...places, at: readerOf(places.list) }))
  const seen = new Set<string>()
  let total = 0
  for (let place: Place | undefined = { origin: list.origin, path: `${list.pathname}${list.search}` }; place; ) {
    const name = nameOf(place)
    if (seen.has(place.origin + place.path)) throw new RequestRefusedError(`${name}: the pages of the list lead back to this one: is "next" right?`)
    if (seen.size === mostPages) throw new RequestRefusedError(`${name}: the list has more than ${mostPages.toLocaleString('en')} pages: let a page have more entries`)
    seen.add(place.origin + place.path)
    const landed: Landed = await call(place, longestPage)
    const page = contentOf(landed.answer, { place, longest: longestPage, hide })
    const found = lists.map(({ list: pointer, idAt, at }) => ({ entries: listOf(at(page), pointer, name, page), idAt }))
    total += found.reduce((sum, { entries }) => sum + entries.length, 0)
    if (total > mostEntries) throw new RequestRefusedError(tooMany(total, name, lists.length === 1 && next === undefined))
    place = nextPlace({ next, cursor, list }, page, landed, name)
    yield* found
  }
}

/** What was asked for. */
interface Asked {
  readonly place: Place
  /** In bytes. */
  readonly longest: number
  readonly hide: (text: string) => string
}

/** What a list or an item says. @throws RequestRefusedError with what came instead. */
export function contentOf(answer: GetAnswer, { place, longest, hide }: Asked): unknown {
  const { status, text, isCut } = answer
  if (status < 200 || status > 299) throw refusalOf(answer, nameOf(place), hide)
  if (isCut) throw new RequestRefusedError(`${nameOf(place)}: the answer is longer than ${longest / mebibyte} MiB`)
  // Some services begin with a byte order mark.
  const content = parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  if (content !== undefined) return content
  throw new RequestRefusedError(`${nameOf(place)}: the answer is ${text === '' ? 'empty' : `no JSON: ${excerpt(hide(text.slice(0, 500)))}`}`)
}

function listOf(value: unknown, pointer: string, name: string, page: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  const where = pointer === '' ? '' : ` at ${pointer}`
  const holds = typeof page === 'object' && page !== null && !Array.isArray(page) ? `; it has ${Object.keys(page).slice(0, 10).map((key) => JSON.stringify(key.slice(0, 40))).join(', ') || 'nothing'}` : ''
  throw new RequestRefusedError(`${name}: expected a list${where}, got ${kindOf(value)}${holds}: is "ids" right?`)
}

function tooMany(total: number, name: string, isWhole: boolean): string {
  return `${name}: the list has ${isWhole ? '' : 'at least '}${total.toLocaleString('en')} entries, and an inventory at most ${mostEntries.toLocaleString('en')}: narrow it down in the address of the list`
}

function nextPlace({ next, cursor, list }: Pick<HttpInventorySettings, 'next' | 'cursor' | 'list'>, page: unknown, { answer, place }: Landed, name: string): Place | undefined {
  if (next === undefined) return undefined
  const value = next === 'link' ? linkToNext(answer.link ?? '') : readerOf(next)(page)
  if (value === undefined || value === null || value === false || value === '') return undefined
  if (typeof value !== 'string' && typeof value !== 'number') throw new RequestRefusedError(`${name}: expected the next page at ${next}, got ${kindOf(value)}`)
  if (typeof value === 'number' && value <= 0) throw new RequestRefusedError(`${name}: expected the next page at ${next}, by its address or a cursor, or null where there is none, got ${value}`)
  const text = String(value)
  const isAddress = next === 'link' || /^(?:https?:|\/)|\?/i.test(text)
  if (!isAddress) return withCursor(list, cursor, text)
  const base = `${place.origin}${place.path}`
  const to = URL.canParse(text, base) ? new URL(text, base) : undefined
  if (!to) throw new RequestRefusedError(`${name}: the next page is at what is no address: ${excerpt(text)}`)
  if (to.origin !== place.origin && to.origin !== list.origin) {
    const proxy = to.host === list.host ? ': does a proxy before the service not tell it that it is asked by https?' : ''
    throw new RequestRefusedError(`${name}: the next page is of another origin, ${to.origin}, which is not followed${proxy}`)
  }
  return { origin: to.origin, path: `${to.pathname}${to.search}` }
}

function withCursor(list: URL, cursor: string, value: string): Place {
  const to = new URL(list)
  to.searchParams.set(cursor, value)
  return { origin: to.origin, path: `${to.pathname}${to.search}` }
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}...` : text)
}
