import { z } from 'zod'
import { buildSchema, runStatuses } from './event.ts'
import { faultTypes } from './fault.ts'
import { metricKindSchema } from './metric-kind.ts'
import { metricsSchema } from './metrics.ts'
import type { Results, ServerResult } from './results.ts'
import { serverIdSchema } from './server.ts'
import { steps } from './step.ts'

/** Written in every file of a history; a reader refuses a number above its own. */
export const pastRunVersion = 1

const pastServerSchema = z.object({
  id: serverIdSchema,
  status: z.enum(['passed', 'failed', 'skipped']),
  labels: z.record(z.string(), z.string()),
  /** Of the last round. */
  metrics: metricsSchema,
  /** What the steps took, in milliseconds: those that were carried out. */
  stepsMs: z.partialRecord(z.enum(steps), z.number()),
  /** Those of them that failed: what they took tells nothing of how long they take. Not in files of earlier versions, and not where there are none. */
  failedSteps: z.array(z.enum(steps)).exactOptional(),
  /** Why it failed. */
  error: z.object({ type: z.enum(faultTypes), step: z.enum(steps), message: z.string() }).exactOptional(),
})
export type PastServer = z.infer<typeof pastServerSchema>

/** What a history keeps of a run: enough to compare servers and runs, and not the run itself. */
export const pastRunSchema = z.object({
  historyVersion: z.literal(pastRunVersion),
  run: z.object({
    id: z.string(),
    /** ISO 8601, UTC. */
    startedAt: z.string(),
    finishedAt: z.string().nullable(),
    status: z.enum(runStatuses),
    provisioner: z.string(),
    os: z.string(),
    concurrency: z.int(),
    exitCode: z.int().nullable(),
    build: buildSchema,
  }),
  /** What is known of the metrics: unit, which direction is better. */
  metrics: z.record(z.string(), metricKindSchema),
  /** Those that were begun, in the order of the run. */
  servers: z.array(pastServerSchema),
})
export type PastRun = z.infer<typeof pastRunSchema>

/** What is kept of a run's results. */
export function pastRunOf({ run, servers }: Results): PastRun {
  const { id, startedAt, finishedAt, status, provisioner, os, concurrency, exitCode, build, metrics = {} } = run
  return {
    historyVersion: pastRunVersion,
    run: { id, startedAt, finishedAt, status, provisioner, os, concurrency, exitCode, build },
    metrics,
    servers: servers.filter(({ startedAt: begun }) => begun !== null).map(pastServerOf),
  }
}

function pastServerOf({ id, status, labels = {}, metrics, steps: ended, error }: ServerResult): PastServer {
  const carriedOut = Object.entries(ended).filter(([, { status: end }]) => end !== 'skipped')
  const failed = steps.filter((step) => ended[step]?.status === 'failed')
  return {
    id,
    status,
    labels,
    metrics,
    stepsMs: Object.fromEntries(carriedOut.map(([step, { durationMs }]) => [step, durationMs])),
    ...(failed.length > 0 && { failedSteps: failed }),
    ...(error && { error }),
  }
}
