import type { IronicNode, NodeProgress } from './ironic-api.ts'

/** The states in which a node stays until somebody asks for something. All others are on their way to one of these. */
const resting = new Set(['enroll', 'manageable', 'available', 'active', 'deploy failed', 'clean failed', 'error', 'inspect failed', 'adopt failed', 'rescue', 'rescue failed', 'unrescue failed'])
const clean = new Set(['available', 'manageable'])

/** What `provision_state` says; below the microversions that we use, `available` was told as nothing. */
export function stateOf({ provision_state: state }: Pick<IronicNode, 'provision_state'>): string {
  return state ?? 'available'
}

/** Whether nothing will happen to a node by itself, but for its lock. */
export function isResting(node: Pick<IronicNode, 'provision_state'>): boolean {
  return resting.has(stateOf(node))
}

/** Whether nothing happens to a node, and it may be asked for something. */
export function isSettled(node: Pick<NodeProgress, 'provision_state' | 'reservation'>): boolean {
  return isResting(node) && node.reservation === null
}

/** Whether nothing is installed on a node. */
export function isClean(node: Pick<IronicNode, 'provision_state'>): boolean {
  return clean.has(stateOf(node))
}

/** Whether a node is on its way to having nothing installed on it. */
export function isBeingCleaned(node: Pick<IronicNode, 'provision_state' | 'target_provision_state'>): boolean {
  return ['deleting', 'cleaning', 'clean wait'].includes(stateOf(node)) && node.target_provision_state !== 'manageable'
}
