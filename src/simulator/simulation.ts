import { z } from 'zod'
import { durationSchema } from '../model/duration-schema.ts'
import { describeIssues, UsageError } from '../model/problem.ts'
import type { ServerId } from '../model/server.ts'
import { isServerId, serverIdPattern } from '../model/server.ts'
import type { FaultRules } from './fault-rules.ts'
import { faultsSchema, noFaults, readFaults } from './fault-rules.ts'

/** What a simulated rack does when a step is asked of it. */
export interface Behaviour {
  readonly takesMs: number
  /** The message that the step fails with. */
  readonly fails?: string
  readonly retryable?: boolean
  /** Never settles by itself. */
  readonly hangs?: boolean
  /** For how many tries the provisioner does not answer. */
  readonly unavailable?: number
  /** For how many tries after those it says that it is busy. */
  readonly busy?: number
  /** What a benchmark answers; anything at all, so that bad answers can be rehearsed. */
  readonly answer?: unknown
  /** What it answers when the same install is measured again; without it, the same. */
  readonly answerAgain?: unknown
}

/** The operations of a rack, named as the provisioner's methods are. */
export const rackSteps = ['install', 'benchmark', 'destroy', 'markAsBroken'] as const
export type RackStep = (typeof rackSteps)[number]

/** What a simulated machine may be before anybody touches it. */
export const serverStates = ['clean', 'installed', 'in-use', 'broken'] as const

/** One simulated machine: what it is before anybody touches it, and what it does. */
export interface Script extends Readonly<Record<RackStep, Behaviour>> {
  readonly state: (typeof serverStates)[number]
  readonly address?: string
  readonly labels: Readonly<Record<string, string>>
}

/** Which machines there are, and how each behaves. */
export interface Simulation {
  /** Nothing, if there is no such machine. */
  readonly scriptOf: (id: ServerId) => Script | undefined
  /** The machines that are known by name. */
  readonly listed: readonly ServerId[]
  /** Whether those that are not known by name exist too. */
  readonly isOpen: boolean
  /** What goes wrong with requests, where there are any: a rack in the same process has none. */
  readonly faults: FaultRules
}

const duration = durationSchema()

const step = z.strictObject({
  takes: duration.exactOptional(),
  fails: z.string().describe('the message that the step fails with').exactOptional(),
  retryable: z.boolean().describe('whether the failure may be tried again').exactOptional(),
  hangs: z.boolean().describe('true: until aborted').exactOptional(),
  unavailable: z.int().min(0).describe('for how many tries the provisioner does not answer').exactOptional(),
  busy: z.int().min(0).describe('for how many tries after those it says that it is busy').exactOptional(),
})
const answers = { score: z.unknown().exactOptional(), metrics: z.record(z.string(), z.unknown()).exactOptional() }
const isOneAnswer = (given: object): boolean => !('score' in given && 'metrics' in given)
const notBoth = { message: 'expected score or metrics, not both' }
const notBothSchema = { not: { required: ['score', 'metrics'] } }
const benchmark = step
  .extend({
    ...answers,
    again: z.strictObject(answers).refine(isOneAnswer, notBoth).meta(notBothSchema).describe('what every further measurement of the same install answers').exactOptional(),
  })
  .refine(isOneAnswer, notBoth)
  .meta(notBothSchema)
const behaviours = { install: step.exactOptional(), benchmark: benchmark.exactOptional(), destroy: step.exactOptional(), markAsBroken: step.exactOptional() }
const machine = z.strictObject({
  ...behaviours,
  state: z.enum(serverStates).exactOptional(),
  address: z.string().min(1).exactOptional(),
  labels: z.record(z.string(), z.string()).exactOptional(),
})
/** What a simulation file holds. */
export const simulationSchema = z.strictObject({
  defaults: z.strictObject(behaviours).describe('how machines behave for which nothing else is said').exactOptional(),
  strict: z.boolean().describe('true: only the servers listed exist').exactOptional(),
  servers: z.record(z.string(), machine.nullable()).meta({ propertyNames: { pattern: serverIdPattern.source } }).exactOptional(),
  faults: faultsSchema.exactOptional(),
})
type Given = Partial<z.infer<typeof benchmark>>

const atFirst: Readonly<Record<RackStep, Behaviour>> = {
  install: { takesMs: 1000 },
  benchmark: { takesMs: 2000, answer: 80 },
  destroy: { takesMs: 500 },
  markAsBroken: { takesMs: 0 },
}

/**
 * Reads what a simulation file holds.
 *
 * @throws UsageError with a line for each thing that is wrong in it.
 */
export function readSimulation(content: unknown): Simulation {
  const read = simulationSchema.safeParse(content)
  const problems = [...(read.success ? [] : describeIssues(read.error, content)), ...wrongIds(content)]
  if (!read.success || problems.length > 0) throw new UsageError(problems.map((problem) => `simulation: ${problem}`))
  const { defaults = {}, strict = false, servers = {}, faults } = read.data
  const usual: Script = { ...over(atFirst, defaults), state: 'clean', labels: {} }
  const scripts = new Map<string, Script>()
  for (const [id, given] of Object.entries(servers)) {
    const { install: _i, benchmark: _b, destroy: _d, markAsBroken: _m, ...about } = given ?? {}
    scripts.set(id, { ...usual, ...over(usual, given ?? {}), ...about })
  }
  return {
    scriptOf: (id) => scripts.get(id) ?? (strict ? undefined : usual),
    listed: [...scripts.keys()] as ServerId[],
    isOpen: !strict,
    faults: faults ? readFaults(faults) : noFaults,
  }
}

function over(behaviour: Readonly<Record<RackStep, Behaviour>>, given: Partial<Record<RackStep, Given>>): Record<RackStep, Behaviour> {
  return Object.fromEntries(rackSteps.map((name) => [name, { ...behaviour[name], ...behaviourOf(given[name] ?? {}) }])) as Record<RackStep, Behaviour>
}

function behaviourOf(given: Given): Partial<Behaviour> {
  const { takes, score, metrics, again, ...others } = given
  return {
    ...others,
    ...(takes !== undefined && { takesMs: takes }),
    ...('score' in given && { answer: score }),
    ...('metrics' in given && { answer: metrics }),
    ...(again && { answerAgain: 'metrics' in again ? again.metrics : again.score }),
  }
}

function wrongIds(content: unknown): string[] {
  const servers = typeof content === 'object' && content !== null && 'servers' in content ? content.servers : undefined
  if (typeof servers !== 'object' || servers === null) return []
  return Object.keys(servers)
    .filter((id) => !isServerId(id))
    .map((id) => `servers: ${JSON.stringify(id.slice(0, 130))} is no server ID: a letter or digit, then letters, digits, ".", "_" or "-", at most 128`)
}
