import type { Clock } from '../model/clock.ts'
import { ProvisionerUnavailableError } from '../model/fault.ts'
import type { Hide } from './answer.ts'
import { readAnswer } from './answer.ts'
import { createGate } from './gate.ts'
import type { HttpAnswer, HttpClient, HttpRequest } from './http.ts'
import type { IronicRefusal } from './ironic-fault.ts'
import { ironicRefusal } from './ironic-fault.ts'
import { ironicRootSchema, settleVersion } from './ironic-version.ts'
import { pause } from './pause.ts'

/** Requests to Ironic at the microversion that was settled upon, of which never too many are under way. */
export interface IronicExchange {
  /** Sends a request, changes before reads, and answers with what was granted (2xx). What is refused for the moment is asked again for a minute. @throws as all of `IronicApi`. */
  readonly ask: (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>
  /** As `ask`, once, and before all that wait for their turn: many wait for what a poll tells. */
  readonly askOnce: (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>
  /** The microversion, without its `1.`. */
  readonly microversion: (signal: AbortSignal) => Promise<number>
}

export interface ExchangeOptions {
  readonly client: Pick<HttpClient, 'send'>
  readonly maxInFlight: number
  /** Where Ironic is, for people. */
  readonly where: string
  readonly hide: Hide
  readonly clock: Clock
  readonly random: () => number
}

/** How long is asked again what may pass. */
const patienceMs = 60_000
const firstWaitMs = 1000
const longestWaitMs = 15_000

/** What has not been answered for longer when its signal aborts is trouble of Ironic's, and not of a server that took too long. */
const unansweredMs = 5000

export function createExchange({ client, maxInFlight, where, hide, clock, random }: ExchangeOptions): IronicExchange {
  const gate = createGate(maxInFlight)
  const never = new AbortController().signal
  let settling: Promise<number> | undefined

  /** The limit of a request runs from when it is sent: not while it waits for its turn. */
  const send = (request: HttpRequest, signal: AbortSignal, urgency?: 'urgent'): Promise<HttpAnswer> =>
    gate(() => client.send(request, signal), signal, urgency)

  async function negotiate(): Promise<number> {
    const answer = await patiently(() => send({ method: 'GET', path: '/' }, never), 'GET /', never)
    return settleVersion(readAnswer(answer, ironicRootSchema, 'GET / (is this the address of Ironic\'s API?)', hide), where)
  }
  /** Whoever asks first asks for all; a failure is not kept. */
  function microversion(signal: AbortSignal): Promise<number> {
    settling ??= negotiate().catch((error: unknown) => {
      settling = undefined
      throw error
    })
    return unlessAborted(settling, signal)
  }
  async function sendAt(request: HttpRequest, signal: AbortSignal, urgency?: 'urgent'): Promise<HttpAnswer> {
    const since = clock.elapsed()
    try {
      const headers = { ...request.headers, 'x-openstack-ironic-api-version': `1.${await microversion(signal)}` }
      return await send({ ...request, headers }, signal, urgency)
    } catch (error) {
      const waitedMs = clock.elapsed() - since
      if (!signal.aborted || error instanceof ProvisionerUnavailableError || waitedMs <= unansweredMs) throw error
      throw new ProvisionerUnavailableError(`${what(request)}: ${where} had not answered for ${Math.round(waitedMs / 1000)} s`)
    }
  }

  /** An answer that was lost is not asked for again: nobody knows whether the order was taken. */
  async function patiently(once: () => Promise<HttpAnswer>, told: string, signal: AbortSignal): Promise<HttpAnswer> {
    const since = clock.elapsed()
    let last: IronicRefusal | undefined
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(longestWaitMs, waitMs * 2)) {
      const answer = await once().catch((error: unknown) => {
        throw signal.aborted && last ? last.error : error
      })
      if (isGranted(answer)) return answer
      const refusal = ironicRefusal(answer, told, hide)
      if (!refusal.mayPass) throw last && refusal.isWrongState ? overtaken(refusal) : refusal.error
      last = refusal
      const untilMs = Math.max(waitMs * (0.75 + random() / 2), answer.retryAfterMs ?? 0)
      if (clock.elapsed() - since + untilMs > patienceMs) throw refusal.error
      // A step whose time runs out meanwhile has met a busy Ironic, and no slow server.
      await pause(untilMs, signal, clock).catch(() => {
        throw refusal.error
      })
    }
  }

  return {
    // What changes a node goes before what only reads one: Ironic's conductor works while the next are read.
    ask: (request, signal) => patiently(() => sendAt(request, signal, request.method === 'GET' ? undefined : 'urgent'), what(request), signal),
    async askOnce(request, signal) {
      const answer = await sendAt(request, signal, 'urgent')
      if (isGranted(answer)) return answer
      throw ironicRefusal(answer, what(request), hide).error
    },
    microversion,
  }
}

const isGranted = ({ status }: HttpAnswer): boolean => status >= 200 && status < 300

/** A request in words, without its query. */
export function what({ method, path }: HttpRequest): string {
  return `${method} ${path.split('?')[0] ?? path}`
}

/**
 * While the node was locked, somebody else has moved it on: what was asked for was right when it was decided. The same mistake is a
 * lock or a wrong state, depending on the moment; whoever looks again will know.
 */
function overtaken({ error }: IronicRefusal): ProvisionerUnavailableError {
  return new ProvisionerUnavailableError(`${error.message} (its state has changed while it was locked)`, { busy: true })
}

/** Settles as the work does, unless the signal aborts before. The work goes on. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const leave = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', leave, { once: true })
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}
