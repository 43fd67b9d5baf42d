import { channel } from 'node:diagnostics_channel'

/** The `Date` of an HTTP answer: what whoever answered takes for the time. */
export interface HeardDate {
  readonly origin: string
  /** Milliseconds since 1970, in whole seconds. */
  readonly date: number
  /** What this machine took for the time when it came. */
  readonly at: number
}

/** Every answer to a request of undici, and of Node's own `fetch`, whoever asks. */
const answers = channel('undici:request:headers')

interface Answered {
  readonly request: { readonly origin?: unknown }
  /** Names and values in turn. */
  readonly response: { readonly headers: readonly Buffer[] }
}

/**
 * Hears what time it is in all answers that come over HTTP: no request of our own is needed, which would want credentials and certificates.
 *
 * @returns Stops listening, and tells what was heard.
 */
export function hearDates(now: () => number): () => readonly HeardDate[] {
  const heard: HeardDate[] = []
  const hear = (message: unknown): void => {
    const { request, response } = message as Answered
    const name = response.headers.findIndex((text, index) => index % 2 === 0 && text.toString('latin1').toLowerCase() === 'date')
    const date = name < 0 ? NaN : Date.parse(String(response.headers[name + 1]))
    if (!Number.isNaN(date)) heard.push({ origin: String(request.origin), date, at: now() })
  }
  answers.subscribe(hear)
  return () => {
    answers.unsubscribe(hear)
    return heard
  }
}
