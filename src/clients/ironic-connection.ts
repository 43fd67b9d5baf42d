import { z } from 'zod'
import { pointerSchema } from '../model/json-pointer.ts'
import type { IronicOptions } from './ironic.ts'
import { readCertificates, requestLimitSchema, webAddressSchema, withoutCredentials } from './web-settings.ts'

const word = z.string().min(1)
const basicUser = word.regex(/^[^:\r\n]+$/, 'has a colon or a line break in it')

const auth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('http_basic'), user: basicUser, password: word.describe('${NAME}') }),
  z.strictObject({ type: z.literal('token'), token: word.regex(/^[\x21-\x7e]+$/, 'has blanks or characters in it that no header may have').describe('${NAME}; sent as X-Auth-Token') }),
])

/** How Ironic is reached, as it is written in settings. */
export const connectionShape = {
  url: webAddressSchema.describe('where the API is, without /v1: https://ironic.example.com:6385'),
  auth: auth.describe('who asks; without it, nobody (auth_strategy noauth)').exactOptional(),
  tls: z.strictObject({ ca: z.string().describe('certificates to trust besides those of Node: PEM, or the absolute path of a file') }).exactOptional(),
  maxInFlight: z.int().min(1).max(100).describe('requests at once, 1 to 100').meta({ default: 10 }).exactOptional(),
  requestTimeout: requestLimitSchema.describe('limit of one request, its answer included: 100ms to 10m').meta({ default: '1m' }).exactOptional(),
} as const
const connectionSchema = z.object(connectionShape)
type Written = z.infer<typeof connectionSchema>

/** Of a value inside of the node. */
const pointer = pointerSchema('/extra/address').min(1, 'expected a JSON pointer such as /extra/address')

/** Where a node tells what, as it is written in settings. */
export const placesShape = {
  address: pointer.describe('where the address of an installed node stands in it: a JSON pointer').exactOptional(),
  facts: z.record(z.string().regex(/^[A-Za-z][\w.-]{0,63}$/, 'is no name of a label'), pointer).describe('more labels, each with a JSON pointer into the node').exactOptional(),
} as const

export type IronicConnection = Pick<IronicOptions, 'url' | 'auth' | 'ca' | 'maxInFlight' | 'requestLimitMs'>

/**
 * How Ironic is reached, by settings that their schema has passed.
 *
 * @param label What problems are told after.
 * @throws UsageError for certificates that cannot be read.
 */
export async function connectionOf({ url, auth: who, tls, maxInFlight, requestTimeout }: Written, label: string): Promise<IronicConnection> {
  return {
    url: new URL(url),
    auth: who?.type === 'http_basic' ? { type: who.type, username: who.user, password: who.password } : (who ?? { type: 'none' }),
    ca: tls && (await readCertificates(tls.ca, `${label}: tls.ca`)),
    maxInFlight,
    requestLimitMs: requestTimeout,
  }
}

/** What no schema says of an address. */
export function problemsOfAddress({ url }: Pick<Written, 'url'>): string[] {
  const { username, password, pathname } = new URL(url)
  return [
    ...(username !== '' || password !== '' ? ['url: has a password in it: write auth: {type: http_basic, user: ..., password: "${NAME}"}'] : []),
    ...(/\/v1\/?$/.test(pathname) ? ['url: leave /v1 out'] : []),
  ]
}

const mayHoldSecrets = new Set(['auth', 'deploy', 'tls'])

/** Settings that cannot be used, as they may be told. */
export function withoutSecrets(settings: Readonly<Record<string, unknown>>): unknown {
  const hidden = Object.entries(settings).map(([key, value]) => {
    if (key === 'url' && typeof value === 'string') return [key, withoutCredentials(value)] as const
    return [key, mayHoldSecrets.has(key) ? shapeOf(value) : value] as const
  })
  return Object.fromEntries(hidden)
}

/** A value of which only the keys may be told, and `type`. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return '***'
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, key === 'type' ? held : '***']))
}
