import { z } from 'zod'
import { readCertificates, requestLimitSchema, withoutCredentials } from '../clients/web-settings.ts'
import { pointerSchema } from '../model/json-pointer.ts'
import { describeIssues, UsageError } from '../model/problem.ts'
import type { ItemAddress } from './http-address.ts'
import { addressProblem, itemAddressOf, joined } from './http-address.ts'
import { credentialProblems, credentialsOf } from './http-credentials.ts'
import type { Preset } from './http-presets.ts'
import { presetNames, presets } from './http-presets.ts'

/** How an inventory behind HTTP is read. */
export interface HttpInventorySettings {
  /** The first page of the list. */
  readonly list: URL
  /** Where the details of an ID are; without it, the list has them. */
  readonly item: ItemAddress | undefined
  /** Calls at once. */
  readonly concurrency: number
  readonly headers: Readonly<Record<string, string>>
  /** Certificates to trust, as PEM. */
  readonly ca: string | undefined
  readonly requestLimitMs: number
  readonly retries: number
  readonly fields: Fields
  /** `link`, or a pointer to the address or the cursor of the next page. */
  readonly next: string | undefined
  /** The query parameter that a cursor is sent in. */
  readonly cursor: string
  /** What must not be told. */
  readonly secrets: readonly string[]
}

/** Where things stand, as JSON pointers. */
export interface Fields {
  /** Lists in the list's answer, and where their entries have their IDs if they are none. */
  readonly ids: readonly { readonly list: string; readonly idAt: string }[]
  /** In an item; nothing if the ID of the list is the server's. */
  readonly id: string | undefined
  /** In an item; the first that is there counts. */
  readonly address: readonly string[]
  /** In an item: each label by its name, the first that is there, or an object of labels. */
  readonly labels: Readonly<Record<string, string | readonly string[]>> | string | undefined
}

const pointer = (example: string) => pointerSchema(example).min(1, `expected a JSON pointer such as ${example}`)
const labelName = z.string().regex(/^[A-Za-z][\w.-]{0,63}$/, 'is no name of a label')
const word = z.string().min(1)
const auth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('http_basic'), user: word.regex(/^[^:\r\n]+$/, 'has a colon or a line break in it'), password: word.describe('${NAME}') }),
])
const oneOrSome = <T extends z.ZodType>(schema: T) => z.union([schema, z.array(schema).min(1).max(10)])

/** The settings of the inventory `http`, as they are written. */
export const httpInventorySettingsSchema = z.strictObject({
  preset: z.enum(presetNames).describe('what is known of a service; each other setting wins over it').exactOptional(),
  url: z.string().describe('where the service is; what list and item begin at: https://netbox.example.com').exactOptional(),
  list: z.string().describe('the address that lists the IDs, or the items themselves: https://fleet.example.com/servers').exactOptional(),
  item: z.string().describe('the address of the details of an ID: https://fleet.example.com/servers/{id}; without it, the list has them').exactOptional(),
  concurrency: z.int().min(1).max(200).describe('calls at once, 1 to 200').meta({ default: 20 }).exactOptional(),
  token: z.string().describe('${NAME}; sent as Authorization: Bearer, or as the preset has it').exactOptional(),
  auth: auth.describe('a user and a password instead of a token').exactOptional(),
  headers: z.record(z.string(), z.string()).describe('sent with every call').exactOptional(),
  ca: z.string().describe('certificates to trust besides those of Node: PEM, or the absolute path of a file').exactOptional(),
  requestTimeout: requestLimitSchema.describe('limit of one call, its answer included: 100ms to 10m').meta({ default: '30s' }).exactOptional(),
  retries: z.int().min(0).max(20).describe('how often a call that failed is tried again').meta({ default: 4 }).exactOptional(),
  ids: oneOrSome(pointerSchema('/servers, or /servers/*/name')).describe('where the list stands in its answer: a JSON pointer; /servers/*/name for the IDs inside of its entries').meta({ default: '' }).exactOptional(),
  id: pointer('/name').describe('where an item has the ID of the server; with item, the ID of the list if it is left out').meta({ default: '/id' }).exactOptional(),
  address: oneOrSome(pointer('/network/ip')).describe('where an item has the address of the server; of several the first that is there').exactOptional(),
  labels: z.union([pointer('/labels'), z.record(labelName, oneOrSome(pointer('/hardware/model')))]).describe('where an item has labels: an object of them, or each by its name; of several places the first that is there').exactOptional(),
  next: z.union([z.literal('link'), pointer('/next')]).describe('where a page names the next one, by its address or a cursor: a JSON pointer, or link for the header Link').exactOptional(),
  cursor: z.string().regex(/^[\w.\-[\]]{1,64}$/, 'is no name of a query parameter').describe('the query parameter in which a cursor is sent').meta({ default: 'cursor' }).exactOptional(),
})
const known = Object.keys(httpInventorySettingsSchema.shape)
type Written = z.infer<typeof httpInventorySettingsSchema>

