import { z } from 'zod'
import { ProvisionerUnavailableError, ServerNotOursError, UnknownServerError } from '../model/fault.ts'
import type { LastingOperation } from './lasting-operation.ts'
import { hear } from './lasting-operation.ts'
import type { LastingRack } from './lasting-rack.ts'
import type { Order } from './machine.ts'
import type { Route } from './routes.ts'

/** What the protocol answers, before anything goes wrong with it. */
export interface Answer {
  readonly status: number
  readonly body: unknown
}

export interface Asked {
  readonly route: Route
  readonly key: string | undefined
  /** The body as it came. */
  readonly text: string
}

const pageLength = 100
const bodies = {
  install: z.object({ os: z.string().min(1) }),
  benchmark: z.object({}),
  destroy: z.object({}),
  'mark-broken': z.object({ reason: z.string() }),
} as const

/** Answers as the protocol says, version 1. Never throws for what was asked. */
export function answerTo({ route, key, text }: Asked, rack: LastingRack, now: () => number): Answer {
  try {
    if (route.to === 'nowhere') return refusal(route.status, route.message)
    if (route.to === 'order') return take(route, { key, text }, rack, now)
    if (route.to === 'operation') {
      const operation = rack.operation(route.id)
      return operation ? { status: 200, body: told(operation, now()) } : refusal(404, 'there is no such operation')
    }
    if (route.to === 'look') return { status: 200, body: rack.look(route.server) }
    if (route.to === 'list') return page(route.cursor, rack)
    rack.clearMark(route.server)
    return { status: 200, body: { status: 'succeeded' } }
  } catch (error) {
    return refusalFor(error, () => 'server' in route && rack.look(route.server).state === 'broken')
  }
}

function take({ kind, server: id }: Extract<Route, { to: 'order' }>, { key, text }: Pick<Asked, 'key' | 'text'>, rack: LastingRack, now: () => number): Answer {
  if (key === undefined || key === '') return refusal(400, 'the header Idempotency-Key is missing')
  const content = contentOf(text)
  if (content === undefined) return refusal(400, 'the body is no JSON')
  const body = bodies[kind].safeParse(content)
  if (!body.success) return refusal(422, kind === 'install' ? 'the body needs an "os"' : kind === 'mark-broken' ? 'the body needs a "reason"' : 'the body is no object')
  const step = kind === 'mark-broken' ? 'markAsBroken' : kind
  const operation = rack.order({ server: { id, labels: {} }, key, step, ...body.data } as Order)
  if (operation.end?.is !== 'succeeded') return { status: 202, body: { id: operation.id, status: 'running' } }
  const { id: _id, log: _log, ...result } = told(operation, now()) as { id: string; log?: unknown }
  return { status: 200, body: result }
}

function told(operation: LastingOperation, now: number): object {
  const { id, end } = operation
  const lines = hear(operation, now)
  const log = lines.length > 0 ? { log: lines } : {}
  if (!end) return { id, status: 'running', ...log }
  if (end.is === 'succeeded') return { id, status: 'succeeded', ...resultOf(operation), ...log }
  return { id, status: 'failed', error: { message: end.message ?? 'it is not known why', ...(end.is === 'cancelled' && { code: 'cancelled' }), ...(end.retryable && { code: 'retryable' }) }, ...log }
}

function resultOf({ step, end }: LastingOperation): object {
  const { answer } = end ?? {}
  if (step === 'benchmark') return { metrics: typeof answer === 'object' && answer !== null ? answer : { score: answer } }
  return typeof answer === 'object' && answer !== null ? answer : {}
}

function page(cursor: string | undefined, rack: LastingRack): Answer {
  if (cursor !== undefined && !/^\d{1,9}$/.test(cursor)) return refusal(400, 'the cursor is none of ours')
  const { seen, next } = rack.list(Number(cursor ?? 0), pageLength)
  return { status: 200, body: { servers: seen, next: next === undefined ? null : String(next) } }
}

function refusalFor(error: unknown, isBroken: () => boolean): Answer {
  if (error instanceof UnknownServerError) return refusal(404, error.message, 'unknown-server')
  if (error instanceof ServerNotOursError) return refusal(409, error.message, isBroken() ? 'broken' : 'in-use')
  if (error instanceof ProvisionerUnavailableError) return error.busy ? refusal(409, error.message, 'busy') : refusal(503, error.message)
  throw error
}

export function refusal(status: number, message: string, code?: string): Answer {
  return { status, body: { error: { message, ...(code !== undefined && { code }) } } }
}

function contentOf(text: string): unknown {
  try {
    return text === '' ? {} : (JSON.parse(text) as unknown)
  } catch {
    return undefined
  }
}
