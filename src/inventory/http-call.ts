import { isBusy, refusalOf } from '../clients/answer.ts'
import type { GetAnswer, Gets } from '../clients/gets.ts'
import { pause } from '../clients/pause.ts'
import type { Clock } from '../model/clock.ts'
import { formatDuration } from '../model/duration.ts'
import { ProvisionerUnavailableError, RequestRefusedError } from '../model/fault.ts'

/** Where an answer came from, after redirects. */
export interface Place {
  readonly origin: string
  readonly path: string
}

/** An answer that grants or refuses something for good. */
export interface Landed {
  readonly answer: GetAnswer
  readonly place: Place
}

/** One GET with all that it takes to get an answer. */
export interface Calls {
  /** @throws ProvisionerUnavailableError if there is no answer in the end; RequestRefusedError for one that is none, or a redirect that is not followed; the signal's reason if that aborts. */
  readonly call: (place: Place, longest: number) => Promise<Landed>
  /** What the service has been in trouble with for so long that there is no use in asking on. */
  readonly outage: () => Error | undefined
}

export interface CallsOptions {
  readonly gets: Pick<Gets, 'get'>
  /** Credentials among them: only these origins hear them. */
  readonly headers: Readonly<Record<string, string>>
  readonly origins: ReadonlySet<string>
  /** New tries after a failure. An answer that limits the rate counts as none. */
  readonly retries: number
  readonly clock: Clock
  readonly signal: AbortSignal
  /** From 0 to 1, for the jitter of waits. */
  readonly random: () => number
  /** Takes secrets out of a text. */
  readonly hide: (text: string) => string
  readonly log: (message: string, level: 'debug') => void
}

/** Why there is no answer yet. */
interface Trouble {
  readonly error: Error
  readonly retryAfterMs: number | undefined
  /** The service limits the rate of calls. */
  readonly isLimit: boolean
}

/** How long one call is tried again, and how long the whole service may be in trouble. */
const patienceMs = 60_000
const firstBackoffMs = 250
const longestBackoffMs = 8000
const mostRedirects = 5
const redirects = new Set([301, 302, 303, 307, 308])

/** Calls that follow redirects, and are tried again: what all calls of one reading share. */
export function createCalls({ gets, headers, origins, retries, clock, signal, random, hide, log }: CallsOptions): Calls {
  const all = { accept: 'application/json', ...headers }
  const bare = { accept: 'application/json' }
  let heardAt = clock.elapsed()
  let trouble: Error | undefined

  async function follow({ answer: first, place: start }: Landed, longest: number): Promise<Landed> {
    let answer = first
    let place = start
    let isTrusted = origins.has(start.origin)
    for (let hops = 0; redirects.has(answer.status) && answer.location !== undefined; hops++) {
      if (hops === mostRedirects) throw new RequestRefusedError(`${nameOf(start)}: is redirected more than ${mostRedirects} times`)
      place = redirected(place, answer.location, nameOf(start))
      // Once it has been elsewhere, whoever sent it back may have chosen where to.
      isTrusted &&= origins.has(place.origin)
      answer = await gets.get({ origin: place.origin, path: place.path, headers: isTrusted ? all : bare, longest })
    }
    if (redirects.has(answer.status)) throw new RequestRefusedError(`${nameOf(start)}: ${answer.status}: is redirected, but not told where to: the header Location is missing`)
    if (isTrusted || (answer.status !== 401 && answer.status !== 403)) return { answer, place }
    throw new RequestRefusedError(`${nameOf(start)}: ${answer.status}: it leads to ${place.origin}, and credentials are not sent to another origin: is the address in the settings right?`)
  }

  async function attempt(start: Place, longest: number): Promise<Landed | Trouble> {
    try {
      const first = await gets.get({ origin: start.origin, path: start.path, headers: origins.has(start.origin) ? all : bare, longest })
      if (first.status === 200) return { answer: first, place: start }
      const landed = await follow({ answer: first, place: start }, longest)
      const { answer } = landed
      if (!isBusy(answer)) return landed
      return { error: refusalOf(answer, nameOf(start), hide), retryAfterMs: answer.retryAfterMs, isLimit: answer.status === 429 && answer.retryAfterMs !== undefined }
    } catch (error) {
      if (error instanceof ProvisionerUnavailableError) return { error, retryAfterMs: undefined, isLimit: false }
      throw error
    }
  }

  /** When a call that has met trouble is tried again, in milliseconds; or why it is not. */
  function delayAfter({ retryAfterMs }: Trouble, failures: number, began: number): number | string {
    const backoff = Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.min(failures, 10)) * (0.5 + random() / 2)
    const delay = Math.max(backoff, retryAfterMs ?? 0)
    if (clock.elapsed() - began + delay <= patienceMs) return delay
    return retryAfterMs !== undefined && retryAfterMs > patienceMs ? `asks to come back in ${formatDuration(Math.ceil(retryAfterMs / 1000) * 1000)}, which is too long` : `it would take longer than ${formatDuration(patienceMs)}`
  }

  return {
    async call(place, longest) {
      const began = clock.elapsed()
      for (let failures = 0; ; ) {
        const answered = await attempt(place, longest)
        if ('answer' in answered) {
          heardAt = clock.elapsed()
          trouble = undefined
          return answered
        }
        signal.throwIfAborted()
        const { error, isLimit } = answered
        trouble = error
        if (!isLimit && failures === retries) throw told(error, failures === 0 ? '' : `tried ${failures + 1} times`)
        const delay = delayAfter(answered, failures, began)
        if (typeof delay === 'string') throw told(error, delay)
        if (!isLimit) failures++
        log(`${error.message}: tried again in ${formatDuration(Math.round(delay))}`, 'debug')
        await pause(delay, signal, clock)
      }
    },
    outage: () => (trouble && clock.elapsed() - heardAt > patienceMs ? trouble : undefined),
  }
}

function told(cause: Error, note: string): ProvisionerUnavailableError {
  return new ProvisionerUnavailableError(note === '' ? cause.message : `${cause.message} (${note})`, { cause })
}

/** @throws RequestRefusedError for what is not followed. */
function redirected({ origin, path }: Place, location: string, what: string): Place {
  const to = URL.canParse(location, `${origin}${path}`) ? new URL(location, `${origin}${path}`) : undefined
  if (!to || (to.protocol !== 'https:' && to.protocol !== 'http:')) throw new RequestRefusedError(`${what}: is redirected to what is no address`)
  if (origin.startsWith('https:') && to.protocol === 'http:') throw new RequestRefusedError(`${what}: is redirected from https to http (${to.origin}), which is not followed`)
  return { origin: to.origin, path: `${to.pathname}${to.search}` }
}

/** A query may have a secret in it. */
export function nameOf({ origin, path }: Place): string {
  return `GET ${origin}${path.replace(/\?.*$/s, '')}`
}
