import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { NamedInventory } from '../config/inventory.ts'
import { suggestion } from '../config/nearest.ts'
import { resolveSecrets } from '../config/secrets.ts'
import { withCache } from '../inventory/cache.ts'
import { openInventory } from '../inventory/open.ts'
import type { Clock } from '../model/clock.ts'
import { systemClock } from '../model/clock.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Plan } from '../model/plan.ts'
import { UsageError } from '../model/problem.ts'
import { classify } from '../run/classify.ts'
import { createCleaner } from '../run/clean.ts'
import { cleanServers } from './clean-servers.ts'
import { closeProvisioner } from './closing.ts'
import { inventoryKey } from './inventory-key.ts'
import { openWithSecrets } from './open.ts'

/** What is opened, and how. */
export interface AskedInventory {
  /** As `configure` settled it. */
  readonly inventory: NamedInventory
  /** Whose servers the inventory `provisioner` gives. */
  readonly provisioner: Plan['provisioner']
  /** A kept reading that is not older is taken instead of asking, in milliseconds. */
  readonly maxAgeMs?: number
  /** Whether a kept reading of any age is taken where the service is away. */
  readonly staleOk?: boolean
}

export interface OpenedInventory {
  /** Its `close` also closes the provisioner that was opened for it. */
  readonly inventory: Inventory
  /** What must not be written, and may stand in what the inventory tells. */
  readonly secrets: readonly string[]
  /** What a provisioner threw outside of any call since it was opened. Stops listening. */
  readonly takeFaults: () => readonly string[]
}

interface Place {
  readonly env: NodeJS.ProcessEnv
  readonly clock?: Clock
  /** How long a provisioner may take to be opened. */
  readonly limitMs?: number
}

/**
 * Opens the configured inventory with the secrets of the environment; it asks nothing before it is read.
 *
 * @throws UsageError with what is wrong with it, or lacks in the environment; secrets are in no problem.
 */
export async function openConfiguredInventory({ inventory: { type, settings: written, cache }, provisioner, ...kept }: AskedInventory, { env, clock = systemClock, limitMs }: Place): Promise<OpenedInventory> {
  const { settings: { inventory: settings }, secrets: ofInventory } = resolveSecrets({ inventory: written }, env)
  const own = type === 'provisioner' ? await openWithSecrets({ provisioner }, env, clock, limitMs) : undefined
  const secrets = [...ofInventory, ...(own?.secrets ?? [])]
  const faults: string[] = []
  const closeOwn = async (): Promise<void> => {
    if (own) await closeProvisioner(own.provisioner, clock, (problem) => faults.push(problem))
  }
  try {
    const opened = await openInventory({ type, settings }, { clock, env, suggest: suggestion, ...(own && { provisioner: own.provisioner }) })
    const key = inventoryKey(own ? { type, of: provisioner.type, settings: resolveSecrets({ provisioner: provisioner.settings }, env).settings.provisioner } : { type, settings })
    const file = cache ?? (kept.maxAgeMs !== undefined || kept.staleOk === true ? usualFile(key, env) : undefined)
    const inventory = file === undefined ? opened : withCache(withoutSecrets(opened, secrets), { staleOk: false, ...kept, file, key, clock, isAway })
    return {
      inventory: {
        name: inventory.name,
        read: inventory.read,
        async close() {
          try {
            await inventory.close?.()
          } finally {
            await closeOwn()
          }
        },
      },
      secrets,
      takeFaults: () => [...faults, ...(own?.takeFaults() ?? [])],
    }
  } catch (error) {
    await closeOwn()
    own?.takeFaults()
    const { line } = createCleaner(secrets)
    throw error instanceof UsageError ? new UsageError(error.problems.map((problem) => line(problem))) : error
  }
}

/** What is kept in a file holds no secret, whatever a service tells. */
function withoutSecrets(inventory: Inventory, secrets: readonly string[]): Inventory {
  const clean = createCleaner(secrets)
  return {
    name: inventory.name,
    ...(inventory.close && { close: inventory.close }),
    async read(context) {
      const reading = await inventory.read(context)
      return { ...reading, servers: cleanServers(reading.servers, clean), notes: reading.notes.map((note) => clean.line(note)) }
    },
  }
}

/** Where readings are kept if nobody says where. */
function usualFile(key: string, { XDG_CACHE_HOME: told = '' }: NodeJS.ProcessEnv): string {
  return join(isAbsolute(told) ? told : join(homedir(), '.cache'), 'rackbench', `inventory-${key.slice(0, 16)}.jsonl`)
}

function isAway(error: unknown): boolean {
  return classify(error).failure.type === 'ProvisionerUnavailableError'
}
