import { STATUS_CODES } from 'node:http'
import type { z } from 'zod'
import { ProvisionerUnavailableError, RequestRefusedError } from '../model/fault.ts'
import { describeIssues } from '../model/problem.ts'
import type { HttpAnswer } from './http.ts'

/** Takes secrets out of a text that is told. */
export type Hide = (text: string) => string

const busyStatuses = new Set([408, 409, 423, 425, 429])
const longestExcerpt = 200

/** Whether an answer asks to come back later. */
export function isBusy({ status }: HttpAnswer): boolean {
  return status >= 500 || busyStatuses.has(status)
}

/** What an answer that grants nothing means: that the service is busy, or that it refuses. @param what The request, in words. */
export function refusalOf(answer: HttpAnswer, what: string, hide: Hide): ProvisionerUnavailableError | RequestRefusedError {
  const { status, retryAfterMs, location } = answer
  const came = `${what}: ${describeAnswer(answer, hide)}`
  if (isBusy(answer)) return new ProvisionerUnavailableError(came, { busy: true, retryAfterMs })
  if (status === 401 || status === 403) return new RequestRefusedError(`${came}: are the credentials right?`)
  if (status >= 300 && status < 400) return new RequestRefusedError(`${came}: redirects are not followed${location === undefined ? '' : `: to ${excerpt(hide(location))}`}`)
  return new RequestRefusedError(came)
}

/**
 * Reads an answer that grants something.
 *
 * @throws RequestRefusedError that says what came instead, if it is no JSON, too long, or not what the schema says.
 */
export function readAnswer<T>(answer: HttpAnswer, schema: z.ZodType<T>, what: string, hide: Hide): T {
  const refuse = (problem: string): never => {
    throw new RequestRefusedError(`${what}: the answer ${hide(problem)}: ${describeAnswer(answer, hide)}`)
  }
  if (answer.isCut) return refuse('is longer than 1 MiB')
  const content = parse(answer.text)
  if (content === undefined) return refuse('is no JSON')
  const read = schema.safeParse(content)
  return read.success ? read.data : refuse(`is not the protocol's (${describeIssues(read.error, content).slice(0, 3).join('; ')})`)
}

/** The JSON that an answer holds, or nothing. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** `503 Service Unavailable "try later"`, or of what is no message of the protocol, type and beginning. */
function describeAnswer({ status, contentType, text }: HttpAnswer, hide: Hide): string {
  const told = messageIn(parse(text))
  const type = told === undefined && text !== '' ? ` ${hide(contentType).split(';')[0]?.slice(0, 60) || 'without a type'}` : ''
  const shown = hide(told ?? text)
  return `${status}${STATUS_CODES[status] === undefined ? '' : ` ${STATUS_CODES[status]}`}${type}${shown === '' ? '' : ` ${excerpt(shown)}`}`
}

/** The message of an `error` of the protocol. */
function messageIn(content: unknown): string | undefined {
  const error = typeof content === 'object' && content !== null && 'error' in content ? content.error : undefined
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : undefined
  return typeof message === 'string' ? message : undefined
}

/** In one line, control characters written out. */
function excerpt(text: string): string {
  return JSON.stringify(text.length > longestExcerpt ? `${text.slice(0, longestExcerpt)}...` : text)
}
