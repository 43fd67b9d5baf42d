import { z } from 'zod'

/** More of a text than anybody reads; Ironic itself keeps up to 64 KiB. */
const longestText = 4096
const text = z.string().transform((whole) => (whole.length > longestText ? `${whole.slice(0, longestText)}...` : whole))

/** What we read of a node. All texts are somebody else's, and are cut after 4096 characters. */
export const ironicNodeSchema = z.object({
  uuid: z.string(),
  name: z.string().nullable(),
  provision_state: z.string().nullable(),
  target_provision_state: z.string().nullable(),
  /** The conductor that holds the node's lock. Nothing may be asked for meanwhile. */
  reservation: z.string().nullable(),
  last_error: text.nullable(),
  maintenance: z.boolean(),
  maintenance_reason: text.nullable(),
  /** Set by Ironic alone: `clean failure`, `power failure`. */
  fault: z.string().nullable(),
  instance_uuid: z.string().nullable(),
  /** Once retired, ends cleaning in `manageable`. Null where somebody has removed it. */
  retired: z.boolean().nullable(),
  /** Not to be undeployed, rebuilt or deleted by anybody. */
  protected: z.boolean().nullable(),
  /** When `provision_state` was last changed; only ever compared with itself. */
  provision_updated_at: z.string().nullable(),
  resource_class: z.string().nullable(),
  properties: z.record(z.string(), z.unknown()),
  extra: z.record(z.string(), z.unknown()),
  instance_info: z.record(z.string(), z.unknown()),
})
export type IronicNode = z.infer<typeof ironicNodeSchema>

/** What changes while a node is under way: little enough to be read of hundreds at once. */
export const nodeProgressSchema = ironicNodeSchema.pick({
  uuid: true, name: true, provision_state: true, target_provision_state: true, reservation: true,
  last_error: true, maintenance: true, maintenance_reason: true, fault: true, instance_uuid: true, provision_updated_at: true,
})
export type NodeProgress = z.infer<typeof nodeProgressSchema>

/** One change of a JSON Patch (RFC 6902). */
export interface PatchStep {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path: string
  readonly value?: unknown
}

/** A wish for another provision state: `active`, `rebuild`, `deleted`, `manage`, `provide`, and what goes with it. */
export interface ProvisionOrder {
  readonly target: string
  readonly configdrive?: unknown
  readonly deploy_steps?: readonly unknown[]
}

/** Something that went wrong with a node, or was done with it. */
export interface HistoryEntry {
  /** When, in ISO 8601. */
  readonly at: string
  readonly severity: string
  readonly event: string
}

/** As Ironic says it. */
export const historySchema = z.object({ uuid: z.string(), created_at: z.string(), severity: z.string().nullable(), event: text.nullable() })

/**
 * The calls of Ironic's API that rackbench needs, at a microversion that was settled upon with the first of them. A node is named by
 * its name or UUID. At most `maxInFlight` requests are under way at once. What Ironic says may pass is tried again for a while:
 * locked, in a transition, 503, the limit of concurrent actions.
 *
 * Errors of all calls: ProvisionerUnavailableError (no answer; busy after that while; no live conductor: "No valid host", "Unable to
 * establish connection"; a node that others have moved on while it was locked), RequestRefusedError, UnknownServerError,
 * ServerNotOursError (protected; put in maintenance since it was read), DefectError. If the signal aborts, its reason, unless Ironic was
 * busy, away or silent by then: that is a ProvisionerUnavailableError.
 */
export interface IronicApi {
  readonly node: (id: string, signal: AbortSignal) => Promise<IronicNode>
  /** All nodes, in pages. */
  readonly nodes: (signal: AbortSignal) => AsyncIterable<IronicNode>
  /**
   * Resolves once the order was taken (202). An answer that was lost is never followed by the same order: the error is then a
   * ProvisionerUnavailableError, and whoever asked reads the state before asking again.
   */
  readonly order: (id: string, order: ProvisionOrder, signal: AbortSignal) => Promise<void>
  /** @throws ServerNotOursError if `instance_uuid` is taken, by another node or on this one. */
  readonly patch: (id: string, steps: readonly PatchStep[], signal: AbortSignal) => Promise<IronicNode>
  readonly setMaintenance: (id: string, reason: string, signal: AbortSignal) => Promise<void>
  readonly clearMaintenance: (id: string, signal: AbortSignal) => Promise<void>
  /** What went wrong with a node, the oldest first. */
  readonly history: (id: string, signal: AbortSignal) => Promise<readonly HistoryEntry[]>
  /**
   * Waits until a node is settled: `isSettled` holds and nobody holds its lock. All that wait are asked for together.
   *
   * @param onChange Hears of each state that is seen on the way.
   */
  readonly settled: (id: string, waiting: { readonly isSettled: (node: NodeProgress) => boolean; readonly onChange?: (node: NodeProgress) => void; readonly signal: AbortSignal }) => Promise<NodeProgress>
  /** Credentials, address and microversion are right. Touches no node. */
  readonly check: (signal: AbortSignal) => Promise<void>
  readonly close: () => Promise<void>
}
