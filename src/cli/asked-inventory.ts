import { resolve } from 'node:path'
import { configure } from '../config/configure.ts'
import type { Kind } from '../config/kind.ts'
import { duration, oneOf, wholeNumber } from '../config/kind.ts'
import { refusal } from '../config/wording.ts'
import { UsageError } from '../model/problem.ts'
import type { Where } from '../model/where.ts'
import type { Arguments } from './command-line.ts'
import type { InventoryFormat } from './inventory-lines.ts'
import { invocationOf } from './invocation.ts'
import { formats } from './options/answer.ts'
import type { AskedServers } from './read-inventory.ts'
import { readConditions } from './select-servers.ts'

/** What `rackbench inventory` is told. */
export interface Asked {
  readonly servers: AskedServers
  readonly format: InventoryFormat
  /** How many servers are printed at most. */
  readonly limit: number
  /** Whether it is well if some servers could not be read. */
  readonly allowPartial: boolean
  /** What the user should know and did not ask for, one line each. */
  readonly notes: readonly string[]
}

/**
 * Reads options, and the configuration unless a file is named.
 *
 * @throws UsageError with every problem of both.
 */
export async function settleAsked({ flags, lists, words: [file] }: Arguments): Promise<Asked> {
  const problems: string[] = []
  const read = <T>(name: string, kind: Kind<T>): T | undefined => {
    const given = flags[name]
    if (given === undefined) return undefined
    const reading = kind(given)
    if ('value' in reading) return reading.value
    problems.push(refusal(`--${name}`, reading.expected, given))
    return undefined
  }
  const format = read('format', oneOf(formats.inventory)) ?? 'table'
  const limit = read('limit', wholeNumber(1, Number.MAX_SAFE_INTEGER)) ?? Infinity
  const maxAgeMs = read('max-age', duration({ zero: 'allowed' }))
  const conditions = conditionsOf(lists['where'] ?? [], problems)
  const staleOk = flags['stale-ok'] === true
  const settled = file === undefined ? await configured(flags['config'], problems) : ofFile(file, flags['config'], problems)
  if (problems.length > 0) throw new UsageError(problems)
  const { notes, ...source } = settled
  return { servers: { ...source, conditions, ...(maxAgeMs !== undefined && { maxAgeMs }), staleOk }, format, limit, allowPartial: flags['allow-partial'] === true, notes }
}

function conditionsOf(texts: readonly string[], problems: string[]): readonly Where[] {
  try {
    return readConditions(texts)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    problems.push(...error.problems)
    return []
  }
}

type Source = Pick<AskedServers, 'inventory' | 'provisioner'> & Pick<Asked, 'notes'>

async function configured(config: Arguments['flags'][string], problems: readonly string[]): Promise<Source> {
  const { inventory, plan, notes } = await configure({ ...invocationOf({ flags: { config }, words: [], problems }), mayLackServers: true, mayLackHistory: true })
  if (!inventory) throw new UsageError([...problems, noInventory])
  // Which provisioner there is matters only to whoever asks it.
  return { inventory, provisioner: plan.provisioner, notes: inventory.type === 'provisioner' ? notes : [] }
}

const noInventory =
  'no inventory: name a file (rackbench inventory fleet.csv), or write inventory: into rackbench.config.yaml, such as inventory: { type: http, list: "https://inventory.example/servers", item: "https://inventory.example/servers/{id}" }'

function ofFile(path: string, config: Arguments['flags'][string], problems: string[]): Source {
  if (config !== undefined) problems.push(`either a file (${JSON.stringify(path)}) or --config: the file stands for the inventory of the configuration`)
  return { inventory: { type: 'file', settings: { path: resolve(path) } }, provisioner: { type: 'simulated', settings: {} }, notes: [] }
}
