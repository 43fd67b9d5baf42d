import { createIronicApi } from '../clients/ironic.ts'
import type { IronicApi } from '../clients/ironic-api.ts'
import { listedNode } from '../clients/ironic-listed.ts'
import type { Clock } from '../model/clock.ts'
import type { Provisioner, StepContext } from '../model/provisioner.ts'
import type { Server, ServerId } from '../model/server.ts'
import { isServerId } from '../model/server.ts'
import { runOf } from './ironic-claim.ts'
import { installNode } from './ironic-install.ts'
import { clearMarkOf, markNode } from './ironic-marking.ts'
import type { NodeHandle } from './ironic-orders.ts'
import { releaseNode } from './ironic-release.ts'
import type { IronicPolicy } from './ironic-settings.ts'
import { readIronicSettings } from './ironic-settings.ts'
import { wipeNode } from './ironic-wipe.ts'

/**
 * A rack behind OpenStack Ironic: a server is a node, by its name or UUID.
 *
 * @throws UsageError with a line for each thing that is wrong in the settings.
 */
export async function openIronic(settings: Readonly<Record<string, unknown>>, clock: Clock): Promise<Provisioner> {
  const { policy, ...how } = await readIronicSettings(settings)
  return ironicOn(createIronicApi({ ...how, clock, random: Math.random }), policy, { clock })
}

interface IronicWorld {
  readonly clock: Clock
  /** How long an order may be on its way whose sender is gone, in milliseconds. */
  readonly doubtMs?: number
}

/** Ironic itself waits for a node's lock for 2 s before it refuses an order. */
const usualDoubtMs = 5000

/** The provisioner `ironic` on an API that is open. */
export function ironicOn(api: IronicApi, policy: IronicPolicy, { clock, doubtMs = usualDoubtMs }: IronicWorld): Provisioner {
  function begin({ id }: Server, context: StepContext): NodeHandle & { readonly asker: { readonly id: ServerId; readonly run: string; readonly policy: IronicPolicy } } {
    context.signal.throwIfAborted()
    return { id, api, clock, context, asker: { id, run: runOf(context), policy } }
  }
  return {
    name: 'ironic',
    async install(server, os, context) {
      const { asker, ...handle } = begin(server, context)
      return installNode(handle, { ...asker, server: server.id, os, key: context.idempotencyKey, doubtMs })
    },
    async destroy(server, context) {
      const { asker, ...handle } = begin(server, context)
      const { inDoubt, markFollows } = context
      await wipeNode(handle, { ...asker, key: context.idempotencyKey, doubtMs, ...(inDoubt && { inDoubt }), ...(markFollows !== undefined && { markFollows }) })
    },
    async markAsBroken(server, reason, context) {
      const { asker, ...handle } = begin(server, context)
      await markNode(handle, reason, asker)
    },
    async clearMark(server, context) {
      await clearMarkOf(begin(server, context), context.asIs ?? false)
    },
    async release({ id }, context) {
      const { inDoubt } = context
      context.signal.throwIfAborted()
      await releaseNode({ id, api, clock, context }, { run: runOf(context), policy, doubtMs, ...(inDoubt && { inDoubt }) })
    },
    check: ({ signal }) => api.check(signal),
    async *list({ signal, log }) {
      for await (const node of api.nodes(signal)) {
        const { id, ...server } = listedNode(node, policy)
        if (isServerId(id)) yield { id, ...server }
        else log(`Ironic has a node whose name is no server ID, and it is left out: ${JSON.stringify(id.slice(0, 80))}`, 'warn')
      }
    },
    close: api.close,
  }
}
