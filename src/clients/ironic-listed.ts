import type { IronicNode } from './ironic-api.ts'
import type { NodePlaces } from './ironic-facts.ts'
import { describeNode } from './ironic-facts.ts'
import { isClean } from './ironic-states.ts'

/** A node as a list of servers has it. */
export interface ListedNode {
  /** Its name or else its UUID, which need not be a server ID. */
  readonly id: string
  readonly address?: string
  readonly labels: Readonly<Record<string, string>>
  /** A node in maintenance or retired is out of the pool, whoever put it there. */
  readonly state: 'clean' | 'installed' | 'broken'
}

export function listedNode(node: IronicNode, places: NodePlaces): ListedNode {
  const { address, facts = {} } = describeNode(node, places)
  const isOut = node.maintenance || node.retired === true
  return { id: node.name ?? node.uuid, labels: facts, ...(address !== undefined && { address }), state: isOut ? 'broken' : isClean(node) ? 'clean' : 'installed' }
}
