import { rootCertificates } from 'node:tls'
import { Pool } from 'undici'
import type { Dispatcher } from 'undici'
import type { Clock } from '../model/clock.ts'
import { formatDuration } from '../model/duration.ts'
import { ProvisionerUnavailableError } from '../model/fault.ts'
import { networkFault } from './network-fault.ts'
import { readRetryAfter } from './retry-after.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the base, from its `/` on, with a query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Is sent as JSON. */
  readonly body?: unknown
}

/** An answer, whatever it says: also a refusal, a redirect, a web page. */
export interface HttpAnswer {
  readonly status: number
  readonly contentType: string
  readonly location?: string
  readonly retryAfterMs?: number
  /** The body, or its beginning. */
  readonly text: string
  /** The body is longer than is taken, and only its beginning was read. */
  readonly isCut: boolean
}

/** One HTTP service, talked to over connections that are kept. */
export interface HttpClient {
  /**
   * Sends one request, and reads its answer within the limit of a request.
   *
   * @throws ProvisionerUnavailableError if there is no whole answer; RequestRefusedError if it is not HTTP; the signal's reason if that aborts.
   */
  readonly send: (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>
  /** Ends all connections, also those that wait for an answer. */
  readonly close: () => Promise<void>
}

export interface HttpOptions {
  /** Where the service is; its path, without a slash at the end, comes before that of each request. */
  readonly url: URL
  /** Sent with each request. */
  readonly headers?: Readonly<Record<string, string>>
  /** Certificates to trust besides those that come with Node, as PEM. */
  readonly ca?: string | undefined
  /** How long a request may take, its answer included; in milliseconds. */
  readonly limitMs: number
  /** How many connections there may be at once. Whoever wants more requests than these at once has them wait before they are sent: their time would run. */
  readonly connections: number
  readonly clock: Clock
}

const longestBody = 1024 * 1024

/** Opens no connection before the first request. */
export function createHttpClient({ url, headers = {}, ca, limitMs, connections, clock }: HttpOptions): HttpClient {
  const base = url.pathname.replace(/\/+$/, '')
  // The limit of a request is ours, from its first byte to the last of its answer: undici's are for parts of it.
  const pool = new Pool(url.origin, { connections, headersTimeout: 0, bodyTimeout: 0, connect: { timeout: limitMs, ...(ca !== undefined && { ca: [...rootCertificates, ca] }) } })

  async function exchange({ method, path, headers: own, body }: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const response = await pool.request({
      method,
      path: `${base}${path}`,
      signal,
      headers: { accept: 'application/json', ...headers, ...own, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const header = (name: string): string | undefined => [response.headers[name] ?? []].flat()[0]
    const location = header('location')
    const retryAfterMs = readRetryAfter(header('retry-after'), clock.now())
    return {
      status: response.statusCode,
      contentType: header('content-type') ?? '',
      ...(location !== undefined && { location }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(await readBody(response.body)),
    }
  }

  return {
    async send(request, signal) {
      signal.throwIfAborted()
      const what = `${request.method} ${request.path}`
      // A controller for each request: nothing is left hanging on the long-lived signal of a step.
      const own = new AbortController()
      const follow = (): void => own.abort(signal.reason)
      signal.addEventListener('abort', follow, { once: true })
      const cancel = clock.after(limitMs, () => own.abort(new ProvisionerUnavailableError(`${what}: ${url.origin} has not answered within ${formatDuration(limitMs)}`)))
      try {
        return await exchange(request, own.signal)
      } catch (error) {
        signal.throwIfAborted()
        throw own.signal.aborted ? own.signal.reason : networkFault(`${what}: ${url.origin}`, error)
      } finally {
        cancel()
        signal.removeEventListener('abort', follow)
      }
    },
    close: () => pool.destroy(),
  }
}

/** Reads a body up to the limit; the connection of one that goes on is given up. */
async function readBody(body: Dispatcher.ResponseData['body']): Promise<Pick<HttpAnswer, 'text' | 'isCut'>> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    // Leaving the loop destroys the stream.
    if (size > longestBody) break
  }
  return { text: Buffer.concat(chunks).toString('utf8', 0, longestBody), isCut: size > longestBody }
}
