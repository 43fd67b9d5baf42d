import type { NamedProvisioner } from '../config/kind.ts'
import { resolveSecrets } from '../config/secrets.ts'
import type { Clock } from '../model/clock.ts'
import type { Inventory, Unreadable } from '../model/inventory.ts'
import type { Plan } from '../model/plan.ts'
import type { LogLevel } from '../model/provisioner.ts'
import type { Server } from '../model/server.ts'
import type { Where } from '../model/where.ts'
import type { Cleaner } from '../run/clean.ts'
import { createCleaner } from '../run/clean.ts'
import { selectServers, whyNone } from './select-servers.ts'

/** Which inventory is read, and what is asked of it. */
export interface AskedInventory {
  /** As the configuration names it: its secrets are still `${NAME}`. */
  readonly inventory: NamedProvisioner & { readonly cache?: string }
  /** Whose servers the inventory `provisioner` gives. */
  readonly provisioner?: Plan['provisioner']
  /** A server must meet them all. */
  readonly conditions: readonly Where[]
  /** What was read before is taken if it is no older, in milliseconds. */
  readonly maxAgeMs?: number
  /** Whether what was read before is taken, however old, where the inventory is away. */
  readonly staleOk?: boolean
}

/** What an inventory is read with. */
interface Surroundings {
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Takes what the inventory has to say meanwhile, without secrets. */
  readonly say: (line: string) => void
  /** Opens an inventory, whose settings have their secrets. */
  readonly open: (named: NamedProvisioner) => Promise<Inventory>
}

/** What was found in an inventory. Nothing of it holds a secret or an escape sequence. */
export interface FoundInventory {
  readonly name: string
  /** Those that meet every condition, in the inventory's order. */
  readonly servers: readonly Server[]
  /** How many there were before the conditions. */
  readonly total: number
  readonly unreadable: readonly Unreadable[]
  /** What the user should know and did not ask for, one line each. */
  readonly notes: readonly string[]
  /** Why there is no server, in one line: the inventory is empty, or which condition left none. Only if there is none. */
  readonly none?: string
}

/** What an inventory says while it is read is bounded: it may have something to say of each server. */
const mostSaid = 20

/**
 * Reads the configured inventory with the secrets of the environment, and selects from it.
 *
 * @throws UsageError for what is wrong with its settings, or lacks in the environment; what `Inventory.read` throws.
 */
export async function readConfiguredInventory({ inventory: { type, settings }, conditions }: AskedInventory, { env, signal, say, open }: Surroundings): Promise<FoundInventory> {
  const { settings: { provisioner: resolved }, secrets } = resolveSecrets({ provisioner: settings }, env)
  const clean = createCleaner(secrets)
  let said = 0
  const log = (message: string, level: LogLevel = 'info'): void => {
    if (level !== 'debug' && said++ < mostSaid) say(clean.line(message))
  }
  const inventory = await open({ type, settings: resolved })
  try {
    const { servers, unreadable, notes } = await inventory.read({ signal, log })
    const selected = selectServers(servers, conditions)
    return {
      name: clean.line(inventory.name),
      servers: selected.map((server) => cleaned(server, clean)),
      total: servers.length,
      unreadable: unreadable.map(({ id, problem }) => ({ id: clean.line(id, 200), problem: clean.line(problem) })),
      notes: [...notes.map((note) => clean.line(note)), ...(said > mostSaid ? [`and ${said - mostSaid} lines more of the inventory`] : [])],
      ...(selected.length === 0 && { none: clean.line(whyNone({ servers, unreadable: unreadable.length }, conditions)) }),
    }
  } finally {
    await inventory.close?.()
  }
}

function cleaned({ id, address, labels }: Server, { line }: Cleaner): Server {
  const pairs = Object.entries(labels).map(([name, value]) => [line(name), line(value)] as const)
  return { id, ...(address !== undefined && { address: line(address) }), labels: Object.fromEntries(pairs) }
}
