import { z } from 'zod'
import { failureSchema } from './fault.ts'
import { metricsSchema } from './metrics.ts'
import { installedSchema } from './server.ts'
import { violationSchema, warningSchema } from './violation.ts'

/** The pipeline of one server, in order. */
export const steps = ['install', 'benchmark', 'check', 'destroy', 'mark'] as const
export type Step = (typeof steps)[number]

/** The steps that a time limit can be set for; `check` is a comparison of numbers. */
export const limitedSteps = ['install', 'benchmark', 'destroy', 'mark'] as const

/** What `check` found that only warns. */
const warned = { warnings: z.array(warningSchema).exactOptional() }

const passedSchema = z.object({
  status: z.literal('passed'),
  /** What `install` answered. */
  installed: installedSchema.exactOptional(),
  /** What `benchmark` measured. */
  metrics: metricsSchema.exactOptional(),
  ...warned,
})
const failedSchema = z.object({
  status: z.literal('failed'),
  failure: failureSchema,
  /** The thresholds that `check` found violated. */
  violations: z.array(violationSchema).exactOptional(),
  /** Of `check`: this is no verdict, for the same install is measured once more. */
  retest: z.literal(true).exactOptional(),
  ...warned,
})
const skippedSchema = z.object({
  status: z.literal('skipped'),
  because: z.string(),
  /** Present where the step had begun, or would have, and was given up: the run was stopped, or the server is not ours. */
  failure: failureSchema.exactOptional(),
})

/** How a step ended. */
export const stepResultSchema = z.discriminatedUnion('status', [passedSchema, failedSchema, skippedSchema])
export type StepResult = z.infer<typeof stepResultSchema>

/** How a step ended, when it had begun, if it had (ISO 8601), and what it took. */
export type StepRecord = StepResult & { readonly startedAt?: string; readonly durationMs: number; readonly attempts: number }
