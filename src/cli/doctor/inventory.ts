import { counted, someOf } from '../../config/wording.ts'
import type { Inventory } from '../../model/inventory.ts'
import type { Patience } from '../patience.ts'
import { whoseFault } from '../whose-fault.ts'
import type { Finding } from './finding.ts'
import { about } from './finding.ts'

const { ok, warn, fail } = about('inventory')
const settings = 'correct its settings: docs/inventory.md'

/** Reads an inventory. Touches no server, and keeps nothing. */
export async function checkInventory(inventory: Pick<Inventory, 'name' | 'read'>, { signal, wait }: Patience): Promise<Finding> {
  const { name } = inventory
  try {
    const { servers, unreadable } = await wait(() => inventory.read({ signal, log: () => {} }))
    const found = `${name} has ${counted(servers.length, 'server')}`
    const lost = unreadable.map(({ id, problem }) => `${id}: ${problem}`)
    if (lost.length > 0) return warn(`${found}, and ${lost.length} more that could not be read: ${someOf(lost, 3)}`, 'correct them where they come from, or say --allow-partial')
    return servers.length > 0 ? ok(found) : fail(`${name} has no servers`, settings)
  } catch (error) {
    const { text, todo } = whoseFault(error, 'inventory')
    return fail(`${name} could not be read: ${text}`, todo)
  }
}

/** One that cannot be opened. */
export function inventoryNotOpened(problems: readonly string[]): Finding[] {
  return problems.map((problem) => fail(problem, settings))
}
