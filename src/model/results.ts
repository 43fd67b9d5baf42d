import { z } from 'zod'
import { buildSchema, runStatuses, stopCauses } from './event.ts'
import { faultTypes } from './fault.ts'
import { metricsSchema } from './metrics.ts'
import { metricKindSchema } from './metric-kind.ts'
import { serverIdSchema } from './server.ts'
import { leftStates } from './server-state.ts'
import { steps } from './step.ts'
import { suspectSchema } from './suspects.ts'
import { violationSchema, warningSchema } from './violation.ts'

/** Written in every results.json; a reader refuses a number above its own. */
export const resultsVersion = 1

const errorSchema = z.object({ type: z.enum(faultTypes), message: z.string() })
const stepSchema = z.object({
  status: z.enum(['passed', 'failed', 'skipped']),
  /** Absent where it had not begun, and in files of earlier versions. */
  startedAt: z.string().exactOptional(),
  durationMs: z.number(),
  attempts: z.int(),
  because: z.string().exactOptional(),
  error: errorSchema.exactOptional(),
})
const roundSchema = z.object({
  benchmark: stepSchema.exactOptional(),
  check: stepSchema.exactOptional(),
  metrics: metricsSchema,
  violations: z.array(violationSchema),
  /** What rules found that only warn. */
  warnings: z.array(warningSchema).exactOptional(),
})

export const serverResultSchema = z.object({
  id: serverIdSchema,
  status: z.enum(['passed', 'failed', 'skipped']),
  /** Why it was skipped. */
  because: z.string().exactOptional(),
  worker: z.string().nullable(),
  startedAt: z.string().nullable(),
  durationMs: z.number(),
  left: z.enum(leftStates),
  /** The server's own, and what its install found out. Absent in files of earlier versions, as are `warnings`. */
  labels: z.record(z.string(), z.string()).exactOptional(),
  steps: z.partialRecord(z.enum(steps), stepSchema),
  rounds: z.array(roundSchema),
  /** Of the last round. */
  metrics: metricsSchema,
  violations: z.array(violationSchema),
  warnings: z.array(warningSchema).exactOptional(),
  /** It missed a threshold, and was measured once more on the same install; `rounds` has all measurements. */
  retested: z.literal(true).exactOptional(),
  broken: z.object({ due: z.boolean(), marked: z.boolean(), withheld: z.string().exactOptional(), reason: z.string().nullable(), error: z.string().exactOptional() }),
  error: errorSchema.extend({ step: z.enum(steps) }).exactOptional(),
  /** The last lines of the log of a server that did not pass. */
  tail: z.array(z.string()).exactOptional(),
})
export type ServerResult = z.infer<typeof serverResultSchema>

const runResultSchema = z.object({
  id: z.string(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  status: z.enum(runStatuses),
  because: z.enum(stopCauses).exactOptional(),
  provisioner: z.string(),
  os: z.string(),
  concurrency: z.int(),
  /** Null while the run goes on. */
  exitCode: z.int().nullable(),
  problems: z.array(z.string()),
  build: buildSchema,
  /** What is known of the metrics. */
  metrics: z.record(z.string(), metricKindSchema).exactOptional(),
})

/** What results.json holds. The JSON Schema in docs/ is made from this. */
export const resultsSchema = z.object({
  schemaVersion: z.literal(resultsVersion),
  run: runResultSchema,
  summary: z.object({
    total: z.int(),
    passed: z.int(),
    failed: z.int(),
    skipped: z.int(),
    markedBroken: z.int(),
    left: z.record(z.enum(leftStates), z.int()),
  }),
  passed: z.array(serverIdSchema),
  failed: z.array(serverIdSchema),
  skipped: z.array(serverIdSchema),
  /** Once no server is waiting or under way any more: those that passed, and measured far worse than the others of their model; the gravest first. */
  suspects: z.array(suspectSchema).exactOptional(),
  servers: z.array(serverResultSchema),
})
export type Results = z.infer<typeof resultsSchema>
