import { DefectError } from '../model/fault.ts'
import type { Inventory } from '../model/inventory.ts'
import { UsageError } from '../model/problem.ts'
import { readListed } from './listed.ts'
import { readProvisionerInventory } from './provisioner-settings.ts'
import type { InventoryWorld } from './world.ts'

/**
 * What the configured provisioner lists.
 *
 * @throws UsageError with a line for each setting, for there are none, or if the provisioner cannot list its servers.
 */
export function openProvisionerInventory(settings: Readonly<Record<string, unknown>>, { provisioner }: Pick<InventoryWorld, 'provisioner'>): Inventory {
  readProvisionerInventory(settings)
  if (!provisioner?.list) throw new UsageError([`inventory: provisioner: ${provisioner ? `the provisioner ${provisioner.name} cannot list its servers` : 'no provisioner is configured'}`])
  return {
    name: provisioner.name,
    read: ({ signal, log }) => readListed(listOf(provisioner, { signal, log }), signal),
  }
}

/** A module's may be anything. */
function listOf(provisioner: NonNullable<InventoryWorld['provisioner']>, context: Parameters<NonNullable<typeof provisioner.list>>[0]): AsyncIterable<unknown> {
  const list: unknown = provisioner.list?.(context)
  const begin: unknown = Reflect.get(Object(list) as object, Symbol.asyncIterator)
  if (typeof begin !== 'function') throw new DefectError('list() did not answer with an async iterable: write `async *list() { ... yield server }`')
  return list as AsyncIterable<unknown>
}
