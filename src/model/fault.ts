import { z } from 'zod'
import type { Violation } from './violation.ts'

/** Marks our error classes across copies of the package: a module of the user's may bring its own. */
export const faultBrand = Symbol.for('rackbench.fault')

/** Where an error class leads: the table "Whose fault is it" of the design. */
interface Blame {
  /** What becomes of the server. */
  readonly server: 'failed' | 'skipped'
  /** Whether this is a verdict about the server; if not, a resumed run starts it over. */
  readonly judged: boolean
  /** Whether the server is marked as broken for it: only for a fault of its own. */
  readonly marked: boolean
  /** Whether the outcome of the operation is known; if not, it is asked for again under the same key. */
  readonly outcomeKnown: boolean
}

/** Every class that a failure can have, and whose fault it is. */
export const blames = {
  PerformanceError: { server: 'failed', judged: true, marked: true, outcomeKnown: true },
  ServerOperationError: { server: 'failed', judged: true, marked: true, outcomeKnown: true },
  StepTimeoutError: { server: 'failed', judged: true, marked: true, outcomeKnown: false },
  MeasurementError: { server: 'failed', judged: true, marked: false, outcomeKnown: true },
  ProvisionerUnavailableError: { server: 'failed', judged: false, marked: false, outcomeKnown: false },
  RequestRefusedError: { server: 'failed', judged: false, marked: false, outcomeKnown: true },
  DefectError: { server: 'failed', judged: false, marked: false, outcomeKnown: false },
  UnknownServerError: { server: 'failed', judged: false, marked: false, outcomeKnown: true },
  ServerNotOursError: { server: 'skipped', judged: false, marked: false, outcomeKnown: true },
  RunStopped: { server: 'skipped', judged: false, marked: false, outcomeKnown: false },
} as const satisfies Record<string, Blame>

export type FaultType = keyof typeof blames
export const faultTypes = Object.keys(blames) as readonly FaultType[]

/** Why a step did not pass: plain data, since a later process reads it back from the journal. */
export const failureSchema = z.object({
  type: z.enum(faultTypes),
  message: z.string(),
  /** Only of defects: where in the code it happened. */
  stack: z.string().exactOptional(),
})
export type Failure = z.infer<typeof failureSchema>

interface FaultOptions extends ErrorOptions {
  /** Whether trying the same again may help. Heeded for `ServerOperationError` and plain errors. */
  readonly retryable?: boolean
}

/** An error that says whose fault it is. */
abstract class Fault extends Error {
  abstract readonly [faultBrand]: FaultType
  readonly retryable: boolean
  constructor(message: string, { retryable = false, ...options }: FaultOptions = {}) {
    super(message, options)
    this.retryable = retryable
  }
}

/** The server was measured, and a finite value violates a threshold. Failed, and marked as broken. */
export class PerformanceError extends Fault {
  override readonly name = 'PerformanceError'
  readonly [faultBrand] = 'PerformanceError'
  readonly violations: readonly Violation[]
  constructor(message: string, { violations = [], ...options }: FaultOptions & { readonly violations?: readonly Violation[] } = {}) {
    super(message, options)
    this.violations = violations
  }
}

/** This server failed to install, to run its benchmark, or to be wiped. Tried again if `retryable`; failed, and marked as broken. */
export class ServerOperationError extends Fault {
  override readonly name = 'ServerOperationError'
  readonly [faultBrand] = 'ServerOperationError'
}

/** The step ran out of its time while the provisioner was answering. Failed, and marked as broken. */
export class StepTimeoutError extends Fault {
  override readonly name = 'StepTimeoutError'
  readonly [faultBrand] = 'StepTimeoutError'
}

/** A metric is missing or not a finite number, the output could not be read, or a tool is absent. Failed, not marked. */
export class MeasurementError extends Fault {
  override readonly name = 'MeasurementError'
  readonly [faultBrand] = 'MeasurementError'
}

/** The provisioner, or the network to it, does not answer, or says that it is busy. Tried again for `--max-outage`; then not judged. */
export class ProvisionerUnavailableError extends Fault {
  override readonly name = 'ProvisionerUnavailableError'
  readonly [faultBrand] = 'ProvisionerUnavailableError'
  /** The provisioner answers, and asks to come back later: counts as no try. */
  readonly busy: boolean
  /** How long the provisioner asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined
  constructor(message: string, { busy = false, retryAfterMs, ...options }: FaultOptions & { readonly busy?: boolean; readonly retryAfterMs?: number | undefined } = {}) {
    super(message, options)
    this.busy = busy
    this.retryAfterMs = retryAfterMs
  }
}

/** Our request was wrong: a bad image, bad credentials. Not judged. */
export class RequestRefusedError extends Fault {
  override readonly name = 'RequestRefusedError'
  readonly [faultBrand] = 'RequestRefusedError'
}

/** A fault in an adapter, in rackbench, or of this machine. Not judged. */
export class DefectError extends Fault {
  override readonly name = 'DefectError'
  readonly [faultBrand] = 'DefectError'
}

/** The provisioner has no such server. Not judged. */
export class UnknownServerError extends Fault {
  override readonly name = 'UnknownServerError'
  readonly [faultBrand] = 'UnknownServerError'
}

/** In use, reserved by somebody, under maintenance, or already marked broken. Skipped, and not wiped. */
export class ServerNotOursError extends Fault {
  override readonly name = 'ServerNotOursError'
  readonly [faultBrand] = 'ServerNotOursError'
}
