import type { IronicNode } from '../clients/ironic-api.ts'
import { ServerNotOursError } from '../model/fault.ts'
import { holdingOf, isLeft, noteOf } from './ironic-claim.ts'
import { maintenanceOf, runOfMark } from './ironic-mark.ts'
import type { IronicPolicy } from './ironic-settings.ts'
import { isBeingCleaned, isClean, isResting, stateOf } from '../clients/ironic-states.ts'

/** Who asks for what. */
export interface Asker {
  readonly id: string
  readonly run: string
  readonly policy: Pick<IronicPolicy, 'includeBroken' | 'takeInstalled'>
}

/** States that are neither ours nor on the way to anything that we do. */
const ofOthers = new Set(['enroll', 'verifying', 'inspecting', 'inspect wait', 'inspect failed', 'adopting', 'adopt failed', 'rescue', 'rescuing', 'rescue wait', 'rescue failed', 'unrescuing', 'unrescue failed', 'servicing', 'service wait', 'service failed', 'service hold', 'clean hold', 'deploy hold'])

/** @throws ServerNotOursError if a node is not to be installed by us. */
export function refuseToInstall(node: IronicNode, asker: Asker): void {
  const { id, policy: { includeBroken } } = asker
  refuseUnderMaintenance(node, id)
  const maintenance = maintenanceOf(node)
  const isWaitingForMark = node.retired === true && noteOf(node)?.retired === true
  if (maintenance.is === 'marked' && !includeBroken) refuse(id, `is marked as broken: ${maintenance.text}`)
  if (isWaitingForMark && !includeBroken) refuse(id, `is being taken out of the pool: ${noteOf(node)?.mark}`)
  if (node.retired === true && !isWaitingForMark) refuse(id, 'is retired')
  if (node.protected === true) refuse(id, 'is protected')
  if (maintenance.is !== 'marked' && !isWaitingForMark) refuseHeld(node, asker)
  refuseOtherState(node, id)
}

/** @throws ServerNotOursError if a node is not to be wiped by us. A marked one is: rackbench has done with it. */
export function refuseToWipe(node: IronicNode, { id, run }: Asker): void {
  refuseUnderMaintenance(node, id)
  const holding = holdingOf(node)
  if (holding.is === 'somebody') refuse(id, `is in use by ${holding.who}`)
  if (holding.is === 'rackbench' && holding.claim.run !== run && maintenanceOf(node).is !== 'marked') refuse(id, `is in use by rackbench run ${holding.claim.run}`)
  if (node.protected === true && !isClean(node)) refuse(id, 'is protected')
  // Ironic cleans what is retired only after an instance.
  if (node.retired === true && noteOf(node)?.retired !== true && stateOf(node) === 'clean failed') refuse(id, 'is retired')
  refuseOtherState(node, id)
}

/** @throws ServerNotOursError if a node is not to be marked by us: no mark is put over somebody's reason, nor on somebody's machine. */
export function refuseToMark(node: IronicNode, { id, run, policy }: Asker): void {
  refuseUnderMaintenance(node, id)
  const maintenance = maintenanceOf(node)
  if (maintenance.is === 'marked') {
    if (runOfMark(maintenance.text) !== run && !policy.includeBroken) refuse(id, `is marked as broken already: ${maintenance.text}`)
    return
  }
  const holding = holdingOf(node)
  if (holding.is === 'somebody') refuse(id, `is in use by ${holding.who}`)
  if (holding.is === 'rackbench' && holding.claim.run !== run) refuse(id, `is in use by rackbench run ${holding.claim.run}`)
}

function refuseUnderMaintenance(node: IronicNode, id: string): void {
  const maintenance = maintenanceOf(node)
  if (maintenance.is === 'somebody') refuse(id, `is under maintenance: ${maintenance.reason}`)
}

/** A node that is reserved and not installed is about to be: nobody may take that. */
function refuseHeld(node: IronicNode, { id, run, policy: { takeInstalled } }: Asker): void {
  const holding = holdingOf(node)
  const isTakeable = takeInstalled && isResting(node) && !isClean(node)
  if (holding.is === 'somebody' && !isTakeable) refuse(id, `is in use by ${holding.who}`)
  if (holding.is === 'rackbench' && holding.claim.run !== run && !isLeft(node) && !isTakeable) refuse(id, `is in use by rackbench run ${holding.claim.run}: ${waysOut}`)
}

function refuseOtherState(node: IronicNode, id: string): void {
  const state = stateOf(node)
  if (ofOthers.has(state)) refuse(id, `is in state "${state}"`)
  if (state === 'clean wait' || state === 'cleaning') {
    if (!isBeingCleaned(node)) refuse(id, 'is being cleaned by hand')
  }
}

/** What sets a node free that a run still holds. */
export const waysOut = '"rackbench resume" or "rackbench destroy --all" of that run sets it free; if its directory is gone for good, --take-installed takes it'

function refuse(id: string, why: string): never {
  throw new ServerNotOursError(`node ${id} ${why}`)
}
