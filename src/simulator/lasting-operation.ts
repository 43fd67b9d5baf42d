import { z } from 'zod'
import { serverIdSchema } from '../model/server.ts'
import type { Order } from './machine.ts'
import { linesOf } from './machine.ts'
import { rackSteps } from './simulation.ts'

/** How an operation ended, and what it answers. */
const endSchema = z.object({
  /** Milliseconds since 1970, as all moments here. */
  at: z.number(),
  is: z.enum(['succeeded', 'failed', 'cancelled']),
  message: z.string().exactOptional(),
  retryable: z.boolean().exactOptional(),
  answer: z.json().exactOptional(),
})
export type End = z.infer<typeof endSchema>

/** An operation as plain data: it goes on by time alone, also while no process lives that would watch it. */
export const lastingOperationSchema = z.object({
  id: z.string(),
  server: serverIdSchema,
  step: z.enum(rackSteps),
  key: z.string(),
  /** The image of an install, the reason of a mark. */
  detail: z.string(),
  startedAt: z.number(),
  /** Nothing if it never ends by itself. */
  dueAt: z.number().exactOptional(),
  fails: z.string().exactOptional(),
  retryable: z.boolean().exactOptional(),
  /** How many of its lines were told. */
  told: z.int().min(0),
  end: endSchema.exactOptional(),
})
export type LastingOperation = z.infer<typeof lastingOperationSchema>

/** What was ordered. */
export function orderOf({ server: id, step, key, detail }: Pick<LastingOperation, 'server' | 'step' | 'key' | 'detail'>): Order {
  return { server: { id, labels: {} }, key, step, os: detail, reason: detail }
}

/** The lines that an operation has said by now, and nobody has heard. They count as told from then on. */
export function hear(operation: LastingOperation, now: number): readonly string[] {
  const lines = linesOf(orderOf(operation))
  const { startedAt, dueAt = startedAt, end } = operation
  const isThrough = dueAt <= startedAt || end?.is === 'succeeded' || end?.is === 'failed'
  const share = isThrough ? 1 : Math.min(1, ((end?.at ?? now) - startedAt) / (dueAt - startedAt))
  const said = Math.min(lines.length, Math.floor(share * lines.length) + 1)
  const unheard = lines.slice(operation.told, said)
  operation.told = Math.max(operation.told, said)
  return unheard.map((line) => `simulated: ${line}`)
}
