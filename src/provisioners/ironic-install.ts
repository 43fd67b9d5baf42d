import type { IronicNode, PatchStep, ProvisionOrder } from '../clients/ironic-api.ts'
import { ProvisionerUnavailableError, ServerNotOursError } from '../model/fault.ts'
import type { Installed, ServerId } from '../model/server.ts'
import type { Claim } from './ironic-claim.ts'
import { instanceUuid, noteOf, writeNote } from './ironic-claim.ts'
import { describeNode } from '../clients/ironic-facts.ts'
import { failureOf, tellHistory } from './ironic-fault.ts'
import { endMaintenance } from './ironic-keeping.ts'
import { maintenanceOf } from './ironic-mark.ts'
import type { NodeHandle } from './ironic-orders.ts'
import { awaitLateOrder, change, look, orderAndRest, rest } from './ironic-orders.ts'
import { refuseToInstall } from './ironic-ownership.ts'
import type { IronicPolicy } from './ironic-settings.ts'
import { isSettled, stateOf } from '../clients/ironic-states.ts'
import { claimUnder, hasMovedSince, nextMove } from './ironic-way.ts'

/** One install, under its key. */
export interface Installation {
  readonly server: ServerId
  readonly os: string
  readonly run: string
  readonly key: string
  readonly policy: IronicPolicy
  /** How long an order may be on its way whose sender is gone, in milliseconds. */
  readonly doubtMs: number
}

/** More than any way from one state to another takes. */
const mostMoves = 16

/**
 * Takes a node from whatever state it is in to a fresh install. The node's own note says what was begun already under this key, by
 * this process or another: that is not begun again.
 *
 * @throws ServerNotOursError, ServerOperationError, RequestRefusedError, ProvisionerUnavailableError, UnknownServerError
 */
export async function installNode(handle: NodeHandle, install: Installation): Promise<Installed> {
  const { id, clock, context } = handle
  const sinceMs = clock.now()
  let node = await enter(handle, install)
  let isOrdered = false

  for (let moves = 0; moves < mostMoves; moves++) {
    const move = nextMove(node, install)
    // What failed under this key has failed, whatever Ironic or a person has done about it since.
    if (move.is !== 'failed') refuseToInstall(node, { id, ...install })
    switch (move.is) {
      case 'wait':
        node = await rest(handle)
        break
      case 'claim':
        if (isOrdered) throw takenAway(id, node)
        node = await claim(handle, node, install)
        break
      case 'end maintenance':
        node = await endMaintenance(handle)
        break
      case 'order': {
        const isInstall = move.target === 'active' || move.target === 'rebuild'
        if (isInstall && isOrdered) throw takenAway(id, node)
        const rested = await orderAndRest(handle, node, isInstall ? deployOrder(move.target, install) : { target: move.target })
        isOrdered ||= isInstall && rested !== undefined
        node = rested ?? (await look(handle))
        break
      }
      case 'failed':
        await tellHistory(handle.api, id, { ...context, sinceMs })
        throw failureOf(node)
      case 'done':
        return describeNode(node, install.policy)
    }
  }
  throw new ProvisionerUnavailableError(`node ${id} does not come to rest: it is in state "${stateOf(node)}"`)
}

/** The node as it is when all that was sent under this key before has arrived. What failed then by Ironic's own fault is begun anew. */
async function enter(handle: NodeHandle, install: Installation): Promise<IronicNode> {
  const node = await look(handle)
  const note = claimUnder(node, install)
  if (!note || !isSettled(node)) return node
  if (!hasMovedSince(node, note)) return awaitLateOrder(handle, node, install.doubtMs)
  const isToBeginAnew = nextMove(node, install).is === 'failed' && failureOf(node) instanceof ProvisionerUnavailableError
  return isToBeginAnew ? rewriteSince(handle, node, note) : node
}

/** Takes the node, and says in the same request what for. */
async function claim(handle: NodeHandle, node: IronicNode, install: Installation): Promise<IronicNode> {
  const { server, os, run, key, policy } = install
  const { id, context: { log } } = handle
  const uuid = node.instance_uuid ?? (policy.reserve ? instanceUuid(run, server) : null)
  const maintenance = maintenanceOf(node)
  const before = noteOf(node)
  const isOurs = before !== undefined && (before.run === run || before.retired === true || before.left !== undefined)
  const mark = maintenance.is === 'marked' ? maintenance.text : isOurs ? before.mark : undefined
  const note: Claim = { run, key, instance_uuid: uuid, since: node.provision_updated_at, ...(mark !== undefined && { mark }) }
  if (mark !== undefined) log('ironic: its mark as broken is lifted for this run, and put back when it is wiped', 'warn')
  const info = Object.entries(policy.deploy.instanceInfo ?? {}).map(([name, value]): PatchStep => ({ op: 'add', path: `/instance_info/${name}`, value: fillIn(value, { os, id: server }) }))
  const steps: PatchStep[] = [
    ...(uuid !== node.instance_uuid ? [{ op: 'add', path: '/instance_uuid', value: uuid } as const] : []),
    writeNote(note),
    ...info,
    ...(node.retired && before?.retired ? [{ op: 'replace', path: '/retired', value: false } as const] : []),
  ]
  return change(handle, node, steps).catch(async (error: unknown) => {
    if (!(error instanceof ServerNotOursError) || uuid === null) throw error
    const now = await look(handle)
    // Two that take it for the same run at the same moment are in each other's way, and both have it.
    if (now.instance_uuid === uuid) return now
    // Who was first says more of itself than the refusal does.
    refuseToInstall(now, { id, run, policy })
    throw error
  })
}

function deployOrder(target: string, { os, server, policy: { deploy: { configDrive, steps } } }: Installation): ProvisionOrder {
  return {
    target,
    ...(configDrive !== undefined && { configdrive: fillIn(configDrive, { os, id: server }) }),
    ...(steps && steps.length > 0 && { deploy_steps: steps }),
  }
}

function rewriteSince(handle: NodeHandle, node: IronicNode, note: Claim): Promise<IronicNode> {
  return change(handle, node, [writeNote({ ...note, since: node.provision_updated_at })])
}

function takenAway(id: string, node: IronicNode): ServerNotOursError {
  return new ServerNotOursError(`node ${id} was taken away while it was installed: it is in state "${stateOf(node)}"${node.instance_uuid === null ? '' : `, with instance ${node.instance_uuid}`}`)
}

/** Puts `{os}` and `{id}` into the texts of a value. */
function fillIn(value: unknown, words: { readonly os: string; readonly id: string }): unknown {
  if (typeof value === 'string') return value.replaceAll(/\{(os|id)\}/g, (_, name: 'os' | 'id') => words[name])
  if (Array.isArray(value)) return value.map((item) => fillIn(item, words))
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillIn(item, words)])) : value
}
