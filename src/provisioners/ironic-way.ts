import type { IronicNode } from '../clients/ironic-api.ts'
import type { Claim } from './ironic-claim.ts'
import { noteOf } from './ironic-claim.ts'
import { isSettled, stateOf } from '../clients/ironic-states.ts'

type InstallTarget = 'active' | 'rebuild' | 'manage' | 'provide'

/** What to do next with a node that is to be installed. */
export type Move =
  | { readonly is: 'wait' }
  | { readonly is: 'claim' }
  | { readonly is: 'end maintenance' }
  | { readonly is: 'order'; readonly target: InstallTarget }
  | { readonly is: 'done' }
  | { readonly is: 'failed' }

/**
 * The way to an installed node, one move at a time, from what the node itself tells: so that any process can go on where another has
 * been left. Whose the node is, and why it is in maintenance, has been looked at before.
 */
export function nextMove(node: IronicNode, { run, key }: Pick<Claim, 'run' | 'key'>): Move {
  if (!isSettled(node)) return { is: 'wait' }
  const note = claimUnder(node, { run, key })
  if (!note) return { is: 'claim' }
  const state = stateOf(node)
  const hasMoved = hasMovedSince(node, note)
  if (hasMoved && failedStates.has(state)) return { is: 'failed' }
  if (node.maintenance) return { is: 'end maintenance' }
  if (hasMoved && state === 'active') return { is: 'done' }
  return { is: 'order', target: targets[state] ?? 'rebuild' }
}

const failedStates = new Set(['deploy failed', 'clean failed', 'error'])

/** What leads on from each state, where nothing has been ordered yet. From `active` and `error` it is `rebuild`, which keeps the instance. */
const targets: Readonly<Record<string, InstallTarget>> = { available: 'active', 'deploy failed': 'active', 'clean failed': 'manage', manageable: 'provide' }

/** The note of one install, as long as its instance is the node's, and its run has not left it. */
export function claimUnder(node: IronicNode, { run, key }: Pick<Claim, 'run' | 'key'>): Claim | undefined {
  const note = noteOf(node)
  return note?.run === run && note.key === key && note.instance_uuid === node.instance_uuid && !note.left ? note : undefined
}

/** Ironic sets out before it looks for a worker, turns back without one, and says this: nothing has come of that. */
const turnedBack = /No free conductor workers/

/** Whether anything has come of the order that a claim was made for. */
export function hasMovedSince({ provision_updated_at, last_error }: Pick<IronicNode, 'provision_updated_at' | 'last_error'>, { since }: Pick<Claim, 'since'>): boolean {
  return provision_updated_at !== since && !turnedBack.test(last_error ?? '')
}
