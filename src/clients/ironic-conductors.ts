import { z } from 'zod'
import type { Clock } from '../model/clock.ts'
import { ProvisionerUnavailableError } from '../model/fault.ts'
import type { NodeProgress } from './ironic-api.ts'
import type { Progress } from './ironic-progress.ts'

/** What Ironic says of its conductors: who works on nodes, and whether it is still heard of. */
export const conductorsSchema = z.object({ conductors: z.array(z.object({ hostname: z.string(), alive: z.boolean() })) })
export type Conductors = z.infer<typeof conductorsSchema>['conductors']

interface Watched {
  readonly read: (ids: readonly string[]) => Promise<Progress>
  readonly conductors: () => Promise<Conductors>
  readonly clock: Clock
}

/** A node that stands still for so long may have lost its conductor; and so often conductors are asked for, however many stand still. */
const standstillMs = 10_000

/**
 * Reads how far nodes are, and looks at the conductors of those that stand still: a node whose conductor has died is told as under
 * way until there is one again, and that is no fault of the node's. Whoever may not look at conductors goes without.
 */
export function watchConductors({ read, conductors, clock }: Watched): (ids: readonly string[]) => Promise<Progress> {
  let standing: ReadonlyMap<string, { readonly told: string; readonly since: number }> = new Map()
  let looked: { readonly at: number; readonly found: Promise<Conductors> } | undefined

  function look(now: number): Promise<Conductors> {
    if (!looked || now - looked.at >= standstillMs) looked = { at: now, found: conductors().catch(() => []) }
    return looked.found
  }

  return async (ids) => {
    const found = new Map(await read(ids))
    const now = clock.elapsed()
    const before = standing
    const nodes = [...found].filter((entry): entry is [string, NodeProgress] => !(entry[1] instanceof Error))
    standing = new Map(
      nodes.map(([id, node]) => {
        const told = JSON.stringify(node)
        return [id, { told, since: before.get(id)?.told === told ? before.get(id)!.since : now }]
      }),
    )
    const still = nodes.filter(([id]) => now - standing.get(id)!.since >= standstillMs)
    const all = still.length === 0 ? [] : await look(now)
    for (const [id, node] of still) {
      const trouble = troubleOf(node, all)
      if (trouble !== undefined) found.set(id, new ProvisionerUnavailableError(trouble))
    }
    return found
  }
}

function troubleOf({ reservation }: NodeProgress, all: Conductors): string | undefined {
  if (all.length === 0) return undefined
  if (!all.some(({ alive }) => alive)) return 'no conductor of Ironic is alive'
  return all.some(({ hostname, alive }) => hostname === reservation && !alive) ? `the conductor ${reservation}, which works on the node, is not alive` : undefined
}
