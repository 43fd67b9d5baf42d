import type { IronicNode } from '../clients/ironic-api.ts'
import { ProvisionerUnavailableError } from '../model/fault.ts'
import { dropClaim, holdingOf, noteOf, writeNote } from './ironic-claim.ts'
import { maintenanceOf } from './ironic-mark.ts'
import type { NodeHandle } from './ironic-orders.ts'
import { look } from './ironic-orders.ts'
import { isClean, isSettled, stateOf } from '../clients/ironic-states.ts'

/** Puts a node into maintenance, and makes sure that it is there. @throws ProvisionerUnavailableError if it is not. */
export async function putMark(handle: NodeHandle, text: string): Promise<IronicNode> {
  const { api, id, context: { signal } } = handle
  await api.setMaintenance(id, text, signal)
  const node = await look(handle)
  if (!node.maintenance || node.maintenance_reason !== text) throw new ProvisionerUnavailableError(`node ${id} does not have the mark that was set: ${node.maintenance ? `its reason is ${node.maintenance_reason ?? 'empty'}` : 'it is not in maintenance'}`)
  return node
}

/** Ends the maintenance of a node. @throws ProvisionerUnavailableError if it goes on. */
export async function endMaintenance(handle: NodeHandle): Promise<IronicNode> {
  const { api, id, context: { signal } } = handle
  await api.clearMaintenance(id, signal)
  const node = await look(handle)
  if (node.maintenance) throw new ProvisionerUnavailableError(`node ${id} is still in maintenance, after that was ended: ${node.maintenance_reason ?? 'no reason given'}`)
  return node
}

/**
 * Takes off a node what is ours and need not be there any more: from a clean one, and from a marked one that only failed to be
 * cleaned, the reservation, the note, and that it is retired; from any other the mark that was lifted, so that it does not come back
 * over what was decided since, and that it is retired: what is in maintenance is out of the pool. In a transition Ironic takes no
 * changes.
 */
export async function tidy({ api, id, context: { signal } }: NodeHandle, node: IronicNode): Promise<void> {
  const note = noteOf(node)
  if (!note || !isSettled(node)) return
  const { mark, retired, ...rest } = note
  const isOut = stateOf(node) === 'clean failed' && maintenanceOf(node).is === 'marked'
  if (isClean(node) || isOut) {
    const isInTheWay = holdingOf(node).is === 'rackbench' || note.instance_uuid === null || retired === true || mark !== undefined
    if (isInTheWay) await api.patch(id, dropClaim(node), signal)
  } else if (mark !== undefined || retired === true) {
    await api.patch(id, [writeNote(rest), ...(retired && node.retired ? [{ op: 'replace', path: '/retired', value: false } as const] : [])], signal)
  }
}
