import { RequestRefusedError, ServerNotOursError } from '../model/fault.ts'
import { noteOf } from './ironic-claim.ts'
import { endMaintenance, putMark, tidy } from './ironic-keeping.ts'
import { maintenanceOf, markText, runOfMark } from './ironic-mark.ts'
import type { NodeHandle } from './ironic-orders.ts'
import { look } from './ironic-orders.ts'
import type { Asker } from './ironic-ownership.ts'
import { refuseToMark } from './ironic-ownership.ts'
import { isClean, stateOf } from '../clients/ironic-states.ts'

/**
 * Takes a node out of the pool: maintenance, with a reason of ours. When that is in force, it need not be retired or reserved any more.
 *
 * @throws ServerNotOursError rather than put a mark over somebody's reason, or on a machine that somebody has.
 */
export async function markNode(handle: NodeHandle, reason: string, asker: Asker): Promise<void> {
  const before = await look(handle)
  refuseToMark(before, asker)
  const maintenance = maintenanceOf(before)
  const isOurs = maintenance.is === 'marked' && runOfMark(maintenance.text) === asker.run
  const node = isOurs ? before : await putMark(handle, markText(reason, asker.run))
  await tidy(handle, node)
}

/**
 * Ends the maintenance that a mark is. A node that was wiped behind its mark is handed back to the scheduler: Ironic cleans it once
 * more, which is not waited for.
 *
 * @throws ServerNotOursError if the reason is somebody else's; RequestRefusedError if the node is not clean, unless `asIs`.
 */
export async function clearMarkOf(handle: NodeHandle, asIs: boolean): Promise<void> {
  const { api, id, context: { signal, log } } = handle
  const node = await look(handle)
  const maintenance = maintenanceOf(node)
  if (maintenance.is === 'somebody' || maintenance.is === 'clean failure') {
    const reason = maintenance.is === 'somebody' ? maintenance.reason : (node.maintenance_reason ?? 'clean failure')
    throw new ServerNotOursError(`node ${id} is under maintenance, and not by a mark of rackbench: ${reason}`)
  }
  if (maintenance.is === 'none' && noteOf(node)?.mark === undefined) return log('ironic: it has no mark')
  if (!asIs && !isClean(node)) throw new RequestRefusedError(`node ${id} is not clean: it is in state "${stateOf(node)}"; wipe it first, or take it as it is`)
  const now = maintenance.is === 'marked' ? await endMaintenance(handle) : node
  await tidy(handle, now)
  if (stateOf(now) !== 'manageable') return
  await api.order(id, { target: 'provide' }, signal)
  log('ironic: "provide" is asked for: it is available when Ironic has cleaned it once more')
}
