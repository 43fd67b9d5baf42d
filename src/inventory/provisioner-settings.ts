import { z } from 'zod'
import { UsageError } from '../model/problem.ts'

/** The inventory `provisioner` has no settings: the provisioner has them. */
export const provisionerInventorySettingsSchema = z.strictObject({})

/** @throws UsageError with a line for each setting. */
export function readProvisionerInventory(settings: Readonly<Record<string, unknown>>): void {
  const unknown = Object.keys(settings)
  if (unknown.length > 0) throw new UsageError(unknown.map((key) => `inventory: provisioner: has no setting ${JSON.stringify(key.slice(0, 80))}: write the settings of the provisioner under provisioner`))
}
