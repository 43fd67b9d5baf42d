import { createIronicApi } from '../clients/ironic.ts'
import type { IronicApi } from '../clients/ironic-api.ts'
import type { NodePlaces } from '../clients/ironic-facts.ts'
import type { ListedNode } from '../clients/ironic-listed.ts'
import { listedNode } from '../clients/ironic-listed.ts'
import type { Inventory } from '../model/inventory.ts'
import { readIronicInventory } from './ironic-settings.ts'
import { readListed } from './listed.ts'
import type { InventoryWorld } from './world.ts'

/**
 * The nodes of an OpenStack Ironic, by their names or UUIDs. Asks nothing before it is read.
 *
 * @throws UsageError with a line for each thing that is wrong in the settings.
 */
export async function openIronicInventory(settings: Readonly<Record<string, unknown>>, { clock, suggest }: Pick<InventoryWorld, 'clock' | 'suggest'>): Promise<Inventory> {
  const { places, ...how } = await readIronicInventory(settings, suggest)
  return ironicInventory(createIronicApi({ ...how, clock, random: Math.random }), places)
}

/** The inventory `ironic` on an API that is open. */
export function ironicInventory(api: Pick<IronicApi, 'nodes' | 'close'>, places: NodePlaces): Inventory {
  return {
    name: 'ironic',
    read: ({ signal }) => readListed(nodesOf(api, places, signal), signal),
    close: api.close,
  }
}

async function* nodesOf(api: Pick<IronicApi, 'nodes'>, places: NodePlaces, signal: AbortSignal): AsyncGenerator<ListedNode> {
  for await (const node of api.nodes(signal)) yield listedNode(node, places)
}
