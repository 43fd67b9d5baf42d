import { resolve } from 'node:path'
import type { Plan } from '../model/plan.ts'
import { reserveFor } from '../model/plan.ts'
import { formatDuration } from '../model/duration.ts'
import { scoreMetric } from '../model/metrics.ts'
import { UsageError } from '../model/problem.ts'
import type { Threshold } from '../model/threshold.ts'
import type { ConfigFile } from './config-file.ts'
import { readConfigFile } from './config-file.ts'
import { flagsAgain } from './flags-again.ts'
import type { NamedProvisioner } from './kind.ts'
import { chooseProvisioner, withSimulation } from './provisioner.ts'
import { checkSecrets, checkToken, refuseLiteralSecrets } from './secrets.ts'
import { selectServers } from './servers.ts'
import type { Environment, Flags, Layer, progressChoices } from './settings.ts'
import { readEnvironment, readFlags } from './settings.ts'
import type { Tell } from './wording.ts'
import { oneLine, refusal } from './wording.ts'

/** All that `rackbench run` is told. */
export interface Invocation {
  /** The server arguments, as they were given. */
  readonly servers: readonly string[]
  readonly flags: Flags
  readonly env: Environment
  readonly cwd: string
  /** Called at most once, and only if `-` is among the servers. */
  readonly readStdin: () => Promise<string>
  /** Whether no servers need be named: for what is not about single ones. */
  readonly mayLackServers?: boolean
  /** What was wrong with the command line itself. */
  readonly problems?: readonly string[]
  /** Tells what is wrong with a provisioner's settings, as far as that can be told without opening it. */
  readonly checkProvisioner?: (provisioner: Plan['provisioner']) => readonly string[]
}

