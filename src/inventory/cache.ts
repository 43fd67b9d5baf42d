import type { Clock } from '../model/clock.ts'
import { faultBrand } from '../model/fault.ts'
import { said } from '../model/said.ts'
import type { Inventory, Reading } from '../model/inventory.ts'
import { loadKept, saveKept } from './cache-file.ts'
import type { Kept } from './cache-text.ts'

export interface CacheOptions {
  /** Absolute. It and its folder are made when there is something to keep. */
  readonly file: string
  /** What is read, in a word: a hash of the settings. What was read from elsewhere is not used. */
  readonly key: string
  /** What is kept is taken instead of asking if it is not older, in milliseconds. */
  readonly maxAgeMs?: number
  /** Whether what is kept is taken, however old, where the inventory is away. */
  readonly staleOk: boolean
  readonly clock: Clock
  /** Whether an error says that nobody answers; not that our request was wrong. */
  readonly isAway: (error: unknown) => boolean
}

/** Clocks of machines that share a file may differ by so much. */
const skewMs = 60_000

/**
 * An inventory whose last whole reading is kept in a file, for as long as it is not replaced by another. Readings that are empty, or
 * that lack what could not be read, are not kept. Whatever is wrong with the file is told by notes, and fails nothing.
 */
export function withCache(inventory: Inventory, { file, key, maxAgeMs, staleOk, clock, isAway }: CacheOptions): Inventory {
  return {
    name: inventory.name,
    ...(inventory.close && { close: inventory.close }),
    async read(context) {
      const notes = new Set<string>()
      const young = maxAgeMs === undefined ? undefined : await usable(notes)
      if (young && clock.now() - young.at <= maxAgeMs!) return from(young, `the inventory was not asked: this was read ${ageOf(young)} ago (${file})`)
      let reading: Reading
      try {
        reading = await inventory.read(context)
      } catch (error) {
        const old = staleOk && isAway(error) && !isStopped(context.signal) ? await usable(notes) : undefined
        for (const note of old ? [] : notes) context.log(note, 'warn')
        if (!old) throw error
        return from(old, `the inventory is away (${said(error)}): what was read ${ageOf(old)} ago is used instead (${file})`)
      }
      const { servers, unreadable } = reading
      if (servers.length > 0 && unreadable.length === 0) {
        const problem = await saveKept(file, { at: clock.now(), key, reading }, clock)
        if (problem !== undefined) notes.add(`what was read is not kept: ${file} ${problem}`)
      }
      return { ...reading, notes: [...notes, ...reading.notes] }
    },
  }

  /** What is kept, if it can be used; what is wrong with it otherwise is told. */
  async function usable(notes: Set<string>): Promise<Kept | undefined> {
    const found = await loadKept(file)
    if (!found) return undefined
    const problem = found.is === 'kept' ? problemOf(found.kept) : found.problem
    if (problem === undefined && found.is === 'kept') return found.kept
    notes.add(`what was kept is not used: ${file} ${problem}`)
    return undefined
  }

  function problemOf(kept: Kept): string | undefined {
    if (kept.key !== key) return 'was read with other settings'
    return kept.at > clock.now() + skewMs ? `says that it was read at ${new Date(kept.at).toISOString()}, which is yet to come` : undefined
  }

  function ageOf({ at }: Kept): string {
    return inWords(Math.max(0, clock.now() - at))
  }
}

/** Whether nobody waits any more; not if it has taken so long that the service is taken for away. */
function isStopped({ aborted, reason }: AbortSignal): boolean {
  const { [faultBrand]: fault } = Object(reason) as { readonly [faultBrand]?: unknown }
  return aborted && fault !== 'ProvisionerUnavailableError'
}

function from({ reading: { servers, notes } }: Kept, note: string): Reading {
  return { servers, unreadable: [], notes: [note, ...notes] }
}

/** An age as people say it, in one unit. */
function inWords(ms: number): string {
  const [unit, length] = ([['d', 86_400_000], ['h', 3_600_000], ['m', 60_000]] as const).find(([, long]) => ms >= 2 * long) ?? ['s', 1000]
  return `${Math.floor(ms / length)}${unit}`
}
