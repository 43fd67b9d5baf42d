import { z } from 'zod'
import { maxBrokenSchema } from './budget.ts'
import { attachChoices, benchmarkTypes, destroyPolicies, logFormats, unmatchedChoices } from './choices.ts'
import { gateSchema } from './gate.ts'
import { metricKindSchema } from './metric-kind.ts'
import { pastSchema } from './own-past.ts'
import { logLevels } from './provisioner.ts'
import { serverSchema } from './server.ts'
import { thresholdSchema } from './threshold.ts'

const ms = z.number().min(0)

/**
 * What one run is to do: the whole of it, so that a journal, which begins with it, can be resumed from itself.
 * Paths in it are absolute; secrets stand in it as `${NAME}`.
 */
export const planSchema = z.object({
  servers: z.array(serverSchema).min(1),
  /** `type` is the name of a built-in provisioner, the absolute path of a module, or `program:` and the name of one that a program brought. */
  /** Of the inventory's servers those that were wanted and could not be read: how many, and the first of them with the reason. */
  unreadable: z.object({ count: z.int().min(1), first: z.array(z.string()) }).exactOptional(),
  provisioner: z.object({ type: z.string(), settings: z.record(z.string(), z.json()) }),
  /** What measures the servers; without it, the provisioner's own benchmark. */
  benchmark: z.object({ type: z.enum(benchmarkTypes), settings: z.record(z.string(), z.json()) }).exactOptional(),
  os: z.string(),
  thresholds: z.array(thresholdSchema),
  /** What becomes of a server that no rule matches; without it, it fails for want of a measurement. */
  unmatched: z.enum(unmatchedChoices).exactOptional(),
  /** How often a server that misses a threshold is measured anew on the same install; without it, never. */
  retest: z.int().min(0).exactOptional(),
  /** What is known of the metrics that the benchmark gives. */
  metrics: z.record(z.string(), metricKindSchema).exactOptional(),
  /** What servers measured before, for rules about their own history. */
  past: pastSchema.exactOptional(),
  /** How long each server will probably take, in milliseconds, in the order of `servers`: those that take longest are started first. Without it, they are started as they stand. */
  expectedMs: z.array(ms).exactOptional(),
  /** Of which servers an install may begin at all; without it, of all. */
  gate: gateSchema.exactOptional(),
  concurrency: z.int().min(1),
  destroy: z.enum(destroyPolicies),
  markBroken: z.boolean(),
  maxBroken: maxBrokenSchema,
  /** How many alike failures in a row look like one cause; 0 is off. */
  maxAlike: z.int().min(0),
  /** New tries after a retryable error of the server. */
  retries: z.int().min(0),
  maxOutageMs: ms,
  limitsMs: z.object({ install: ms, benchmark: ms, destroy: ms, mark: ms }),
  /** How long a step may take to settle after its signal has aborted, before it is left behind. */
  graceMs: ms,
  /** When the run should be over, wiping included; counted from the start of the process. */
  deadlineMs: ms.exactOptional(),
  /** How much of the deadline is kept for wiping. */
  wipeReserveMs: ms.exactOptional(),
  /** The folder of past runs that this one is added to; absolute. */
  history: z.string().exactOptional(),
  suite: z.string(),
  attach: z.enum(attachChoices),
  logLevel: z.enum(logLevels),
  logFormat: z.enum(logFormats),
  /** The flags that this run was given, without those that select servers or say where to write: for the command that runs a server again. */
  flags: z.array(z.string()),
})
export type Plan = z.infer<typeof planSchema>

const programPrefix = 'program:'

/** How a plan names the provisioner that a program brought: like no type and no path, so that nobody takes another one for it. */
export function programProvisioner(name: string): string {
  return `${programPrefix}${name}`
}

/** Whether a program brought the provisioner: the command line cannot open it. */
export function isOfProgram({ provisioner }: Pick<Plan, 'provisioner'>): boolean {
  return provisioner.type.startsWith(programPrefix)
}

/** What `resume` may be given anew. */
export const overridesSchema = z.object({
  concurrency: planSchema.shape.concurrency.exactOptional(),
  maxBroken: planSchema.shape.maxBroken.exactOptional(),
  maxOutageMs: planSchema.shape.maxOutageMs.exactOptional(),
  deadlineMs: planSchema.shape.deadlineMs,
  history: planSchema.shape.history,
})
export type Overrides = z.infer<typeof overridesSchema>

const longestReserveMs = 30 * 60_000

/** How much time of the deadline is kept for wiping: a fifth of it, at most 30 minutes, unless the plan says otherwise. */
export function reserveFor({ deadlineMs = 0, wipeReserveMs }: Pick<Plan, 'deadlineMs' | 'wipeReserveMs'>): number {
  return wipeReserveMs ?? Math.min(deadlineMs / 5, longestReserveMs)
}
