import { formatDuration } from '../model/duration.ts'
import { scoreMetric } from '../model/metrics.ts'
import type { MetricKinds } from '../model/metric-kind.ts'
import type { Plan } from '../model/plan.ts'
import { reserveFor } from '../model/plan.ts'
import { UsageError } from '../model/problem.ts'
import type { ServerId } from '../model/server.ts'
import type { Threshold } from '../model/threshold.ts'
import type { Where } from '../model/where.ts'
import type { NamedBenchmark } from './benchmark.ts'
import type { ConfigFile } from './config-file.ts'
import { readConfigFile } from './config-file.ts'
import { defaults } from './defaults.ts'
import type { NamedInventory } from './inventory.ts'
import { withProvisionersOwn } from './inventory.ts'
import type { NamedProvisioner, Settings } from './kind.ts'
import { withAsked } from './of-provisioner.ts'
import { chooseProvisioner, withSimulation } from './provisioner.ts'
import { checkSecrets, checkToken, refuseLiteralSecrets } from './secrets.ts'
import type { Choice, FoundServers } from './inventory-servers.ts'
import { refuseUnlikeSamples } from './inventory-servers.ts'
import { nameServers, selectServers } from './servers.ts'
import type { Environment, Flags, FullLayer, Given, Layer } from './settings.ts'
import { defaultLayer, ofInventory, readEnvironment, readFlags } from './settings.ts'
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
  /** Whether it does not matter that what goes by past runs is not told where they are: for what judges nobody. */
  readonly mayLackHistory?: boolean
  /** What was wrong with the command line itself. */
  readonly problems?: readonly string[]
  /** Tells what is wrong with a provisioner's settings, as far as that can be told without opening it. */
  readonly checkProvisioner?: (provisioner: Plan['provisioner']) => Promise<readonly string[]>
  /** Tells what is wrong with a benchmark's settings, and what is known of the metrics that it gives. */
  readonly lookAtBenchmark?: (benchmark: NamedBenchmark) => Promise<Looked>
  /** Reads the inventory, for what takes its servers from there. @throws IncompleteError if it is away. */
  readonly readInventory?: (asked: AskedOfInventory) => Promise<FoundServers>
  /** Tells what is wrong with an inventory's settings, as far as that can be told without asking it. */
  readonly checkInventory?: (inventory: NamedInventory) => Promise<readonly string[]>
}

/** Which inventory is read, and what is asked of it. */
export interface AskedOfInventory {
  readonly inventory: NamedInventory
  readonly provisioner: Plan['provisioner']
  readonly conditions: readonly Where[]
  readonly maxAgeMs?: number
  readonly staleOk: boolean
}

/** What can be told of a benchmark before it has measured anything. */
export interface Looked {
  readonly problems: readonly string[]
  readonly metrics: MetricKinds
}

/** The provisioner that was settled upon. */
interface SettledProvisioner {
  /** As the plan has it: what the simulated rack is like stands in its settings. */
  readonly planned: NamedProvisioner
  /** As a file would name it. */
  readonly named: NamedProvisioner
  /** Whether its settings are the file's, whoever named it. */
  readonly hasSettingsOfFile: boolean
  readonly simulation?: Given<string | Settings>
}

/** What all sources say together. */
export interface Gathered {
  /** What each source says by itself. */
  readonly sources: { readonly flags: Layer; readonly env: Layer; readonly file: ConfigFile }
  /** The sources laid over each other, and over the defaults. */
  readonly layer: FullLayer
  readonly provisioner: SettledProvisioner
  /** Where the file says that servers come from. */
  readonly inventory?: NamedInventory
  /** How servers of the inventory are chosen, if it is asked for them. `servers` are those that the command line names. */
  readonly choice?: Choice
  /** What is known of the metrics that the file's benchmark gives. */
  readonly metrics: MetricKinds
  readonly servers: readonly ServerId[]
  readonly thresholds: readonly Threshold[]
  /** What the user should know and did not ask for, one line each. */
  readonly notes: readonly string[]
}

/**
 * Reads flags, environment and configuration file; what stands earlier in this list wins.
 *
 * @throws UsageError with every problem of every source, also of values that another source overrides.
 */
