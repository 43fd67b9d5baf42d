import type { Inventory } from '../model/inventory.ts'
import { readInventoryText } from './file-read.ts'
import { readFileInventorySettings } from './file-settings.ts'
import { readFileText } from './file-text.ts'

/**
 * An inventory in a file: YAML, JSON, CSV, or one of Ansible. It is read anew each time.
 *
 * Reading throws UsageError if the file is not there, or is not what it should be; DefectError if this machine cannot read it.
 *
 * @throws UsageError with a line for each thing that is wrong in the settings.
 */
export function openFileInventory(settings: Readonly<Record<string, unknown>>): Inventory {
  const read = readFileInventorySettings(settings)
  return {
    name: `file ${read.path}`,
    async read({ signal }) {
      const text = await readFileText(read.path, signal)
      const reading = await readInventoryText(text, read)
      signal.throwIfAborted()
      return reading
    },
  }
}
