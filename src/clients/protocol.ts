import type { Clock } from '../model/clock.ts'
import { ProvisionerUnavailableError, RequestRefusedError, ServerNotOursError, UnknownServerError } from '../model/fault.ts'
import type { StepContext } from '../model/provisioner.ts'
import type { ServerId } from '../model/server.ts'
import type { Hide } from './answer.ts'
import { isBusy, parse, readAnswer, refusalOf } from './answer.ts'
import { createGate } from './gate.ts'
import type { HttpAnswer, HttpClient, HttpRequest } from './http.ts'
import { followOperation } from './operation.ts'
import { persist } from './persist.ts'
import type { Page, PolledOperation, Succeeded } from './protocol-schema.ts'
import { operationSchema, pageSchema, refusalSchema } from './protocol-schema.ts'

/** What is asked of one server, as the path says it. */
export type Action = 'install' | 'benchmark' | 'destroy' | 'mark-broken'

export interface Order {
  readonly server: ServerId
  readonly action: Action
  readonly body: unknown
  /** The same key again gets the same operation. */
  readonly key: string
  /** Of a destroy: the install before it, if nobody knows what became of it. */
  readonly inDoubt?: Order
}

type Listening = Pick<StepContext, 'signal' | 'log'>

/** The provisioner protocol over HTTP, version 1; from the side of whoever asks. */
export interface Protocol {
  /**
   * Begins an operation, or joins the one that the same key has begun, and waits until it ends. Once the signal aborts nobody waits
   * any more; the operation itself goes on until it ends, or a destroy cancels it.
   *
   * @throws ServerOperationError if the operation has failed; UnknownServerError, ServerNotOursError, RequestRefusedError,
   * ProvisionerUnavailableError; the signal's reason.
   */
  readonly carryOut: (order: Order, listening: Listening) => Promise<Succeeded>
  /** One page of all servers: the first, or the one that a page before it names as its next. @throws as `carryOut` does. */
  readonly page: (cursor: string | undefined, listening: Listening) => Promise<Page>
  readonly clearMark: (server: ServerId, listening: Listening) => Promise<void>
}

export interface ProtocolOptions {
  readonly send: HttpClient['send']
  readonly clock: Clock
  readonly hide: Hide
}

/** How many requests a protocol may have sent at once, polls and others together. */
export const mostRequests = 64
const mostPolls = mostRequests / 2

/** Somebody on the way has not heard the end of it, or the provisioner has broken down over it: it may have begun what was asked. */
const unclearStatuses = new Set([500, 502, 504])

export function createProtocol({ send, clock, hide }: ProtocolOptions): Protocol {
  // Polls have lanes of their own: hundreds of them must not keep a wipe waiting.
  const polls = createGate(mostPolls)
  const others = createGate(mostRequests - mostPolls)
  /** The installs that were asked for here, and not wiped yet. One that nobody has answered may still be on its way. */
  const installs = new Map<ServerId, { readonly order: Order; readonly isAnswered: boolean }>()

  const ask = (request: HttpRequest, { signal }: Listening, onUnanswered = (): void => {}): Promise<HttpAnswer> => {
    const once = async (): Promise<HttpAnswer> => {
      try {
        return await send(request, signal)
      } catch (error) {
        onUnanswered()
        throw error
      }
    }
    return persist(() => others(once, signal), { clock, signal, waitsIfBusy: false })
  }
  const requestOf = ({ server, action, body, key }: Order): HttpRequest => ({ method: 'POST', path: `/servers/${server}/${action}`, headers: { 'idempotency-key': key }, body })

  async function post(order: Order, listening: Listening): Promise<PolledOperation> {
    const request = requestOf(order)
    const note = (isAnswered: boolean): void => void (order.action === 'install' && installs.set(order.server, { order, isAnswered }))
    const answer = await ask(request, listening, () => note(false))
    if (unclearStatuses.has(answer.status)) note(false)
    // Busy says nothing of the same request that went unanswered before.
    else if (!isBusy(answer) || installs.get(order.server)?.order.key !== order.key) note(true)
    const what = `POST ${request.path}`
    if (answer.status !== 200 && answer.status !== 202) throw serverRefusal(answer, order.server, what, hide)
    return { ...readAnswer(answer, operationSchema, what, hide), retryAfterMs: answer.retryAfterMs }
  }

  async function poll(id: string, { signal }: Listening): Promise<PolledOperation | 'forgotten'> {
    const request = { method: 'GET', path: `/operations/${encodeURIComponent(id)}` } as const
    const what = `GET ${request.path}`
    const once = async (): Promise<PolledOperation | 'forgotten'> => {
      const answer = await polls(() => send(request, signal), signal)
      if (answer.status === 404) return 'forgotten'
      if (answer.status !== 200) throw refusalOf(answer, what, hide)
      const told = readAnswer(answer, operationSchema, what, hide)
      if (told.id !== undefined && told.id !== id) throw new RequestRefusedError(`${what}: the answer is about another operation, ${hide(told.id)}`)
      return { ...told, retryAfterMs: answer.retryAfterMs }
    }
    return persist(once, { clock, signal, waitsIfBusy: true })
  }

  return {
    async carryOut(order, listening) {
      listening.signal.throwIfAborted()
      if (order.action === 'destroy') await settle(order, listening)
      const succeeded = await followOperation({ post: () => post(order, listening), poll: (id) => poll(id, listening), ...listening, clock, hide })
      if (order.action === 'destroy') installs.delete(order.server)
      return succeeded
    },
    async page(cursor, listening) {
      const path = `/servers${cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`}`
      const answer = await ask({ method: 'GET', path }, listening)
      if (answer.status !== 200) throw refusalOf(answer, `GET ${path}`, hide)
      return readAnswer(answer, pageSchema, `GET ${path}`, hide)
    },
    async clearMark(server, listening) {
      const path = `/servers/${server}/mark-broken`
      const answer = await ask({ method: 'DELETE', path }, listening)
      if (answer.status < 200 || answer.status >= 300) throw serverRefusal(answer, server, `DELETE ${path}`, hide)
    },
  }

  /**
   * An install whose answer never came may still be on its way, and would begin after the wipe. It is asked for once more under its
   * key: then it has begun, the wipe ends it, and what comes late is only one more request with a key that is known.
   */
  async function settle({ server, inDoubt }: Order, listening: Listening): Promise<void> {
    const own = installs.get(server)
    const order = own ? own.order : inDoubt
    if (!order || own?.isAnswered) return
    const { path } = requestOf(order)
    const answer = await ask(requestOf(order), listening)
    // Busy with that same install, or with another that the wipe waits for as well.
    const refusal = answer.status >= 400 && answer.status !== 409 ? refusalOf(answer, `POST ${path}`, hide) : undefined
    if (refusal instanceof ProvisionerUnavailableError) throw refusal
    if (answer.status < 300) readAnswer(answer, operationSchema, `POST ${path}`, hide)
    installs.set(server, { order, isAnswered: true })
  }
}

function serverRefusal(answer: HttpAnswer, server: ServerId, what: string, hide: Hide): Error {
  const refusal = refusalOf(answer, what, hide)
  if (answer.status === 404) return new UnknownServerError(`the provisioner has no server ${server}: ${refusal.message}`)
  const code = refusalSchema.safeParse(parse(answer.text)).data?.error.code
  const isNotOurs = answer.status === 409 && (code === 'in-use' || code === 'broken')
  return isNotOurs ? new ServerNotOursError(`server ${server} is ${code === 'broken' ? 'marked as broken' : 'in use'}: ${refusal.message}`) : refusal
}
