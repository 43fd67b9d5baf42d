import { z } from 'zod'
import { failureSchema } from './fault.ts'
import { overridesSchema, planSchema } from './plan.ts'
import { serverIdSchema } from './server.ts'
import { stepResultSchema, steps } from './step.ts'

/** Written in the journal's first line; a reader refuses a number above its own. */
export const journalVersion = 1

/** Why no more servers are started, or why the run is being stopped. */
export const stopCauses = ['signal', 'deadline', 'journal', 'budget', 'alike', 'unavailable'] as const
export type StopCause = (typeof stopCauses)[number]

export const stopSignals = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const
export type StopSignal = (typeof stopSignals)[number]

export const runStatuses = ['running', 'finished', 'stopped', 'braked'] as const
export type RunStatus = (typeof runStatuses)[number]

/** The Jenkins build that a process of the run belonged to. */
export const buildSchema = z.object({ job: z.string().exactOptional(), number: z.string().exactOptional(), url: z.string().exactOptional() })
export type Build = z.infer<typeof buildSchema>

const step = z.enum(steps)
const operation = { server: serverIdSchema, step, round: z.int().min(1) }
const stepEnd = { ...operation, durationMs: z.number().min(0), attempts: z.int().min(0) }
const [passed, failed, skipped] = stepResultSchema.options

export const factSchema = z.union([
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('run.started'), version: z.int(), run: z.string().min(1), plan: planSchema, build: buildSchema, budget: z.int().min(0) }),
    z.object({ type: z.literal('run.resumed'), build: buildSchema, overrides: overridesSchema }),
    z.object({ type: z.literal('run.stopping'), because: z.enum(stopCauses), signal: z.enum(stopSignals).exactOptional(), message: z.string().exactOptional() }),
    z.object({ type: z.literal('run.finished'), status: z.enum(runStatuses), exitCode: z.int(), problems: z.array(z.string()) }),
    z.object({ type: z.literal('server.started'), server: serverIdSchema, worker: z.string(), turn: z.int().min(1), kept: z.array(step) }),
    z.object({ type: z.literal('step.started'), ...operation, key: z.string() }),
    z.object({ type: z.literal('step.retried'), ...operation, attempt: z.int().min(1), key: z.string(), failure: failureSchema, delayMs: z.number().min(0) }),
    z.object({ type: z.literal('server.finished'), server: serverIdSchema, tail: z.array(z.string()).exactOptional() }),
  ]),
  z.discriminatedUnion('status', [
    z.object({ type: z.literal('step.finished'), ...stepEnd, ...passed.shape }),
    z.object({ type: z.literal('step.finished'), ...stepEnd, ...failed.shape }),
    z.object({ type: z.literal('step.finished'), ...stepEnd, ...skipped.shape }),
  ]),
])

/** Something that happened in a run, named in the past tense. Nothing in it can be derived from what came before. */
export type Fact = z.infer<typeof factSchema>

/** A fact, and the moment it was recorded (ISO 8601, UTC). */
export type RunEvent = Fact & { readonly at: string }

export type FactOf<Type extends Fact['type']> = Extract<Fact, { type: Type }>
export type EventOf<Type extends Fact['type']> = FactOf<Type> & { readonly at: string }

/** Reads one line of a journal back. */
export const runEventSchema: z.ZodType<RunEvent> = factSchema.and(z.object({ at: z.iso.datetime() }))

/** Hears of each event after it has been journalled, in order. May not change anything; what it throws becomes a problem of the run. */
export type Subscriber<State> = (event: RunEvent, run: State) => void
