import { z } from 'zod'
import { durationSchema } from '../model/duration-schema.ts'

/** What becomes of a request that a fault strikes. */
export const faultNames = ['hang', 'cut', 'html', 'error', 'unavailable', 'duplicate', 'late', 'lose'] as const
export type FaultName = (typeof faultNames)[number]

/** What a request asks for, as rules name it. */
export const requestKinds = ['install', 'benchmark', 'destroy', 'mark-broken', 'operations', 'servers'] as const
export type RequestKind = (typeof requestKinds)[number]

export interface FaultRule {
  readonly fault: FaultName
  /** Of the requests that it is about, how many it strikes; from 0 to 1. */
  readonly share: number
  readonly of: readonly RequestKind[]
  /** How late a request arrives, or its duplicate; in milliseconds. */
  readonly byMs: number
  /** What a 503 asks to wait; in milliseconds. */
  readonly retryAfterMs: number
  /** The status of a web page. */
  readonly status: number
}

/** Faults on demand, the same ones each time. */
export interface FaultRules {
  readonly seed: string
  readonly rules: readonly FaultRule[]
}

export const noFaults: FaultRules = { seed: '', rules: [] }

const posts = ['install', 'benchmark', 'destroy', 'mark-broken'] as const

const sharePattern = String.raw`(\d{1,3}(?:\.\d{1,6})?)%`
const writtenShare = new RegExp(`^${sharePattern}$`)
const shareText = { type: 'string', pattern: `^${sharePattern}$` } as const

const share = z.unknown().transform((value, context): number => {
  const [, percent] = (typeof value === 'string' && writtenShare.exec(value)) || []
  if (percent === undefined || Number(percent) > 100) context.addIssue({ code: 'custom', message: 'expected a share from 0% to 100%' })
  return Number(percent ?? 0) / 100
}).meta(shareText)
const duration = durationSchema()

/** `5%` is short for `{ share: 5% }`. */
function rule<Shape extends z.ZodRawShape>(more: Shape) {
  const whole = z.strictObject({ share, of: z.array(z.enum(requestKinds)).min(1).exactOptional(), ...more })
  return z.preprocess((given) => (typeof given === 'string' && given.endsWith('%') ? { share: given } : given), whole).meta({ shorthand: shareText }).exactOptional()
}

/** What goes wrong with requests. */
export const faultsSchema = z
  .strictObject({
    seed: z.union([z.string(), z.number()]).exactOptional(),
    hang: rule({}),
    cut: rule({}),
    html: rule({ status: z.int().min(200).max(599).exactOptional() }),
    error: rule({}),
    unavailable: rule({ retryAfter: duration.exactOptional() }),
    duplicate: rule({ by: duration.exactOptional() }),
    late: rule({ by: duration.exactOptional() }),
    lose: rule({}),
  })
  .refine((given) => faultNames.reduce((sum, name) => sum + (given[name]?.share ?? 0), 0) <= 1 + 1e-9, { message: 'expected shares that are 100% together at most' })

/** Reads the `faults` of a simulation file. */
export function readFaults({ seed = 1, ...given }: z.infer<typeof faultsSchema>): FaultRules {
  const rules = faultNames.flatMap((fault): FaultRule[] => {
    const read: { share: number; of?: RequestKind[]; by?: number; retryAfter?: number; status?: number } | undefined = given[fault]
    if (!read) return []
    const of = read.of ?? (fault === 'lose' ? posts : requestKinds)
    return [{ fault, share: read.share, of, byMs: read.by ?? 1000, retryAfterMs: read.retryAfter ?? 1000, status: read.status ?? 200 }]
  })
  return { seed: String(seed), rules }
}
