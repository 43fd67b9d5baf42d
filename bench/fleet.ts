import type { ServerId } from '../src/model/server.ts'
import { fixedRule } from '../src/simulator/fixed-rule.ts'

/** Servers by their number: `n-000001`, `n-000002` ... */
export function fleetOf(count: number): ServerId[] {
  return Array.from({ length: count }, (_, index) => `n-${String(index + 1).padStart(6, '0')}` as ServerId)
}

/** Which servers fail, as `instant-rack.mjs` and `seed.py` read it. */
export interface Faults {
  /** Why a server cannot be installed. */
  readonly fails: Readonly<Record<string, string>>
  /** The scores of those that are too slow. */
  readonly scores: Readonly<Record<string, number>>
}

/** What is below it has failed; so it is by default. */
const threshold = 50

/** The failures of the rack that is there without a simulation file: one server of 40 cannot be installed, one of 40 is too slow. */
export function faultsOf(servers: readonly ServerId[]): Faults {
  const fails: Record<string, string> = {}
  const scores: Record<string, number> = {}
  for (const id of servers) {
    const { install, benchmark } = fixedRule.scriptOf(id) ?? {}
    if (install?.fails !== undefined) fails[id] = install.fails
    if (Number(benchmark?.answer) < threshold) scores[id] = Number(benchmark?.answer)
  }
  return { fails, scores }
}

/** A simulation file for servers of these lengths in milliseconds, divided among the steps about as on real machines. */
export function simulationOf(servers: readonly ServerId[], lengths: readonly number[]): unknown {
  const takes = (ms: number): { readonly takes: string } => ({ takes: `${ms}ms` })
  const scripts = servers.map((id, index) => {
    const [install, benchmark, destroy] = stepsOf(lengths[index] ?? 0)
    return [id, { install: takes(install), benchmark: takes(benchmark), destroy: takes(destroy) }] as const
  })
  return { strict: true, servers: Object.fromEntries(scripts) }
}

/** Whole milliseconds, which together are the length. */
export function stepsOf(length: number): readonly [install: number, benchmark: number, destroy: number] {
  const install = Math.round(length * 0.15)
  const destroy = Math.round(length * 0.1)
  return [install, length - install - destroy, destroy]
}
