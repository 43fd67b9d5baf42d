import type { NamedProvisioner } from '../config/kind.ts'
import { resolveSecrets } from '../config/secrets.ts'
import { counted } from '../config/wording.ts'
import type { Inventory, Unreadable } from '../model/inventory.ts'
import { UsageError } from '../model/problem.ts'
import type { LogLevel } from '../model/provisioner.ts'
import type { Server } from '../model/server.ts'
import type { Where } from '../model/where.ts'
import { matcherOf, readWhere } from '../model/where.ts'
import type { Cleaner } from '../run/clean.ts'
import { createCleaner } from '../run/clean.ts'

/** What is asked of an inventory. */
export interface AskedInventory {
  /** As the configuration names it: its secrets are still `${NAME}`. */
  readonly inventory: NamedProvisioner
  /** A server must meet them all. */
  readonly conditions: readonly Where[]
}

/** What an inventory is read with. */
interface Surroundings {
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  /** Takes what the inventory has to say, without secrets. */
  readonly say: (line: string) => void
  /** Opens an inventory, whose settings have their secrets. */
  readonly open: (named: NamedProvisioner) => Promise<Inventory>
}

/** What was found in an inventory. Nothing of it holds a secret or an escape sequence. */
export interface FoundInventory {
  readonly name: string
  /** Those that meet every condition, in the inventory's order. */
  readonly servers: readonly Server[]
  readonly unreadable: readonly Unreadable[]
  /** What the user should know and did not ask for, one line each. */
  readonly notes: readonly string[]
  /** Why there is no server, in one line: the inventory is empty, or which condition left none. */
  readonly none?: string
}

/** Reads `--where`. @throws UsageError with every condition that is none. */
export function readConditions(texts: readonly string[]): Where[] {
  const read = texts.map((text) => ({ text, where: readWhere(text) }))
  const problems = read.flatMap(({ text, where }) => (typeof where === 'string' ? [`--where ${JSON.stringify(text.slice(0, 80))}: ${where}`] : []))
  if (problems.length > 0) throw new UsageError(problems)
  return read.flatMap(({ where }) => (typeof where === 'string' ? [] : [where]))
}

/**
 * Reads the configured inventory with the secrets of the environment, and selects from it.
 *
 * @throws UsageError for what is wrong with its settings, or lacks in the environment; what `Inventory.read` throws.
 */
export async function readConfiguredInventory({ inventory: { type, settings }, conditions }: AskedInventory, { env, signal, say, open }: Surroundings): Promise<FoundInventory> {
  const { settings: { provisioner: resolved }, secrets } = resolveSecrets({ provisioner: settings }, env)
  const clean = createCleaner(secrets)
  const inventory = await open({ type, settings: resolved })
  try {
    const log = (message: string, level: LogLevel = 'info'): void => {
      if (level !== 'debug') say(clean.line(message))
    }
    const { servers, unreadable, notes } = await inventory.read({ signal, log })
    const selected = servers.filter(matcherOf(conditions))
    return {
      name: clean.line(inventory.name),
      servers: selected.map((server) => cleaned(server, clean)),
      unreadable: unreadable.map(({ id, problem }) => ({ id: clean.line(id, 200), problem: clean.line(problem) })),
      notes: notes.map((note) => clean.line(note)),
      ...(selected.length === 0 && { none: clean.line(whyNone(servers, conditions)) }),
    }
  } finally {
    await inventory.close?.()
  }
}

function cleaned({ id, address, labels }: Server, { line }: Cleaner): Server {
  const pairs = Object.entries(labels).map(([name, value]) => [line(name), line(value)] as const)
  return { id, ...(address !== undefined && { address: line(address) }), labels: Object.fromEntries(pairs) }
}

/** Which condition leaves no server, given those before it. */
function whyNone(servers: readonly Server[], conditions: readonly Where[]): string {
  if (servers.length === 0) return 'the inventory is empty'
  let left = servers
  for (const { key, is, pattern } of conditions) {
    const met = left.filter(matcherOf([{ key, is, pattern }]))
    if (met.length === 0) return `none of ${left === servers ? 'the ' : 'the remaining '}${counted(left.length, 'server')} of the inventory meets --where ${key}${is}${pattern}`
    left = met
  }
  return 'the inventory is empty'
}
