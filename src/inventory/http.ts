import { createGets } from '../clients/gets.ts'
import type { Clock } from '../model/clock.ts'
import type { Inventory, Reading } from '../model/inventory.ts'
import { createCalls } from './http-call.ts'
import { readDetails } from './http-details.ts'
import { itemReader } from './http-item.ts'
import { listedIdReader } from './http-id.ts'
import type { Outcome } from './http-outcome.ts'
import { readingOf } from './http-outcome.ts'
import type { ListReader } from './http-pages.ts'
import { readPages } from './http-pages.ts'
import type { HttpInventorySettings, Suggest } from './http-settings.ts'
import { readHttpInventorySettings } from './http-settings.ts'
import { createTally } from './tally.ts'

/** What the source has of the world besides its settings. */
interface World {
  readonly clock: Clock
  readonly suggest?: Suggest
}

type Context = Parameters<Inventory['read']>[0]

/**
 * A service that lists IDs and has the details of each, or lists the details at once. Asks nothing before it is read.
 *
 * @throws UsageError with a line for each thing that is wrong in the settings.
 */
export async function openHttpInventory(settings: Readonly<Record<string, unknown>>, { clock, suggest }: World): Promise<Inventory> {
  const read = await readHttpInventorySettings(settings, suggest)
  return { name: `http ${read.list.origin}${read.list.pathname}`, read: (context) => readOnce(read, clock, context) }
}

async function readOnce(settings: HttpInventorySettings, clock: Clock, { signal, log }: Context): Promise<Reading> {
  const { list, item, concurrency, ca, requestLimitMs: limitMs, fields, secrets } = settings
  const hide = (text: string): string => secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
  const gets = createGets({ ca, limitMs, clock, signal })
  try {
    const origins = new Set([list.origin, ...(item ? [item.origin] : [])])
    const calls = createCalls({ ...settings, gets, origins, clock, signal, random: Math.random, hide, log })
    const reader: ListReader = { call: calls.call, settings, hide }
    const { tally, notes } = createTally()
    const readItem = itemReader(fields, tally)
    if (!item) return readingOf(await entriesOf(reader, readItem), [], notes())
    const { ids, again } = await idsOf(reader)
    return readingOf(await readDetails(ids, { calls, item, concurrency, readItem, hide, signal }), again, notes())
  } finally {
    await gets.close()
  }
}

/** The entries of the list are the items. */
async function entriesOf(reader: ListReader, readItem: ReturnType<typeof itemReader>): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for await (const { entries } of readPages(reader)) {
    for (const entry of entries) {
      const read = readItem(entry)
      outcomes.push('problem' in read ? { id: read.id ?? `entry ${outcomes.length + 1}`, problem: read.problem } : read)
    }
  }
  return outcomes
}

interface Listed {
  /** Each ID once; what of the list is none stays in its place. */
  readonly ids: readonly (string | Outcome)[]
  /** IDs that were there before. */
  readonly again: readonly string[]
}

async function idsOf(reader: ListReader): Promise<Listed> {
  const known = new Set<string>()
  const ids: (string | Outcome)[] = []
  const again: string[] = []
  for await (const { entries, idAt } of readPages(reader)) {
    const readId = listedIdReader(idAt, reader.settings.fields.id === undefined)
    for (const entry of entries) {
      const read = readId(entry)
      if ('problem' in read) ids.push({ id: read.id ?? `entry ${ids.length + again.length + 1}`, problem: read.problem })
      else if (known.has(read.text)) again.push(read.text)
      else ids.push(read.text)
      if ('text' in read) known.add(read.text)
    }
  }
  return { ids, again }
}
