import { z } from 'zod'

/** What may be left out, or be null. */
const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined)

const result = {
  /** Anything: what is no number is the benchmark's fault, and not a broken protocol. */
  metrics: z.unknown().optional().transform((metrics) => metrics ?? undefined),
  address: optional(z.string().max(1000)),
  facts: optional(z.record(z.string(), z.string())),
  log: optional(z.array(z.string())),
}

/** What stands in an address once it is encoded: a half of a character cannot be. */
const encodable = (longest: number) => z.string().min(1).max(longest).refine((text) => text.isWellFormed(), { message: 'expected a text that can stand in an address' })

/** Names an operation; `.` and `..` would name another path, however they are encoded. */
const operationId = encodable(200).refine((id) => id !== '.' && id !== '..', { message: 'expected a name that can stand in a path' })

/** An operation, as a POST or a poll tells of it. */
export const operationSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('running'), id: operationId, ...result }),
  z.object({ status: z.literal('succeeded'), id: optional(operationId), ...result }),
  z.object({ status: z.literal('failed'), id: optional(operationId), ...result, error: z.object({ message: z.string(), code: optional(z.string()) }) }),
])
type ToldOperation = z.infer<typeof operationSchema>
export type Succeeded = Extract<ToldOperation, { readonly status: 'succeeded' }>

/** What was told, and how long the provisioner asks to wait before it is asked again. */
export type PolledOperation = ToldOperation & { readonly retryAfterMs: number | undefined }

const listedServerSchema = z.object({
  id: z.string().max(1000),
  address: optional(z.string().max(1000)),
  labels: optional(z.record(z.string(), z.string())),
  state: z.enum(['clean', 'installed', 'broken']),
})

/** A page of the provisioner's servers. */
export const pageSchema = z.object({ servers: z.array(listedServerSchema), next: optional(encodable(2000)) })
export type Page = z.infer<typeof pageSchema>

/** An answer that refuses, as far as it tells why. */
export const refusalSchema = z.object({ error: z.object({ code: z.string() }) })
