import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { IronicNode, PatchStep } from '../clients/ironic-api.ts'
import { isClean } from '../clients/ironic-states.ts'

const claimSchema = z.object({
  run: z.string(),
  /** Of the install that was begun last. */
  key: z.string(),
  /** The node's `instance_uuid` while the claim holds. */
  instance_uuid: z.string().nullable(),
  /** The node's `provision_updated_at` before the order to install: as long as it is the same, nothing has come of that order. */
  since: z.string().nullable(),
  /** The text of a mark that the node has, or is to have, while it is not in maintenance. */
  mark: z.string().exactOptional(),
  /** That rackbench has retired the node, so that cleaning does not hand it to the scheduler. */
  retired: z.literal(true).exactOptional(),
  /** That the run is through with the node and has taken its instance off it: when, and the node's `provision_updated_at`. It holds as long as that does. */
  left: z.object({ at: z.string(), since: z.string().nullable() }).exactOptional(),
})

/** What rackbench notes in a node's `/extra/rackbench`, so that any process can tell what is ours and how far it is. */
export type Claim = z.infer<typeof claimSchema>

/** What a node's note says; nothing if there is none, or one that is not ours. */
export function noteOf({ extra }: Pick<IronicNode, 'extra'>): Claim | undefined {
  return claimSchema.safeParse(extra['rackbench']).data
}

/** Whether a run has left a node as it is: nobody has taken it since, nor brought it into another state. */
export function isLeft(node: IronicNode): boolean {
  const { left } = noteOf(node) ?? {}
  return left !== undefined && node.instance_uuid === null && left.since === node.provision_updated_at
}

/** Whose install a node has. A note alone says little: it outlives the instance that it was written for. */
export type Holding =
  | { readonly is: 'free' }
  | { readonly is: 'rackbench'; readonly claim: Claim }
  | { readonly is: 'somebody'; readonly who: string }

/** States in which a node without any instance is nobody's. */
const unheld = new Set(['available', 'manageable', 'enroll', 'deploy failed', 'clean failed', 'error', 'deleting', 'cleaning', 'clean wait', 'verifying', 'inspecting', 'inspect wait', 'inspect failed', 'adopt failed'])

export function holdingOf(node: IronicNode): Holding {
  const claim = noteOf(node)
  const isUnheld = unheld.has(node.provision_state ?? 'available')
  if (claim && isLeft(node) && !isClean(node)) return { is: 'rackbench', claim }
  if (claim && !claim.left && claim.instance_uuid === node.instance_uuid && !(node.instance_uuid === null && isUnheld)) return { is: 'rackbench', claim }
  if (node.instance_uuid !== null) return { is: 'somebody', who: `instance ${node.instance_uuid}` }
  return isUnheld ? { is: 'free' } : { is: 'somebody', who: 'somebody without an instance_uuid' }
}

/** The instance that a run has on a server: the same whoever asks (a UUID of version 5, by RFC 9562). */
export function instanceUuid(run: string, server: string): string {
  const bytes = createHash('sha1').update(`rackbench/${run}/${server}`).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** The run that an operation belongs to. */
export function runOf({ idempotencyKey }: { readonly idempotencyKey: string }): string {
  return idempotencyKey.split('/', 1)[0] ?? ''
}

export function writeNote(claim: Claim): PatchStep {
  return { op: 'add', path: '/extra/rackbench', value: claim }
}

/** What takes our note and our instance off a node. */
export function dropClaim(node: IronicNode): PatchStep[] {
  const note = noteOf(node)
  if (!note) return []
  const isOurs = node.instance_uuid !== null && note.instance_uuid === node.instance_uuid
  return [
    ...(isOurs ? [{ op: 'remove', path: '/instance_uuid' } as const] : []),
    { op: 'remove', path: '/extra/rackbench' },
    // Removed, it would be null.
    ...(note.retired && node.retired ? [{ op: 'replace', path: '/retired', value: false } as const] : []),
  ]
}
