import { rootCertificates } from 'node:tls'
import { Client } from 'undici'
import type { Dispatcher } from 'undici'
import type { Clock } from '../model/clock.ts'
import { formatDuration } from '../model/duration.ts'
import { ProvisionerUnavailableError } from '../model/fault.ts'
import type { HttpAnswer } from './http.ts'
import { networkFault } from './network-fault.ts'
import { readRetryAfter } from './retry-after.ts'

/** What is asked for. */
export interface Get {
  readonly origin: string
  /** From its `/` on, with a query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** How much of the body is taken, in bytes. */
  readonly longest: number
}

/** An answer to a GET, whatever it says. */
export interface GetAnswer extends HttpAnswer {
  /** The header `Link`. */
  readonly link?: string
}

/** Many small GETs of whatever origins, over connections that are kept: as many as GETs were under way at once. */
export interface Gets {
  /**
   * Sends one, and reads its answer within the limit.
   *
   * @throws ProvisionerUnavailableError if there is no whole answer; RequestRefusedError if it is not HTTP; the signal's reason if that has aborted.
   */
  readonly get: (get: Get) => Promise<GetAnswer>
  /** Ends all connections. */
  readonly close: () => Promise<void>
}

export interface GetsOptions {
  /** Certificates to trust besides those that come with Node, as PEM. */
  readonly ca: string | undefined
  /** How long a GET may take, its answer included; in milliseconds. */
  readonly limitMs: number
  readonly clock: Clock
  /** Ends all that is under way. */
  readonly signal: AbortSignal
}

interface UnderWay {
  readonly get: Get
  /** By the clock's `elapsed`. */
  readonly dueAt: number
  readonly giveUp: (reason: unknown) => void
}

/**
 * Opens no connection before the first GET. What a call costs is what counts here: there is one timer for all of them, one listener on the
 * signal, and an answer that is as expected has none of its headers looked at but one.
 */
export function createGets({ ca, limitMs, clock, signal }: GetsOptions): Gets {
  const connections = createConnections({ timeout: limitMs, ...(ca !== undefined && { ca: [...rootCertificates, ca] }) })
  /** The oldest first, and so the first that is due: all have the same limit. */
  const underWay = new Set<UnderWay>()
  let cancelTimer: (() => void) | undefined

  function setTimer(): void {
    const [oldest] = underWay
    cancelTimer = oldest && clock.after(oldest.dueAt - clock.elapsed(), giveUpOverdue)
  }

  function giveUpOverdue(): void {
    const now = clock.elapsed()
    for (const { get, dueAt, giveUp } of underWay) {
      if (dueAt > now) break
      giveUp(new ProvisionerUnavailableError(`${nameOf(get)} has not answered within ${formatDuration(limitMs)}`))
    }
    setTimer()
  }

  const stop = (): void => {
    for (const { giveUp } of underWay) giveUp(signal.reason)
  }
  signal.addEventListener('abort', stop, { once: true })

  return {
    get: (get) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted()
        const ended = (): boolean => underWay.delete(call)
        const connection = connections.take(get.origin)
        const exchange = exchangeOf(get, clock, {
          onAnswer(answer) {
            if (!ended()) return
            if (answer.isCut) connections.drop(connection)
            else connections.give(get.origin, connection)
            resolve(answer)
          },
          onFault(error) {
            if (!ended()) return
            connections.drop(connection)
            reject(networkFault(nameOf(get), error))
          },
        })
        const call: UnderWay = {
          get,
          dueAt: clock.elapsed() + limitMs,
          giveUp(reason) {
            ended()
            reject(reason)
            exchange.abort()
            connections.drop(connection)
          },
        }
        underWay.add(call)
        if (!cancelTimer) setTimer()
        connection.dispatch({ origin: get.origin, path: get.path, method: 'GET', headers: get.headers }, exchange.handler)
      }),
    async close() {
      signal.removeEventListener('abort', stop)
      cancelTimer?.()
      await connections.close()
    },
  }
}

/**
 * Connections that are nobody's, by origin. Each is used for one GET at a time, by whoever had an answer last: none waits behind another.
 * A client that may send two at once sends the next one right after an answer; otherwise it lets a turn of the event loop pass.
 */
function createConnections(connect: NonNullable<Client.Options['connect']>) {
  const idle = new Map<string, Client[]>()
  const all = new Set<Client>()
  return {
    take(origin: string): Client {
      const known = idle.get(origin)?.pop()
      if (known) return known
      const client = new Client(origin, { pipelining: 2, headersTimeout: 0, bodyTimeout: 0, connect })
      all.add(client)
      return client
    },
    give(origin: string, client: Client): void {
      const others = idle.get(origin)
      if (others) others.push(client)
      else idle.set(origin, [client])
    },
    /** What has failed, or still has an answer on its way, is not used again. */
    drop(client: Client): void {
      all.delete(client)
      void client.destroy()
    },
    close: () => Promise.all([...all].map((client) => client.destroy())),
  }
}

/** `GET /servers/1: https://fleet.example.com`; a query may have a secret in it. */
function nameOf({ path, origin }: Get): string {
  return `GET ${path.replace(/\?.*$/s, '')}: ${origin}`
}

interface Exchange {
  readonly handler: Dispatcher.DispatchHandler
  /** Gives the connection up. */
  readonly abort: () => void
}

interface Outcome {
  readonly onAnswer: (answer: GetAnswer) => void
  readonly onFault: (error: unknown) => void
}

function exchangeOf({ longest }: Get, clock: Clock, { onAnswer, onFault }: Outcome): Exchange {
  const chunks: Buffer[] = []
  let size = 0
  let head: Omit<GetAnswer, 'text' | 'isCut'> = { status: 0, contentType: '' }
  let controller: Dispatcher.DispatchController | undefined
  let isAborted = false
  const abort = (): void => {
    isAborted = true
    controller?.abort(new Error('nobody waits for it any more'))
  }
  return {
    abort,
    handler: {
      onRequestStart(given) {
        controller = given
        if (isAborted) abort()
      },
      onResponseStart(_, status, headers) {
        head = headOf(status, headers, clock)
      },
      onResponseData(_, chunk) {
        chunks.push(chunk)
        size += chunk.length
        if (size <= longest) return
        onAnswer({ ...head, text: Buffer.concat(chunks).toString('utf8', 0, Math.min(longest, excerptBytes)), isCut: true })
        abort()
      },
      onResponseEnd() {
        const [first] = chunks
        onAnswer({ ...head, text: first && chunks.length === 1 ? first.toString() : Buffer.concat(chunks).toString(), isCut: false })
      },
      onResponseError(_, error) {
        onFault(error)
      },
    },
  }
}

/** Of a body that is too long, as much is kept as is told. */
const excerptBytes = 1024

function headOf(status: number, headers: Headers, clock: Clock): Omit<GetAnswer, 'text' | 'isCut'> {
  const contentType = textOf(headers['content-type']) ?? ''
  const { link } = headers
  if (status === 200) return link === undefined ? { status, contentType } : { status, contentType, link: [link].flat().join(', ') }
  const location = textOf(headers['location'])
  const retryAfterMs = readRetryAfter(textOf(headers['retry-after']), clock.now())
  return { status, contentType, ...(location !== undefined && { location }), ...(retryAfterMs !== undefined && { retryAfterMs }) }
}

type Headers = Readonly<Record<string, string | string[] | undefined>>

function textOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'object' ? header[0] : header
}
