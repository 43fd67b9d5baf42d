import type { inventoryTypes } from '../model/choices.ts'
import type { Inventory } from '../model/inventory.ts'
import { UsageError } from '../model/problem.ts'
import type { InventoryWorld } from './world.ts'

/** An inventory as it is configured, its secrets put in. */
export interface InventorySettings {
  readonly type: (typeof inventoryTypes)[number]
  readonly settings: Readonly<Record<string, unknown>>
}

type Open = (settings: InventorySettings['settings'], world: InventoryWorld) => Inventory | Promise<Inventory>

/** Each is loaded when it is opened. */
const sources: Readonly<Record<InventorySettings['type'], Open>> = {
  http: async (settings, world) => (await import('./http.ts')).openHttpInventory(settings, world),
  file: async (settings) => (await import('./file.ts')).openFileInventory(settings),
  ironic: async (settings, world) => (await import('./ironic.ts')).openIronicInventory(settings, world),
  provisioner: async (settings, world) => (await import('./provisioner.ts')).openProvisionerInventory(settings, world),
}

/**
 * Opens an inventory; nothing is asked for before it is read.
 *
 * @throws UsageError with a line for each thing that is wrong with its settings.
 */
export async function openInventory({ type, settings }: InventorySettings, world: InventoryWorld): Promise<Inventory> {
  return sources[type](settings, world)
}

/** What is wrong with the settings of an inventory, whose secrets are put in. Whether a provisioner can list its servers is told once it is open. */
export async function problemsOfInventory(inventory: InventorySettings, world: InventoryWorld): Promise<readonly string[]> {
  try {
    const opened = await openInventory(inventory, { provisioner: anyProvisioner, ...world })
    await opened.close?.()
    return []
  } catch (error) {
    if (error instanceof UsageError) return error.problems
    throw error
  }
}

const anyProvisioner: NonNullable<InventoryWorld['provisioner']> = { name: 'any', async *list() {} }
