import type { Failure, FaultType } from '../model/fault.ts'
import { blames, faultBrand } from '../model/fault.ts'
import { violationSchema } from '../model/violation.ts'
import type { Violation } from '../model/violation.ts'

/** What was thrown, as data: whose fault it is, and whether trying again may help. */
export interface Classified {
  readonly failure: Failure
  readonly retryable: boolean
  readonly busy: boolean
  readonly retryAfterMs?: number
  readonly violations?: readonly Violation[]
  /** The provisioner's state is told by its own error or by a network code, not by an abort. */
  readonly isAbort: boolean
}

const deepest = 8
const mostCauses = 200

const networkCode =
  /^(?:ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|UND_ERR_.*|CERT_.*|ERR_TLS_.*|ERR_SSL_.*|.*_SIGNATURE|.*SELF_SIGNED.*|UNABLE_TO_GET_.*|INVALID_CA|HOSTNAME_MISMATCH)$/
const machineCode = /^(?:ENOENT|EACCES|EPERM|EMFILE|ENFILE|ENOSPC|EROFS|ENOMEM)$/

/** Each rule is tried on the whole chain of causes before the next one. The order is the design's, section 3. */
const rules: readonly ((cause: unknown) => FaultType | undefined)[] = [
  (cause) => brandOf(cause),
  (cause) => (networkCode.test(codeOf(cause)) || isAbort(cause) ? 'ProvisionerUnavailableError' : undefined),
  (cause) => (machineCode.test(codeOf(cause)) ? 'DefectError' : undefined),
  (cause) => (['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError', 'URIError'].includes(textOf(cause, 'name')) ? 'DefectError' : undefined),
]

/** Never throws, whatever was thrown. */
export function classify(thrown: unknown): Classified {
  const chain = causesOf(thrown)
  for (const rule of rules) {
    for (const cause of chain) {
      const type = rule(cause)
      if (type) return told(type, thrown, cause, chain)
    }
  }
  return told(isError(thrown) ? 'ServerOperationError' : 'DefectError', thrown, thrown, chain)
}

function told(type: FaultType, thrown: unknown, cause: unknown, chain: readonly unknown[]): Classified {
  const retryAfterMs = read(cause, 'retryAfterMs')
  const violations = type === 'PerformanceError' ? violationsOf(cause) : []
  return {
    failure: { type, message: messageOf(type, thrown, [cause, ...chain]), ...(type === 'DefectError' && { stack: textOf(thrown, 'stack') }) },
    retryable: type === 'ServerOperationError' && (read(cause, 'retryable') === true || read(thrown, 'retryable') === true),
    busy: read(cause, 'busy') === true,
    ...(typeof retryAfterMs === 'number' && retryAfterMs >= 0 && { retryAfterMs }),
    ...(violations.length > 0 && { violations }),
    isAbort: isAbort(cause),
  }
}

/** What was thrown, in words, and the first of its causes that says more. */
function messageOf(type: FaultType, thrown: unknown, causes: readonly unknown[]): string {
  if (!isError(thrown) && brandOf(thrown) === undefined) return `something that is no Error was thrown: ${shown(thrown)}`
  const outer = textOf(thrown, 'message')
  const inner = causes.filter((cause) => cause !== thrown).map((cause) => textOf(cause, 'message')).find((text) => text !== '') ?? ''
  const parts = outer.includes(inner) ? [outer] : [outer, inner]
  return parts.filter((part) => part !== '').join(': ') || `${type} without a message`
}

/** The thrown value, its causes, and the errors it aggregates: at most 8 deep. */
function causesOf(thrown: unknown): readonly unknown[] {
  const chain: unknown[] = []
  const visit = (value: unknown, depth: number): void => {
    if (depth > deepest || chain.length >= mostCauses || value === undefined || value === null || chain.includes(value)) return
    chain.push(value)
    visit(read(value, 'cause'), depth + 1)
    for (const error of listOf(read(value, 'errors'))) visit(error, depth + 1)
  }
  visit(thrown, 1)
  return chain.length > 0 ? chain : [thrown]
}

function violationsOf(cause: unknown): readonly Violation[] {
  try {
    return violationSchema.array().safeParse(listOf(read(cause, 'violations'))).data ?? []
  } catch {
    return []
  }
}

function brandOf(value: unknown): FaultType | undefined {
  const brand = read(value, faultBrand)
  return typeof brand === 'string' && Object.hasOwn(blames, brand) && brand !== 'RunStopped' ? (brand as FaultType) : undefined
}

function isAbort(value: unknown): boolean {
  return ['AbortError', 'TimeoutError'].includes(textOf(value, 'name'))
}

function isError(value: unknown): boolean {
  try {
    return value instanceof Error
  } catch {
    return false
  }
}

function codeOf(value: unknown): string {
  return textOf(value, 'code')
}

function textOf(value: unknown, key: string): string {
  const text = read(value, key)
  return typeof text === 'string' ? text : ''
}

/** A property of whatever was thrown, which may be a proxy or have a getter that throws. */
function read(value: unknown, key: PropertyKey): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  try {
    return Reflect.get(value, key)
  } catch {
    return undefined
  }
}

/** The items of an array, as many as may be of use; even to ask whether it is one may throw. */
function listOf(value: unknown): readonly unknown[] {
  try {
    return Array.isArray(value) ? Array.from({ length: Math.min(value.length, mostCauses) }, (_, index): unknown => value[index]) : []
  } catch {
    return []
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value
  try {
    return JSON.stringify(value) ?? typeof value
  } catch {
    return typeof value
  }
}