/** `; did you mean token?` after a misspelt word, or nothing. */
export type Suggest = (word: string, known: readonly string[]) => string

/**
 * Reads the settings of the inventory `http`.
 *
 * @throws UsageError with a line for each thing that is wrong in them. No token, password or value of a header is told.
 */
export async function readHttpInventorySettings(settings: Readonly<Record<string, unknown>>, suggest?: Suggest): Promise<HttpInventorySettings> {
  const read = httpInventorySettingsSchema.safeParse(settings)
  const addresses = read.success ? addressesOf(read.data) : undefined
  const problems = read.success ? [...addresses!.problems, ...credentialProblems(read.data)] : describeIssues(read.error, withoutSecrets(settings), (key, path) => (path === '' ? (suggest?.(key, known) ?? '') : ''))
  if (!read.success || !addresses?.list || problems.length > 0) throw new UsageError(problems.map((problem) => `inventory: http: ${problem}`))
  const { ca, concurrency = 20, requestTimeout = 30_000, retries = 4 } = read.data
  const preset = presetOf(read.data)
  return {
    list: addresses.list,
    item: addresses.item,
    concurrency,
    ...credentialsOf(read.data),
    ca: ca === undefined ? undefined : await readCertificates(ca, 'inventory: http: ca'),
    requestLimitMs: requestTimeout,
    retries,
    fields: fieldsOf(read.data, preset, addresses.item !== undefined),
    next: read.data.next ?? preset.next,
    cursor: read.data.cursor ?? 'cursor',
  }
}

function presetOf({ preset }: Written): Preset {
  return preset === undefined ? {} : presets[preset]
}

function fieldsOf({ ids, id, address, labels }: Written, preset: Preset, hasItem: boolean): Fields {
  const lists = [ids ?? preset.ids ?? ''].flat().map(listAt)
  return {
    ids: lists,
    id: id ?? preset.id ?? (hasItem ? undefined : lists[0]?.idAt),
    address: [address ?? preset.address ?? []].flat(),
    labels: labels ?? preset.labels,
  }
}

/** Of a pointer with a `*` in it: the list before that, and where the entries have their IDs. */
function listAt(place: string): Fields['ids'][number] {
  const star = place.indexOf('/*')
  return star < 0 ? { list: place, idAt: '/id' } : { list: place.slice(0, star), idAt: place.slice(star + 2) }
}

interface Addresses {
  readonly list?: URL
  readonly item?: ItemAddress
  readonly problems: readonly string[]
}

function addressesOf(written: Written): Addresses {
  const { url, list: writtenList, item } = written
  const preset = presetOf(written)
  // A list that names no path is where the service is, if the preset knows the path.
  const isBase = preset.list !== undefined && writtenList !== undefined && url === undefined && /^[a-z]+:\/\/[^/?#]+\/?$/i.test(writtenList)
  const base = isBase ? writtenList : url
  const list = isBase ? preset.list : (writtenList ?? preset.list)
  if (list === undefined || (base === undefined && writtenList === undefined)) return { problems: [preset.list === undefined ? 'list: expected the address that lists the servers, but it is missing' : 'url: expected the address of the service, but it is missing'] }
  const problems = Object.entries({ url: base, list: joined(base, list), item: item === undefined ? undefined : joined(base, item) }).flatMap(([key, address]) => {
    const problem = address === undefined ? undefined : addressProblem(address)
    return problem === undefined ? [] : [`${key === 'url' && isBase ? 'list' : key}: ${problem}`]
  })
  if (problems.length > 0) return { problems }
  const read = item === undefined ? undefined : itemAddressOf(joined(base, item))
  if (typeof read === 'string') return { problems: [`item: ${read}`] }
  return { list: new URL(joined(base, list)), ...(read && { item: read }), problems: [] }
}

function withoutSecrets(settings: Readonly<Record<string, unknown>>): unknown {
  const hidden = Object.entries(settings).map(([key, value]) => {
    if (['token', 'auth', 'headers', 'ca'].includes(key)) return [key, '***'] as const
    return [key, typeof value === 'string' ? withoutCredentials(value) : value] as const
  })
  return Object.fromEntries(hidden)
}
