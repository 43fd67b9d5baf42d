import { setMaxListeners } from 'node:events'
import type { Clock } from '../model/clock.ts'
import type { Hide } from './answer.ts'
import { readAnswer } from './answer.ts'
import type { HttpRequest } from './http.ts'
import { createHttpClient } from './http.ts'
import type { HistoryEntry, IronicApi, NodeProgress } from './ironic-api.ts'
import { historySchema, ironicNodeSchema, nodeProgressSchema } from './ironic-api.ts'
import { createExchange, what } from './ironic-exchange.ts'
import { createPages } from './ironic-pages.ts'
import { createIronicPoller } from './ironic-poller.ts'
import { createProgressReader } from './ironic-progress.ts'

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

/** Ironic's API, and what it costs. */
export interface IronicClient extends IronicApi {
  /** How many requests have been sent so far. */
  readonly requests: () => number
}

/** Since when Ironic tells a node's history. */
const historySince = 78

/** A page of whole nodes has to stay below the longest answer that is read; inspection may have put a lot into `extra`. */
const nodesPerPage = 100
const mostPerPage = 1000

const fieldsOf = ({ shape }: { readonly shape: object }): string => Object.keys(shape).join(',')
const pathOf = (id: string, below = ''): string => `/v1/nodes/${encodeURIComponent(id)}${below}`

/** Sends nothing before the first call. */
export function createIronicApi({ url, auth, ca, maxInFlight = 10, requestLimitMs = 60_000, clock, random }: IronicOptions): IronicClient {
  const { headers, secrets } = credentials(auth)
  const hide: Hide = (text) => secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
  const client = createHttpClient({ url, headers, ca, limitMs: requestLimitMs, connections: maxInFlight, clock })
  const { ask, askOnce, microversion, requests } = createExchange({ client, maxInFlight, where: url.origin, hide, clock, random })

  // What is polled is asked again in the next round, and not before.
  const closing = new AbortController()
  setMaxListeners(0, closing.signal)
  const progressPages = createPages({ path: `/v1/nodes?fields=${fieldsOf(nodeProgressSchema)}`, key: 'nodes', item: nodeProgressSchema, limit: mostPerPage, ask: askOnce, hide })
  async function progressOf(id: string): Promise<NodeProgress> {
    const request = { method: 'GET', path: pathOf(id, `?fields=${fieldsOf(nodeProgressSchema)}`) } as const
    return readAnswer(await askOnce(request, closing.signal), nodeProgressSchema, what(request), hide)
  }
  const poller = createIronicPoller({ read: createProgressReader({ pages: () => progressPages(closing.signal), one: progressOf }), clock })

  const nodePages = createPages({ path: `/v1/nodes?fields=${fieldsOf(ironicNodeSchema)}`, key: 'nodes', item: ironicNodeSchema, limit: nodesPerPage, ask, hide })
  const tell = async (request: HttpRequest, signal: AbortSignal): Promise<void> => void (await ask(request, signal))

  return {
    async node(id, signal) {
      const request = { method: 'GET', path: pathOf(id, `?fields=${fieldsOf(ironicNodeSchema)}`) } as const
      return readAnswer(await ask(request, signal), ironicNodeSchema, what(request), hide)
    },
    async *nodes(signal) {
      for await (const page of nodePages(signal)) yield* page
    },
    order: (id, order, signal) => tell({ method: 'PUT', path: pathOf(id, '/states/provision'), body: order }, signal),
    async patch(id, steps, signal) {
      const request = { method: 'PATCH', path: pathOf(id), body: steps } as const
      return readAnswer(await ask(request, signal), ironicNodeSchema, what(request), hide)
    },
    setMaintenance: (id, reason, signal) => tell({ method: 'PUT', path: pathOf(id, '/maintenance'), body: { reason } }, signal),
    clearMaintenance: (id, signal) => tell({ method: 'DELETE', path: pathOf(id, '/maintenance') }, signal),
    async history(id, signal) {
      if ((await microversion(signal)) < historySince) return []
      const pages = createPages({ path: pathOf(id, '/history?detail=true'), key: 'history', item: historySchema, limit: mostPerPage, ask, hide })
      const entries: HistoryEntry[] = []
      for await (const page of pages(signal)) for (const { created_at: at, severity, event } of page) entries.push({ at, severity: severity ?? '', event: event ?? '' })
      return entries.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at))
    },
    settled: poller.settled,
    async check(signal) {
      await ask({ method: 'GET', path: '/v1/nodes?fields=uuid&limit=1' }, signal)
    },
    async close() {
      poller.close()
      closing.abort(new Error('the client was closed'))
      await client.close()
    },
    requests,
  }
}

/** What is sent with each request, and what of it is never told. */
function credentials(auth: IronicAuth): { readonly headers: Readonly<Record<string, string>>; readonly secrets: readonly string[] } {
  if (auth.type === 'none') return { headers: {}, secrets: [] }
  if (auth.type === 'token') return { headers: { 'x-auth-token': auth.token }, secrets: [auth.token].filter(Boolean) }
  const encoded = Buffer.from(`${auth.username}:${auth.password}`).toString('base64')
  return { headers: { authorization: `Basic ${encoded}` }, secrets: [encoded, auth.password].filter(Boolean) }
}
