import { resolve } from 'node:path'
import type { Plan } from '../model/plan.ts'
import type { Threshold } from '../model/threshold.ts'
import { defaults } from './defaults.ts'
import { flagsAgain } from './flags-again.ts'
import type { Invocation } from './gather.ts'
import { gather } from './gather.ts'
import type { NamedInventory } from './inventory.ts'
import type { NamedProvisioner } from './kind.ts'
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
  readonly progress: (typeof progressChoices)[number]
  /** What the user should know and did not ask for, one line each. */
  readonly notes: readonly string[]
}

/**
 * Makes one plan of flags, environment, configuration file and defaults; what stands earlier in this list wins.
 *
 * @throws UsageError with every problem of every source, also of values that another source overrides.
 */
export async function configure(invocation: Invocation): Promise<Configured> {
  const { layer, notes, provisioner, inventory, sources: { file: { benchmark } }, metrics, servers: ids, thresholds } = await gather(invocation)
  const servers = ids.map((id) => ({ id, labels: noLabels }))
  return {
    plan: toPlan({ layer, provisioner: provisioner.planned, ...(benchmark && { benchmark, metrics }), servers, thresholds, flags: flagsAgain(invocation.flags) }),
    ...(inventory && { inventory }),
    out: resolve(layer.out.folder, layer.out.value),
    replace: layer.replace?.value ?? false,
    force: layer.force?.value ?? false,
    dryRun: layer['dry-run']?.value ?? false,
    progress: layer.progress.value,
    notes,
  }
}

/** One for all: a hundred thousand of them are room. */
const noLabels = {}

interface Parts {
  readonly layer: FullLayer
  readonly provisioner: NamedProvisioner
  readonly benchmark?: Plan['benchmark']
  readonly metrics?: Plan['metrics']
  readonly servers: Plan['servers']
  readonly thresholds: readonly Threshold[]
  readonly flags: string[]
}

/** Puts a plan together of what all sources say. */
export function toPlan({ layer, provisioner, benchmark, metrics, servers, thresholds, flags }: Parts): Plan {
  const suite = layer.suite.value
  return {
    servers,
    provisioner,
    ...(benchmark && { benchmark }),
    os: layer.os.value,
    thresholds: [...thresholds],
    ...(layer.unmatched.value !== defaults.unmatched && { unmatched: layer.unmatched.value }),
    ...(layer.retest.value > 0 && { retest: layer.retest.value }),
    ...(metrics && Object.keys(metrics).length > 0 && { metrics }),
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
    suite: layer.shard ? `${suite}-${layer.shard.value.index}` : suite,
    attach: layer.attach.value,
    logLevel: layer['log-level'].value,
    logFormat: layer['log-format'].value,
    flags,
  }
}
