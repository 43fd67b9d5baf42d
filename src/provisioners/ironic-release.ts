import type { PatchStep } from '../clients/ironic-api.ts'
import type { Provisioner } from '../model/provisioner.ts'
import { dropClaim, noteOf, writeNote } from './ironic-claim.ts'
import { putMark } from './ironic-keeping.ts'
import { maintenanceOf } from './ironic-mark.ts'
import type { NodeHandle } from './ironic-orders.ts'
import { settleDoubt } from './ironic-doubt.ts'
import { waysOut } from './ironic-ownership.ts'
import type { IronicPolicy } from './ironic-settings.ts'
import { isClean, isSettled, stateOf } from '../clients/ironic-states.ts'

type ReleaseContext = Parameters<NonNullable<Provisioner['release']>>[1]

/** Letting go of one node. */
export interface Release extends Pick<ReleaseContext, 'inDoubt'> {
  readonly run: string
  readonly policy: Pick<IronicPolicy, 'reserve'>
  readonly doubtMs: number
}

/**
 * Says at a node that its run has left it, and takes the run's instance off, so that another run can claim it: it is that free instance
 * that only one can take. Nothing of anybody else's is touched, and no node that is still under way; a mark that was lifted is put back.
 *
 * @throws ProvisionerUnavailableError, RequestRefusedError, UnknownServerError
 */
export async function releaseNode(handle: NodeHandle, release: Release): Promise<void> {
  const { api, id, clock, context: { signal, log } } = handle
  const { run, policy: { reserve } } = release
  const node = await settleDoubt(handle, release)
  const note = noteOf(node)
  if (note?.run !== run || note.instance_uuid !== node.instance_uuid || note.left) return
  // Without `reserve`, whoever has set the instance also ends it.
  if (!reserve && node.instance_uuid !== null) return
  if (!isSettled(node)) {
    log(`ironic: it is in state "${stateOf(node)}", so it stays reserved for this run; ${waysOut}`, 'warn')
    return
  }
  const isMarkLifted = note.mark !== undefined && !node.maintenance
  if (isMarkLifted) await putMark(handle, note.mark!)
  const { mark, ...rest } = note
  const keptMark = mark !== undefined && !isMarkLifted && maintenanceOf(node).is !== 'marked' ? { mark } : {}
  const left = { at: new Date(clock.now()).toISOString(), since: node.provision_updated_at }
  const steps: PatchStep[] = isClean(node) && note.retired !== true && keptMark.mark === undefined
    ? dropClaim(node)
    : [...(node.instance_uuid === null ? [] : [{ op: 'remove', path: '/instance_uuid' } as const]), writeNote({ ...rest, ...keptMark, instance_uuid: null, left })]
  await api.patch(id, steps, signal)
  log('ironic: left for other runs to take', 'debug')
}
