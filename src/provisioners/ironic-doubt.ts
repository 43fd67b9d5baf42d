import type { IronicNode } from '../clients/ironic-api.ts'
import type { StepContext } from '../model/provisioner.ts'
import type { NodeHandle } from './ironic-orders.ts'
import { awaitLateOrder, look } from './ironic-orders.ts'
import { isSettled } from '../clients/ironic-states.ts'
import { claimUnder, hasMovedSince } from './ironic-way.ts'

interface Doubt extends Pick<StepContext, 'inDoubt'> {
  readonly run: string
  /** How long an order may be on its way whose sender is gone, in milliseconds. */
  readonly doubtMs: number
}

/** Reads a node on which nothing may begin any more: an install that nobody has heard of since is waited for. */
export async function settleDoubt(handle: NodeHandle, { run, inDoubt, doubtMs }: Doubt): Promise<IronicNode> {
  const node = await look(handle)
  if (!inDoubt || !isSettled(node)) return node
  const note = claimUnder(node, { run, key: inDoubt.idempotencyKey })
  // Without a note, it may be the claim itself that is on its way.
  return note && hasMovedSince(node, note) ? node : awaitLateOrder(handle, node, doubtMs)
}