export async function gather({ servers, flags, env, cwd, readStdin, mayLackServers = false, mayLackHistory = false, problems: earlier = [], ...elsewhere }: Invocation): Promise<Gathered> {
  const { checkProvisioner = async () => [], lookAtBenchmark = async () => unknown, checkInventory = async () => [] } = elsewhere
  const problems: string[] = [...earlier]
  const notes: string[] = []
  const tell: Tell = (problem) => problems.push(oneLine(problem))
  const note: Tell = (text) => notes.push(oneLine(text))
  const fromFlags = readFlags(flags, cwd, tell)
  const fromEnv = readEnvironment(env, cwd, tell)
  checkToken(env, tell)
  const found = await readConfigFile(fromFlags.config ?? fromEnv.config, cwd, tell)
  const file: ConfigFile = typeof found === 'string' ? { label: 'none', layer: {} } : found
  const layer: FullLayer = { ...defaultLayer(cwd), ...file.layer, ...fromEnv, ...fromFlags }
  refuseShortDeadline(layer, tell)
  refuseShutGate(layer, tell)
  const provisioner = await settleProvisioner({ fromFlags, fromEnv, file, env }, { tell, note })
  const mayBeNone = mayLackServers || found === 'unreadable' || file.servers === 'unreadable'
  for (const problem of await checkProvisioner(provisioner.planned)) tell(problem)
  if (file.benchmark) checkSecrets({ benchmark: file.benchmark.settings }, env, `${file.label}: `, tell)
  const looked = file.benchmark ? await lookAtBenchmark(file.benchmark) : unknown
  for (const problem of looked.problems) tell(problem)
  const inventory = file.inventory && withProvisionersOwn(file.inventory, provisioner.planned)
  if (file.inventory) {
    checkSecrets({ inventory: file.inventory.settings }, env, `${file.label}: `, tell)
    refuseLiteralSecrets(file.inventory, `${file.label}: inventory`, tell)
  }
  for (const problem of inventory ? await checkInventory(inventory) : []) tell(problem)
  const selection = { args: servers, cwd, readStdin, file: file.servers === 'unreadable' ? undefined : file.servers, layer, mayBeNone, note }
  const isFromInventory = layer.inventory?.value === true
  const { BUILD_TAG: buildTag = '' } = env
  const choice = isFromInventory ? { ...(await nameServers(selection, tell)), layer, ...(buildTag !== '' && { buildTag }) } : undefined
  if (choice) {
    if (!inventory && found !== 'unreadable' && !problems.some((problem) => problem.startsWith(`${file.label}: inventory`))) tell(noInventory(layer.inventory?.label))
    refuseUnlikeSamples(layer, choice.buildTag, tell)
  } else refuseWithoutInventory({ ...(mayLackServers ? {} : fromEnv), ...fromFlags }, tell)
  const ids = choice ? choice.named : await selectServers(selection, tell)
  const asked = fromFlags.threshold ?? fromEnv.threshold
  const hasRules = hasUsableRules(file)
  if (!asked && !hasRules && layer.unmatched.value === 'fail') tell(`${file.label}: ${noRules}`)
  const thresholds = settleThresholds(asked, hasRules ? file : { thresholds: [], ...file })
  if (!mayLackHistory && found !== 'unreadable') refuseWithoutHistory(layer, { file, thresholds }, tell)
  if (problems.length > 0) throw new UsageError(problems)
  return { sources: { flags: fromFlags, env: fromEnv, file }, layer, provisioner, ...(inventory && { inventory }), ...(choice && { choice }), metrics: looked.metrics, servers: ids, thresholds, notes }
}

const noInventory = (label = '--inventory'): string => `${label}: there is no inventory: write one into rackbench.config.yaml, such as inventory: ./fleet.csv`

/** Tells of what only an inventory can be asked. */
function refuseWithoutInventory(layer: Layer, tell: Tell): void {
  for (const name of ofInventory) {
    const given = layer[name]
    if (given && given.value !== false) tell(`${given.label}: is asked of an inventory: add --inventory`)
  }
}

