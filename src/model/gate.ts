import { z } from 'zod'
import type { Check, Endpoint } from './endpoint.ts'

const port = z.int().min(1).max(65_535)

/** What a server's ports must say before its install begins for the first time. */
export const gateSchema = z.object({
  /** Ports that must answer. */
  open: z.array(port),
  /** Ports that must be refused: those at which a server in production would answer. */
  closed: z.array(port),
  /** How long one look at a port may take. */
  limitMs: z.number().min(0),
})
export type Gate = z.infer<typeof gateSchema>

/** What came of looking at one port. */
export interface Seen {
  readonly endpoint: Endpoint
  readonly check: Check
}

/** The ports that a gate asks about, each once. */
export function portsOf({ open, closed }: Gate): number[] {
  return [...new Set([...open, ...closed])]
}

/**
 * Why a gate stays shut for a server, in words that are the same for servers that are alike; nothing if it opens. A closed port must be
 * refused: what cannot be told is no refusal.
 */
export function whyShut({ open, closed }: Gate, seen: readonly Seen[]): string | undefined {
  const lookAt = (port: number): Seen => seen.find(({ endpoint }) => endpoint.port === port)!
  const reasons = [
    ...open.map(lookAt).flatMap(({ endpoint, check }) => (check.ok ? [] : [`port ${endpoint.port} does not answer: ${whyNot(check)}`])),
    ...closed.map(lookAt).flatMap(({ endpoint, check }) => {
      if (check.ok) return [`port ${endpoint.port} answers, and must be refused`]
      return check.reason === 'refused' ? [] : [`port ${endpoint.port} is not refused: ${whyNot(check)}`]
    }),
  ]
  return reasons.length > 0 ? reasons.join('; ') : undefined
}

function whyNot({ reason, detail }: Extract<Check, { ok: false }>): string {
  const isClear = detail === '' || reason === 'refused' || reason === 'timeout'
  return isClear ? reason : `${reason} (${detail})`
}

/** What a gate asks for, in words: `port 22 answers, port 443 is refused`. */
export function describeGate({ open, closed }: Gate): string {
  return [...open.map((number) => `port ${number} answers`), ...closed.map((number) => `port ${number} is refused`)].join(', ')
}
