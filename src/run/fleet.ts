import pMap from 'p-map'
import { isDone, isLeftBehind, isUnsettled, kept, keptToSettle } from '../model/kept.ts'
import type { ServerId } from '../model/server.ts'
import type { ServerState } from '../model/server-state.ts'
import { startingOrder } from '../model/starting-order.ts'
import type { Brakes } from './brakes.ts'
import type { RunContext, TakeUp } from './pipeline.ts'
import { runServer } from './pipeline.ts'
import { releaseServer } from './release.ts'
import type { StopReason } from './stop.ts'
import { createStop } from './stop.ts'

export interface FleetContext extends RunContext {
  readonly brakes: Brakes
  /** A pipeline broke, which is a fault of ours: a problem of the run, which goes on. */
  readonly onDefect: (server: ServerId, error: unknown) => void
}

/**
 * Takes every server that is not done through its pipeline; then settles what an earlier process left under way and this
 * one did not come to. All concurrency of rackbench is here.
 *
 * Whether to go on is asked before each server and not told to p-map by a signal: that would reject at once, and leave the
 * pipelines under way with nobody to wait for their wipes.
 */
export async function runFleet(context: FleetContext): Promise<void> {
  const { stop, brakes, outage } = context
  const { plan, servers } = context.run()
  const mayStart = (): boolean => stop.reason === undefined && brakes.tripped === undefined
  const lanes = createLanes(plan.concurrency)
  const taken = new Set<ServerId>()
  // The process that left these may have been killed before it could say so.
  const leftBefore = idsOf(servers.values(), (server) => isDone(server) && isLeftBehind(server))
  let settling: Promise<void> | undefined
  const settleHeld = (): Promise<void> =>
    (settling ??= settle(context, { servers: idsOf(servers.values(), ({ phase, server }) => phase === 'under way' && !taken.has(server.id)), wipeAll: false, makeWithheld: false }))
  // At a stop, machines of an earlier process are wiped with those of this one, and not after them.
  const stopListening = stop.onRequest(() => void settleHeld())

  await pMap(
    startingOrder([...servers.values()].filter((server) => !isDone(server)), plan.expectedMs).map(({ server }) => server.id),
    async (id) => {
      await outage.over()
      if (!mayStart()) return
      taken.add(id)
      const lane = lanes.take()
      await guarded(context, { server: id, worker: lane.name, kept: kept(servers.get(id)!), policy: plan.destroy })
      lane.give()
    },
    { concurrency: plan.concurrency },
  )
  stopListening()
  if (!mayStart()) await settleHeld()
  else await pMap(leftBefore, (id) => releaseServer(context, id), { concurrency: plan.concurrency })
}

export interface SettleOptions {
  readonly servers: readonly ServerId[]
  readonly wipeAll: boolean
  readonly makeWithheld: boolean
}

/**
 * Makes the marks that are due and the wipes that are due, for all these servers at once: each holds a machine that nobody
 * waits for any more.
 */
export async function settle(context: FleetContext, { servers: ids, wipeAll, makeWithheld }: SettleOptions): Promise<void> {
  const { plan, servers } = context.run()
  const stop = createStop()
  stop.request(context.stop.reason ?? givenUp)
  const digits = String(ids.length).length
  await Promise.all(
    ids.map((id, index) => {
      const keeps = keptToSettle(servers.get(id)!, { wipeAll, makeWithheld })
      const worker = `wiper-${String(index + 1).padStart(Math.max(2, digits), '0')}`
      return guarded({ ...context, stop }, { server: id, worker, kept: keeps, policy: wipeAll ? 'all' : plan.destroy })
    }),
  )
}

const givenUp: StopReason = { text: 'given up: the process that ran it had ended' }

/** The servers for which something is due at the provisioner. */
export function unsettled(servers: Iterable<ServerState>): ServerId[] {
  return idsOf(servers, isUnsettled)
}

function idsOf(servers: Iterable<ServerState>, isMeant: (server: ServerState) => boolean): ServerId[] {
  return [...servers].filter(isMeant).map(({ server }) => server.id)
}

async function guarded(context: FleetContext, takeUp: TakeUp): Promise<void> {
  try {
    await runServer(context, takeUp)
  } catch (error) {
    context.onDefect(takeUp.server, error)
  }
}

/** The names of the workers: `worker-01`, ... The same text for all servers of one: each is kept. */
function createLanes(concurrency: number) {
  const digits = Math.max(2, String(concurrency).length)
  const free: string[] = []
  let used = 0
  return {
    take() {
      const name = free.pop() ?? `worker-${String(++used).padStart(digits, '0')}`
      return { name, give: () => void free.push(name) }
    },
  }
}