/** Tells of what goes by past runs, if nobody says where they are. */
function refuseWithoutHistory({ history, order }: FullLayer, { file, thresholds }: { readonly file: ConfigFile; readonly thresholds: readonly Threshold[] }, tell: Tell): void {
  if (history) return
  for (const [index, rule] of (file.thresholds ?? []).entries()) {
    if (rule.ownHistory && thresholds.includes(rule)) tell(`${file.label}: thresholds[${index}].ownHistory: ${needsHistory}`)
  }
  if (order.value === 'longest-first') tell(`${order.label}: longest-first ${needsHistory}`)
}

const needsHistory = 'goes by past runs: say in which folder they are, with --history PATH or the key history'

const unknown: Looked = { problems: [], metrics: {} }

/** Whether the file's rules, or else the default, can be held: that is about a score, which the profiles of the benchmark over SSH do not give. */
function hasUsableRules({ benchmark, thresholds, layer }: ConfigFile): boolean {
  return benchmark?.type !== 'ssh' || thresholds !== undefined || layer.threshold !== undefined
}

const noRules = 'benchmark: there is no rule for what it measures: give some, such as thresholds: [{ metric: cpu.events_per_second, min: 1000 }]; to measure only, say unmatched: pass'

/** Tells of a deadline that leaves no time besides wiping. */
export function refuseShortDeadline({ deadline, 'wipe-reserve': reserve }: Layer, tell: Tell): void {
  if (!deadline || !reserve) return
  const reserveMs = reserveFor({ deadlineMs: deadline.value, wipeReserveMs: reserve.value })
  const expected = `more than the ${formatDuration(reserveMs)} of ${reserve.label}`
  if (deadline.value <= reserveMs) tell(refusal(deadline.label, expected, formatDuration(deadline.value)))
}

/** Tells of a port that would have to answer and to be refused. */
export function refuseShutGate({ 'gate-open': open, 'gate-closed': closed }: Layer, tell: Tell): void {
  const both = open?.value.filter((port) => closed?.value.includes(port)) ?? []
  if (open && closed && both.length > 0) tell(`${open.label} and ${closed.label}: port ${both.join(', ')} cannot both answer and be refused`)
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
): Promise<SettledProvisioner> {
  const sources = { flags: fromFlags.provisioner, env: fromEnv.provisioner, file: fromFile.provisioner }
  const chosen = await chooseProvisioner(sources, tell)
  if (!chosen && Object.values(sources).some(Boolean)) return { planned: simulated, named: simulated, hasSettingsOfFile: false }
  if (!chosen) note('no provisioner given: the simulated rack is used, no real machine is touched')
  const { type, settings } = withAsked(chosen ?? simulated, { ...fromEnv, ...fromFlags }, tell)
  checkSecrets({ provisioner: settings }, env, `${label}: `, tell)
  refuseLiteralSecrets({ type, settings }, `${label}: provisioner`, tell)
  // The file's simulation goes with the file's provisioner: a flag that names another one leaves both aside.
  const isFileMeant = !chosen || chosen.type === 'simulated' || chosen.from === sources.file
  const simulation = fromFlags.simulation ?? fromEnv.simulation ?? (isFileMeant ? fromFile.simulation : undefined)
  const planned = { type, settings: await withSimulation({ type, settings }, simulation, tell) }
  return { planned, named: { type, settings }, hasSettingsOfFile: chosen?.hasSettingsOfFile ?? false, ...(simulation && { simulation }) }
}

const simulated: NamedProvisioner = { type: defaults.provisioner, settings: {} }

/** A flag or variable says what the score must be; it leaves alone what the file, or a program, asks of other metrics. */
export function settleThresholds(asked: Layer['threshold'], { thresholds, layer }: Pick<ConfigFile, 'thresholds' | 'layer'>): Threshold[] {
  const rule = (min: number): Threshold => ({ metric: scoreMetric, min })
  if (asked) return [rule(asked.value), ...(thresholds ?? []).filter(({ metric }) => metric !== scoreMetric)]
  return thresholds ? [...thresholds] : [rule(layer.threshold?.value ?? defaults.threshold)]
}
