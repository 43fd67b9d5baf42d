import { ProvisionerUnavailableError } from '../model/fault.ts'
import type { NodeProgress } from './ironic-api.ts'

/** How far nodes are, or why that could not be read: one entry for each ID that was asked for. */
export type Progress = ReadonlyMap<string, NodeProgress | Error>

export interface ProgressSource {
  /** All nodes that Ironic has, page by page. */
  readonly pages: () => AsyncIterable<readonly NodeProgress[]>
  /** One node. */
  readonly one: (id: string) => Promise<NodeProgress>
}

/**
 * Reads how far nodes are, with as few requests as may be: from the list of all nodes if that has fewer pages than nodes are asked
 * for, else each by itself. What the list does not have, or does not give, is asked for by itself. Never rejects.
 *
 * @returns to be called with IDs of which none is twice.
 */
export function createProgressReader({ pages, one }: ProgressSource): (ids: readonly string[]) => Promise<Progress> {
  /** How many pages had to be read so far to find what was asked for. */
  let pagesNeeded = 1

  /** Takes out of `left` what it finds. Gives up where each by itself would have been cheaper. */
  async function list(left: Set<string>, found: Map<string, NodeProgress | Error>): Promise<void> {
    const worth = left.size
    let read = 0
    for await (const nodes of pages()) {
      read++
      for (const node of nodes) {
        for (const id of [node.uuid, node.name]) if (id !== null && left.delete(id)) found.set(id, node)
      }
      if (left.size > 0 && read < worth) continue
      pagesNeeded = Math.max(pagesNeeded, left.size > 0 ? read + 1 : read)
      return
    }
    pagesNeeded = Math.max(1, read)
  }

  return async (ids) => {
    const left = new Set(ids)
    const found = new Map<string, NodeProgress | Error>()
    let trouble: ProvisionerUnavailableError | undefined
    if (left.size > pagesNeeded) {
      await list(left, found).catch((error: unknown) => {
        if (error instanceof ProvisionerUnavailableError) trouble = error
      })
    }
    // With Ironic away, or out of breath, hundreds of single requests would be no better.
    await Promise.all([...left].map(async (id) => found.set(id, trouble ?? (await one(id).catch((error: Error) => error)))))
    return found
  }
}
