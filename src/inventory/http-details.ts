import { ProvisionerUnavailableError } from '../model/fault.ts'
import type { ItemAddress } from './http-address.ts'
import type { Calls } from './http-call.ts'
import type { ReadItem } from './http-item.ts'
import type { Outcome } from './http-outcome.ts'
import { contentOf } from './http-pages.ts'

/** How the details of an ID are read. */
export interface Details {
  readonly calls: Calls
  readonly item: ItemAddress
  readonly concurrency: number
  readonly readItem: ReadItem
  readonly hide: (text: string) => string
  readonly signal: AbortSignal
}

const longestItem = 1024 * 1024

/**
 * Reads the details of each ID of a list, so many at once, in the order of the list; outcomes that are known already stay as they are.
 *
 * @throws ProvisionerUnavailableError if the service has not answered for any of them; the signal's reason if that aborts.
 */
export async function readDetails(ids: readonly (string | Outcome)[], { calls, item, concurrency, readItem, hide, signal }: Details): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = Array.from({ length: ids.length })
  let next = 0
  let asked = 0
  let unanswered = 0
  let lastTrouble: ProvisionerUnavailableError | undefined

  async function read(id: string): Promise<Outcome> {
    const outage = calls.outage()
    asked++
    if (outage) {
      unanswered++
      return { id, problem: `was not asked for, since the service does not answer any more: ${outage.message}` }
    }
    try {
      const place = placeOf(item, id)
      if (!place) return { id, problem: 'cannot be part of an address' }
      const { answer } = await calls.call(place, longestItem)
      const server = readItem(contentOf(answer, { place, longest: longestItem, hide }), id)
      return 'problem' in server ? { id: server.id ?? id, problem: server.problem } : server
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof ProvisionerUnavailableError) {
        unanswered++
        lastTrouble = error
      }
      return { id, problem: (error as Error).message }
    }
  }

  async function work(): Promise<void> {
    while (next < ids.length) {
      const index = next++
      const id = ids[index]!
      outcomes[index] = typeof id === 'string' ? await read(id) : id
    }
  }

  await Promise.all(Array.from({ length: Math.min(concurrency, ids.length) }, work))
  if (lastTrouble && unanswered === asked) throw lastTrouble
  return outcomes
}

function placeOf({ origin, path }: ItemAddress, id: string): { readonly origin: string; readonly path: string } | undefined {
  // These would be another address, and half of a surrogate pair is none.
  return id === '.' || id === '..' || id.length > 1000 || !id.isWellFormed() ? undefined : { origin, path: path(id) }
}
