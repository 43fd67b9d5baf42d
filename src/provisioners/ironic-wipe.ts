import type { IronicNode, NodeProgress, PatchStep } from '../clients/ironic-api.ts'
import { ProvisionerUnavailableError } from '../model/fault.ts'
import type { StepContext } from '../model/provisioner.ts'
import type { ServerId } from '../model/server.ts'
import type { Claim } from './ironic-claim.ts'
import { instanceUuid, isLeft, noteOf, writeNote } from './ironic-claim.ts'
import { settleDoubt } from './ironic-doubt.ts'
import { failureOf, tellHistory } from './ironic-fault.ts'
import { endMaintenance, putMark, tidy } from './ironic-keeping.ts'
import { maintenanceOf, markText } from './ironic-mark.ts'
import type { NodeHandle } from './ironic-orders.ts'
import { change, look, orderAndRest, rest } from './ironic-orders.ts'
import type { Asker } from './ironic-ownership.ts'
import { refuseToWipe } from './ironic-ownership.ts'
import type { IronicPolicy } from './ironic-settings.ts'
import { isClean, isResting, stateOf } from '../clients/ironic-states.ts'

/** One wipe. */
export interface Wipe extends Asker, Pick<StepContext, 'inDoubt' | 'markFollows'> {
  readonly id: ServerId
  readonly policy: Asker['policy'] & Pick<IronicPolicy, 'reserve'>
  readonly key: string
  readonly doubtMs: number
}

/** More than any way from one state to another takes. */
const mostMoves = 16

/**
 * Takes a node back to having nothing installed, and nothing of ours on it. One that has a mark, or is to have one next, is retired
 * meanwhile: cleaning then ends in `manageable`, out of the scheduler's reach. What has only to be cleaned is reserved instead, for what is
 * retired cannot be provided. In maintenance it would be out of reach as well, but there Ironic never gives up a machine that hangs in cleaning.
 *
 * @throws ServerNotOursError, ServerOperationError, RequestRefusedError, ProvisionerUnavailableError, UnknownServerError
 */
export async function wipeNode(handle: NodeHandle, wipe: Wipe): Promise<void> {
  const { id, clock, context } = handle
  const sinceMs = clock.now()
  let node = await settleDoubt(handle, wipe)
  const asked = new Set<string>()

  for (let moves = 0; moves < mostMoves; moves++) {
    const mark = markOf(node, wipe)
    refuseToWipe(node, wipe)
    // An install that waits for its machine can be cancelled; but not retired before, which a mark needs.
    const isEnough = (now: NodeProgress): boolean => isResting(now) || (mark === undefined && stateOf(now) === 'wait call-back')
    if (node.reservation !== null || !isEnough(node)) {
      node = await rest(handle, isEnough)
      continue
    }
    const target = targetOf(node, asked)
    if (target === undefined) return leave(handle, node, wipe)
    if (asked.size > 0 && failedStates.has(stateOf(node))) {
      await tellHistory(handle.api, id, { ...context, sinceMs })
      await leave(handle, node, wipe)
      throw failureOf(node)
    }
    if (wipe.policy.reserve && isLeft(node)) {
      node = await takeBack(handle, node, wipe.run)
      continue
    }
    if (mark !== undefined) node = await keepOut(handle, node, { mark, wipe, target })
    // Put into maintenance by Ironic, which would leave it there when it is clean.
    else if (target !== 'deleted' && node.maintenance) node = await endMaintenance(handle)
    const rested = await orderAndRest(handle, node, { target })
    if (rested) asked.add(target)
    node = rested ?? (await look(handle))
  }
  throw new ProvisionerUnavailableError(`node ${id} does not come to rest: it is in state "${stateOf(node)}"`)
}

const failedStates = new Set(['clean failed', 'error', 'deploy failed'])

/** What leads on to a clean node; nothing if it is one. */
function targetOf(node: IronicNode, asked: ReadonlySet<string>): 'deleted' | 'manage' | 'provide' | undefined {
  const state = stateOf(node)
  if (state === 'clean failed') return 'manage'
  if (state === 'manageable' && asked.has('manage') && !asked.has('provide')) return 'provide'
  return isClean(node) ? undefined : 'deleted'
}

