import { hashOf } from './chance.ts'
import type { FaultRule, FaultRules, RequestKind } from './fault-rules.ts'

/** Chooses the fault that strikes a request, if any does. `name` says what is asked for, without what differs from run to run. */
export type Strike = (kind: RequestKind, name: string) => FaultRule | undefined

/**
 * Faults that depend on the seed, on what is asked for, and on how often it was asked for; not on the order in which the requests
 * of many servers arrive.
 */
export function strikeBy({ seed, rules }: FaultRules): Strike {
  const asked = new Map<string, number>()
  return (kind, name) => {
    const possible = rules.filter(({ of }) => of.includes(kind))
    if (possible.length === 0) return undefined
    const times = (asked.get(name) ?? 0) + 1
    asked.set(name, times)
    let draw = hashOf(`${seed}/${name}/${times}`) / 2 ** 32
    return possible.find(({ share }) => (draw -= share) < 0)
  }
}
