import { resolve } from 'node:path'
import type { orderChoices } from '../model/choices.ts'
import type { Plan } from '../model/plan.ts'
import type { Server, ServerId } from '../model/server.ts'
import type { Threshold } from '../model/threshold.ts'
import { defaults } from './defaults.ts'
import { flagsAgain } from './flags-again.ts'
import type { Gathered, Invocation } from './gather.ts'
import { gather } from './gather.ts'
import type { Chosen } from './inventory-servers.ts'
import { chooseServers } from './inventory-servers.ts'
import type { NamedInventory } from './inventory.ts'
import type { NamedProvisioner } from './kind.ts'
import { isRecord } from './kind.ts'
import type { FullLayer, progressChoices } from './settings.ts'

export interface Configured {
  readonly plan: Plan
  /** Where the file says that servers come from. */
  readonly inventory?: NamedInventory
  /** The run directory, absolute. */
  readonly out: string
  readonly replace: boolean
  readonly force: boolean
  readonly dryRun: boolean
  /** In which order servers are to be started. */
  readonly order: (typeof orderChoices)[number]
  readonly progress: (typeof progressChoices)[number]
  /** What the user should know and did not ask for, one line each. */
  readonly notes: readonly string[]
}

/**
 * Makes one plan of flags, environment, configuration file and defaults; what stands earlier in this list wins.
 *
 * @throws UsageError with every problem of every source, also of values that another source overrides; IncompleteError if servers are to come
 * from an inventory that is away, or has none.
 */
export async function configure(invocation: Invocation): Promise<Configured> {
  const gathered = await gather(invocation)
  const { layer, provisioner, inventory, sources: { file: { benchmark } }, metrics, servers: ids, thresholds } = gathered
  const addressOf = addressesIn(provisioner.planned)
  const named = ids.map((id): Server => ({ id, labels: noLabels }))
  const { servers, unreadable, notes }: Chosen = (await chosenServers(gathered, invocation)) ?? { servers: named, notes: [] }
  return {
    plan: toPlan({ layer, provisioner: provisioner.planned, ...(benchmark && { benchmark, metrics }), servers: servers.map(({ id, address, labels }) => ({ id, ...(address === undefined ? addressOf(id) : { address }), labels })), ...(unreadable && { unreadable }), thresholds, flags: flagsAgain(invocation.flags) }),
    ...(inventory && { inventory }),
    out: resolve(layer.out.folder, layer.out.value),
    replace: layer.replace?.value ?? false,
    force: layer.force?.value ?? false,
    dryRun: layer['dry-run']?.value ?? false,
    order: layer.order.value,
    progress: layer.progress.value,
    notes: [...gathered.notes, ...notes],
  }
}

/** What is taken from the inventory, if it is asked. Only when all else is in order: it may take its time. */
async function chosenServers({ choice, inventory, layer, provisioner }: Gathered, { readInventory }: Invocation): Promise<Chosen | undefined> {
  if (!choice || !inventory || !readInventory) return undefined
  const { where, 'max-age': maxAge, 'stale-ok': staleOk } = layer
  const asked = { inventory, provisioner: provisioner.planned, conditions: where?.value ?? [], staleOk: staleOk?.value ?? false, ...(maxAge && { maxAgeMs: maxAge.value }) }
  return chooseServers(await readInventory(asked), choice)
}

/** One for all: a hundred thousand of them are room. */
const noLabels = {}

/** Where the simulated rack has its servers, as far as anybody said: what is wrong with it is told when it is opened. */
function addressesIn({ type, settings: { simulation } }: NamedProvisioner): (id: ServerId) => Pick<Server, 'address'> {
  const scripts = type === 'simulated' && isRecord(simulation) && isRecord(simulation['servers']) ? simulation['servers'] : {}
  return (id) => {
    const script = Object.hasOwn(scripts, id) ? scripts[id] : undefined
    const address = isRecord(script) ? script['address'] : undefined
    return typeof address === 'string' ? { address } : {}
  }
}

interface Parts {
  readonly layer: FullLayer
  readonly provisioner: NamedProvisioner
  readonly benchmark?: Plan['benchmark']
  readonly metrics?: Plan['metrics']
  readonly servers: Plan['servers']
  readonly unreadable?: Plan['unreadable']
  readonly thresholds: readonly Threshold[]
  readonly flags: string[]
}

function gateOf({ 'gate-open': open, 'gate-closed': closed, 'timeout-gate': limit }: FullLayer): Pick<Plan, 'gate'> {
  if (!open && !closed) return {}
  return { gate: { open: [...(open?.value ?? [])], closed: [...(closed?.value ?? [])], limitMs: limit.value } }
}

/** Puts a plan together of what all sources say. */
export function toPlan({ layer, provisioner, benchmark, metrics, servers, unreadable, thresholds, flags }: Parts): Plan {
  const { history } = layer
  const suite = layer.suite.value
  return {
    servers,
    ...(unreadable && { unreadable }),
    provisioner,
    ...(benchmark && { benchmark }),
    os: layer.os.value,
    thresholds: [...thresholds],
    ...(layer.unmatched.value !== defaults.unmatched && { unmatched: layer.unmatched.value }),
    ...(layer.retest.value > 0 && { retest: layer.retest.value }),
    ...(metrics && Object.keys(metrics).length > 0 && { metrics }),
    ...gateOf(layer),
    concurrency: layer.concurrency.value,
    destroy: layer.destroy.value,
    markBroken: layer['mark-broken'].value,
    maxBroken: layer['max-broken']?.value ?? 'default',
    maxAlike: layer['max-alike'].value,
    retries: layer.retries.value,
    maxOutageMs: layer['max-outage'].value,
    limitsMs: {
      install: layer['timeout-install'].value,
      benchmark: layer['timeout-benchmark'].value,
      destroy: layer['timeout-destroy'].value,
      mark: layer['timeout-mark'].value,
    },
    graceMs: layer.grace.value,
    ...(layer.deadline && { deadlineMs: layer.deadline.value }),
    ...(layer['wipe-reserve'] && { wipeReserveMs: layer['wipe-reserve'].value }),
    ...(history && { history: resolve(history.folder, history.value) }),
    suite: layer.shard ? `${suite}-${layer.shard.value.index}` : suite,
    attach: layer.attach.value,
    logLevel: layer['log-level'].value,
    logFormat: layer['log-format'].value,
    flags,
  }
}