/** The mark that a node has, or is to have when it is wiped: whoever begins again finds it in the note. */
function markOf(node: IronicNode, { markFollows, run }: Wipe): string | undefined {
  const maintenance = maintenanceOf(node)
  if (maintenance.is === 'marked') return maintenance.text
  return markFollows === undefined ? noteOf(node)?.mark : markText(markFollows, run)
}

/** Another run may be about to take what was left: only one of the two gets it. @throws ServerNotOursError if that is not us. */
async function takeBack(handle: NodeHandle, node: IronicNode, run: string): Promise<IronicNode> {
  const { left: _left, ...note } = noteOf(node)!
  const uuid = instanceUuid(run, handle.id)
  return change(handle, node, [{ op: 'add', path: '/instance_uuid', value: uuid }, writeNote({ ...note, run, instance_uuid: uuid })])
}

/** Sees to it that a node does not come back to the scheduler when it is clean. */
async function keepOut(handle: NodeHandle, node: IronicNode, { mark, wipe, target }: { readonly mark: string; readonly wipe: Wipe; readonly target: string }): Promise<IronicNode> {
  if (target !== 'deleted') {
    const uuid = node.instance_uuid ?? (wipe.policy.reserve ? instanceUuid(wipe.run, wipe.id) : null)
    if (uuid !== null) {
      const note = noteOf(node)
      const isKept = note?.mark === mark && note.run === wipe.run && node.instance_uuid === uuid && !node.retired
      const kept = isKept ? node : await change(handle, node, reserve(node, mark, { uuid, wipe }))
      return kept.maintenance ? endMaintenance(handle) : kept
    }
    // What is retired cannot be provided: here the mark itself has to do.
    const marked = maintenanceOf(node).is === 'marked' ? node : await putMark(handle, mark)
    return marked.retired ? change(handle, marked, [{ op: 'replace', path: '/retired', value: false }]) : marked
  }
  const kept = node.retired && noteOf(node)?.mark === mark ? node : await change(handle, node, retire(node, mark, wipe))
  return kept.maintenance ? endMaintenance(handle) : kept
}

/** The scheduler does not take what has an instance. */
function reserve(node: IronicNode, mark: string, { uuid, wipe: { run, key } }: { readonly uuid: string; readonly wipe: Wipe }): PatchStep[] {
  return [
    ...(node.instance_uuid === uuid ? [] : [{ op: 'add', path: '/instance_uuid', value: uuid } as const]),
    writeNote({ run, key: noteOf(node)?.key ?? key, since: noteOf(node)?.since ?? node.provision_updated_at, instance_uuid: uuid, mark }),
    ...(node.retired ? [{ op: 'replace', path: '/retired', value: false } as const] : []),
  ]
}

function retire(node: IronicNode, mark: string, { run, key }: Wipe): PatchStep[] {
  const note: Claim = noteOf(node) ?? { run, key, instance_uuid: node.instance_uuid, since: node.provision_updated_at }
  // One that somebody else has retired stays so.
  if (node.retired && !note.retired) return [writeNote({ ...note, mark })]
  return [writeNote({ ...note, mark, retired: true }), { op: 'add', path: '/retired', value: true }]
}

/** Leaves a node as it was: with the mark that it had, and, if it is clean, without our reservation. If its mark is to be made next, that is the mark's to do. */
async function leave(handle: NodeHandle, node: IronicNode, { markFollows }: Wipe): Promise<void> {
  const { context: { log } } = handle
  const note = noteOf(node)
  if (markFollows !== undefined && maintenanceOf(node).is !== 'marked') return
  let now = node
  if (note?.mark !== undefined && maintenanceOf(node).is !== 'marked') {
    now = await putMark(handle, note.mark)
    log('ironic: its mark as broken is back; "rackbench mark-fixed" clears it', 'warn')
  }
  await tidy(handle, now)
}
