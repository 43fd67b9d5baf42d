import type { Clock } from '../model/clock.ts'
import type { Hide } from './answer.ts'
import { createHttpClient } from './http.ts'
import type { IronicApi } from './ironic-api.ts'
import { ironicCalls } from './ironic-calls.ts'

/** How Ironic is told who asks. */
export type IronicAuth =
  | { readonly type: 'none' }
  | { readonly type: 'http_basic'; readonly username: string; readonly password: string }
  | { readonly type: 'token'; readonly token: string }

export interface IronicOptions {
  /** Where the API is; `/v1/nodes` comes after it. */
  readonly url: URL
  readonly auth: IronicAuth
  /** Certificates to trust besides those that come with Node, as PEM. */
  readonly ca?: string | undefined
  /** How many requests may be under way at once, over all calls. Default 10: more of them make each answer of Ironic slower, and none of its work faster. */
  readonly maxInFlight?: number | undefined
  /** How long Ironic may take to answer one request, in milliseconds, from when it is sent. Default a minute: under load it can take half of that to accept an order. */
  readonly requestLimitMs?: number | undefined
  readonly clock: Clock
  /** From 0 to 1, for the jitter. */
  readonly random: () => number
}

/** Sends nothing before the first call. */
export function createIronicApi({ url, auth, ca, maxInFlight = 10, requestLimitMs = 60_000, clock, random }: IronicOptions): IronicApi {
  const { headers, secrets } = credentials(auth)
  const hide: Hide = (text) => secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
  const client = createHttpClient({ url, headers, ca, limitMs: requestLimitMs, connections: maxInFlight, clock })
  return ironicCalls({ client, maxInFlight, where: url.origin, hide, clock, random })
}

/** What is sent with each request, and what of it is never told. */
function credentials(auth: IronicAuth): { readonly headers: Readonly<Record<string, string>>; readonly secrets: readonly string[] } {
  if (auth.type === 'none') return { headers: {}, secrets: [] }
  if (auth.type === 'token') return { headers: { 'x-auth-token': auth.token }, secrets: [auth.token].filter(Boolean) }
  const encoded = Buffer.from(`${auth.username}:${auth.password}`).toString('base64')
  return { headers: { authorization: `Basic ${encoded}` }, secrets: [encoded, auth.password].filter(Boolean) }
}
