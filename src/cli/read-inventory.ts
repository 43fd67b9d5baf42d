import type { Clock } from '../model/clock.ts'
import type { Reading, Unreadable } from '../model/inventory.ts'
import { UsageError } from '../model/problem.ts'
import type { LogLevel } from '../model/provisioner.ts'
import type { Server } from '../model/server.ts'
import type { Where } from '../model/where.ts'
import type { Cleaner } from '../run/clean.ts'
import { createCleaner } from '../run/clean.ts'
import { cleanServers } from './clean-servers.ts'
import type { AskedInventory } from './open-inventory.ts'
import { openConfiguredInventory } from './open-inventory.ts'
import { selectServers, whyNone } from './select-servers.ts'
import { whoseFault } from './whose-fault.ts'

/** Which inventory is read, and which of its servers are wanted. */
export interface AskedServers extends AskedInventory {
  /** A server must meet them all. */
  readonly conditions: readonly Where[]
}

/** What an inventory is read with. */
interface Surroundings {
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Takes what the inventory has to say meanwhile, without secrets. */
  readonly say: (line: string) => void
}

/** What became of reading an inventory. Nothing of it holds a secret or an escape sequence. */
export type ReadInventory = FoundInventory | { readonly is: 'not read'; /** Whose fault it is, and what to do, in one line. */ readonly problem: string }

export interface FoundInventory {
  readonly is: 'read'
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
 * @throws UsageError for what is wrong with its settings or with the conditions, or lacks in the environment; the signal's reason if that aborts.
 */
export async function readConfiguredInventory({ conditions, ...asked }: AskedServers, { env, clock, signal, say }: Surroundings): Promise<ReadInventory> {
  const { inventory, secrets, takeFaults } = await openConfiguredInventory(asked, { env, clock })
  const clean = createCleaner(secrets)
  let said = 0
  const log = (message: string, level: LogLevel = 'info'): void => {
    if (level !== 'debug' && said++ < mostSaid) say(clean.line(message))
  }
  try {
    const reading = await inventory.read({ signal, log })
    const found = select(reading, conditions, clean)
    return { is: 'read', name: clean.line(inventory.name), ...found, notes: [...found.notes, ...(said > mostSaid ? [`and ${said - mostSaid} lines more of the inventory`] : [])] }
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(error.problems.map((problem) => clean.line(problem)))
    if (signal.aborted) throw error
    const { text, todo } = whoseFault(error, 'inventory')
    return { is: 'not read', problem: clean.line(`the inventory ${inventory.name} could not be read: ${text}: ${todo}`) }
  } finally {
    await inventory.close?.()
    for (const fault of takeFaults()) say(clean.line(fault))
  }
}

function select({ servers, unreadable, notes }: Reading, conditions: readonly Where[], clean: Cleaner): Omit<FoundInventory, 'is' | 'name'> {
  const selected = selectServers(servers, conditions)
  return {
    servers: cleanServers(selected, clean),
    total: servers.length,
    unreadable: unreadable.map(({ id, problem }) => ({ id: clean.line(id, longestName), problem: clean.line(problem) })),
    notes: notes.map((note) => clean.line(note)),
    ...(selected.length === 0 && { none: clean.line(whyNone({ servers, unreadable: unreadable.length }, conditions)) }),
  }
}

const longestName = 200
