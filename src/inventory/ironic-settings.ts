import { z } from 'zod'
import type { IronicConnection } from '../clients/ironic-connection.ts'
import { connectionOf, connectionShape, placesShape, problemsOfAddress, withoutSecrets } from '../clients/ironic-connection.ts'
import type { NodePlaces } from '../clients/ironic-facts.ts'
import { describeIssues, UsageError } from '../model/problem.ts'
import type { InventoryWorld } from './world.ts'

/** The settings of the inventory `ironic`, as they are written. */
export const ironicInventorySettingsSchema = z.strictObject({ ...connectionShape, ...placesShape })

export interface IronicInventorySettings extends IronicConnection {
  readonly places: NodePlaces
}

/**
 * Reads the settings of the inventory `ironic`.
 *
 * @throws UsageError with a line for each thing that is wrong in them. No password and no token is told.
 */
export async function readIronicInventory(settings: Readonly<Record<string, unknown>>, suggest?: InventoryWorld['suggest']): Promise<IronicInventorySettings> {
  const read = ironicInventorySettingsSchema.safeParse(settings)
  const known = Object.keys(ironicInventorySettingsSchema.shape)
  const problems = read.success ? problemsOfAddress(read.data) : describeIssues(read.error, withoutSecrets(settings), (key, path) => (path === '' ? (suggest?.(key, known) ?? '') : ''))
  if (!read.success || problems.length > 0) throw new UsageError(problems.map((problem) => `inventory: ironic: ${problem}`))
  const { address, facts = {} } = read.data
  return { ...(await connectionOf(read.data, 'inventory: ironic')), places: { address, facts } }
}
