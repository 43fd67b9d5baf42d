import { setMaxListeners } from 'node:events'
import { readAnswer } from './answer.ts'
import type { HttpClient, HttpRequest } from './http.ts'
import type { HistoryEntry, IronicApi, NodeProgress } from './ironic-api.ts'
import { historySchema, ironicNodeSchema, nodeProgressSchema } from './ironic-api.ts'
import type { Conductors } from './ironic-conductors.ts'
import { conductorsSchema, watchConductors } from './ironic-conductors.ts'
import type { ExchangeOptions } from './ironic-exchange.ts'
import { createExchange, what } from './ironic-exchange.ts'
import { createPages } from './ironic-pages.ts'
import { createIronicPoller } from './ironic-poller.ts'
import { createProgressReader } from './ironic-progress.ts'

/** Since when Ironic tells a node's history. */
const historySince = 78

/** A page of whole nodes has to stay below the longest answer that is read; inspection may have put a lot into `extra`. */
const nodesPerPage = 100
const mostPerPage = 1000

const fieldsOf = ({ shape }: { readonly shape: object }): string => Object.keys(shape).join(',')
const pathOf = (id: string, below = ''): string => `/v1/nodes/${encodeURIComponent(id)}${below}`

/** The calls of Ironic's API over an HTTP client, which is closed with it. */
export function ironicCalls({ client, ...options }: ExchangeOptions & { readonly client: HttpClient }): IronicApi {
  const { hide, clock } = options
  const { ask, askOnce, microversion } = createExchange({ client, ...options })

  // What is polled is asked again in the next round, and not before.
  const closing = new AbortController()
  setMaxListeners(0, closing.signal)
  const progressPages = createPages({ path: `/v1/nodes?fields=${fieldsOf(nodeProgressSchema)}`, key: 'nodes', item: nodeProgressSchema, limit: mostPerPage, ask: askOnce, hide })
  async function progressOf(id: string): Promise<NodeProgress> {
    const request = { method: 'GET', path: pathOf(id, `?fields=${fieldsOf(nodeProgressSchema)}`) } as const
    return readAnswer(await askOnce(request, closing.signal), nodeProgressSchema, what(request), hide)
  }
  async function conductors(): Promise<Conductors> {
    const request = { method: 'GET', path: '/v1/conductors' } as const
    return readAnswer(await askOnce(request, closing.signal), conductorsSchema, what(request), hide).conductors
  }
  const read = createProgressReader({ pages: () => progressPages(closing.signal), one: progressOf })
  const poller = createIronicPoller({ read: watchConductors({ read, conductors, clock }), clock })

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
      // The answer still shows the lock of this very change, which ends with it.
      return { ...readAnswer(await ask(request, signal), ironicNodeSchema, what(request), hide), reservation: null }
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
  }
}
