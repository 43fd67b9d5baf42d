import type { ServerId } from './server.ts'
import type { Step } from './step.ts'

/** The last operation that was begun on a server, and whether it is known how it ended. */
export interface Operation {
  readonly step: Step
  readonly number: number
  readonly outcomeKnown: boolean
}

/** What is known of a server's operations: the last one, and how many there were of each step. */
export interface Operations {
  readonly last?: Operation | undefined
  readonly counts: Readonly<Record<Step, number>>
}

export const noOperations: Operations = { last: undefined, counts: { install: 0, benchmark: 0, check: 0, destroy: 0, mark: 0 } }

const mostAlike = 1000
const alike = new Map<string, Operations>()

/** The same, as one object for all servers that have come as far: most of a fleet have. */
export function sharedOperations(operations: Operations): Operations {
  const { last, counts } = operations
  const key = `${last?.step} ${last?.number} ${last?.outcomeKnown} ${Object.values(counts).join(' ')}`
  const known = alike.get(key)
  if (known) return known
  // Tries without end would otherwise be kept without end.
  if (alike.size >= mostAlike) alike.clear()
  alike.set(key, operations)
  return operations
}

/**
 * The number of the operation to begin next. It is that of the last one, so that the same is asked for again, while its
 * outcome is unknown and nothing else has been done to the server since; otherwise it is a new one.
 */
export function nextNumber({ last, counts }: Operations, step: Step): number {
  return last?.step === step && !last.outcomeKnown ? last.number : counts[step] + 1
}

/** The idempotency key of an operation: `<run>/<server>/<step>/<n>`. */
export function operationKey(run: string, server: ServerId, step: Step, number: number): string {
  return [run, server, step, number].join('/')
}

/** The `n` of a key. */
export function numberOf(key: string): number {
  return Number(key.slice(key.lastIndexOf('/') + 1))
}