export interface Configured {
  readonly plan: Plan
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
export async function configure({ servers, flags, env, cwd, readStdin, mayLackServers = false, problems: earlier = [], checkProvisioner = () => [] }: Invocation): Promise<Configured> {
  const problems: string[] = [...earlier]
  const notes: string[] = []
  const tell: Tell = (problem) => problems.push(oneLine(problem))
  const note: Tell = (text) => notes.push(oneLine(text))
  const fromFlags = readFlags(flags, cwd, tell)
  const fromEnv = readEnvironment(env, cwd, tell)
  checkToken(env, tell)
  const found = await readConfigFile(fromFlags.config ?? fromEnv.config, cwd, tell)
  const file: ConfigFile = typeof found === 'string' ? { label: 'no file', layer: {} } : found
  const layer: Layer = { ...file.layer, ...fromEnv, ...fromFlags }
  refuseShortDeadline(layer, tell)
  const provisioner = await settleProvisioner({ fromFlags, fromEnv, file, env }, { tell, note })
  const mayBeElsewhere = mayLackServers || found === 'unreadable' || file.servers === 'unreadable'
  for (const problem of checkProvisioner(provisioner)) tell(problem)
  const sources = { args: servers, cwd, readStdin, file: file.servers === 'unreadable' ? undefined : file.servers, layer, mayBeElsewhere, note }
  const ids = await selectServers(sources, tell)
  if (problems.length > 0) throw new UsageError(problems)
  const thresholds = settleThresholds(fromFlags.threshold ?? fromEnv.threshold, file)
  return {
    plan: toPlan({ layer, provisioner, servers: ids.map((id) => ({ id, labels: noLabels })), thresholds, flags: flagsAgain(flags) }),
    out: resolve(layer.out?.folder ?? cwd, layer.out?.value ?? 'rackbench-out'),
    replace: layer.replace?.value ?? false,
    force: layer.force?.value ?? false,
    dryRun: layer['dry-run']?.value ?? false,
    progress: layer.progress?.value ?? 'auto',
    notes,
  }
}

/** Tells of a deadline that leaves no time besides wiping. */
export function refuseShortDeadline({ deadline, 'wipe-reserve': reserve }: Layer, tell: Tell): void {
  if (!deadline || !reserve) return
  const reserveMs = reserveFor({ deadlineMs: deadline.value, wipeReserveMs: reserve.value })
  const expected = `more than the ${formatDuration(reserveMs)} of ${reserve.label}`
  if (deadline.value <= reserveMs) tell(refusal(deadline.label, expected, formatDuration(deadline.value)))
}

interface ProvisionerLayers {
  readonly fromFlags: Layer
  readonly fromEnv: Layer
  readonly file: ConfigFile
  readonly env: Environment
}

async function settleProvisioner(
  { fromFlags, fromEnv, file: { label, layer: fromFile }, env }: ProvisionerLayers,
  { tell, note }: { readonly tell: Tell; readonly note: Tell },
): Promise<NamedProvisioner> {
  const sources = { flags: fromFlags.provisioner, env: fromEnv.provisioner, file: fromFile.provisioner }
  const chosen = await chooseProvisioner(sources, tell)
  if (!chosen && Object.values(sources).some(Boolean)) return simulated
  if (!chosen) note('no provisioner given: the simulated rack is used, no real machine is touched')
  const { type, settings } = chosen ?? simulated
  checkSecrets(settings, env, `${label}: `, tell)
  if (type === 'http') refuseLiteralSecrets(settings, `${label}: `, tell)
  // The file's simulation goes with the file's provisioner: a flag that names another one leaves both aside.
  const isFileMeant = !chosen || chosen.type === 'simulated' || chosen.from === sources.file
  const simulation = fromFlags.simulation ?? fromEnv.simulation ?? (isFileMeant ? fromFile.simulation : undefined)
  return { type, settings: await withSimulation({ type, settings }, simulation, tell) }
}

const simulated: NamedProvisioner = { type: 'simulated', settings: {} }

/** A flag or variable says what the score must be; it leaves alone what the file, or a program, asks of other metrics. */
export function settleThresholds(asked: Layer['threshold'], { thresholds, layer }: Pick<ConfigFile, 'thresholds' | 'layer'>): Threshold[] {
  const rule = (min: number): Threshold => ({ metric: scoreMetric, min })
  if (asked) return [rule(asked.value), ...(thresholds ?? []).filter(({ metric }) => metric !== scoreMetric)]
  return thresholds ? [...thresholds] : [rule(layer.threshold?.value ?? 50)]
}

interface Parts {
  readonly layer: Layer
  readonly provisioner: NamedProvisioner
  readonly servers: Plan['servers']
  readonly thresholds: Threshold[]
  readonly flags: string[]
}

const minuteMs = 60_000
const noLabels = {}

/** Puts a plan together; what no layer says is as by default. */
export function toPlan({ layer, provisioner, servers, thresholds, flags }: Parts): Plan {
  const suite = layer.suite?.value ?? 'rackbench'
  return {
    servers,
    provisioner,
    os: layer.os?.value ?? 'debian-12',
    thresholds,
    concurrency: layer.concurrency?.value ?? 15,
    destroy: layer.destroy?.value ?? 'passing',
    markBroken: layer['mark-broken']?.value ?? true,
    maxBroken: layer['max-broken']?.value ?? 'default',
    maxAlike: layer['max-alike']?.value ?? 5,
    retries: layer.retries?.value ?? 2,
    maxOutageMs: layer['max-outage']?.value ?? 5 * minuteMs,
    limitsMs: {
      install: layer['timeout-install']?.value ?? 60 * minuteMs,
      benchmark: layer['timeout-benchmark']?.value ?? 240 * minuteMs,
      destroy: layer['timeout-destroy']?.value ?? 120 * minuteMs,
      mark: layer['timeout-mark']?.value ?? 2 * minuteMs,
    },
    graceMs: layer.grace?.value ?? 10_000,
    ...(layer.deadline && { deadlineMs: layer.deadline.value }),
    ...(layer['wipe-reserve'] && { wipeReserveMs: layer['wipe-reserve'].value }),
    suite: layer.shard ? `${suite}-${layer.shard.value.index}` : suite,
    attach: layer.attach?.value ?? 'failed',
    logLevel: layer['log-level']?.value ?? 'info',
    logFormat: layer['log-format']?.value ?? 'text',
    flags,
  }
}
