import { resolve } from 'node:path'
import type { Plan } from '../model/plan.ts'
import { programProvisioner } from '../model/plan.ts'
import { UsageError } from '../model/problem.ts'
import { parseThresholds } from './config-file.ts'
import { toPlan } from './configure.ts'
import { refuseShortDeadline, refuseShutGate, settleThresholds } from './gather.ts'
import type { Kind } from './kind.ts'
import { isRecord, orMilliseconds } from './kind.ts'
import { leaves } from './leaves.ts'
import { suggestion } from './nearest.ts'
import { readProgramServers } from './program-servers.ts'
import { readSecrets } from './secrets.ts'
import type { FlagName, Layer, RawValue } from './settings.ts'
import { defaultLayer, keysOf, kindOfSetting, readLayer } from './settings.ts'
import type { Tell } from './wording.ts'
import { oneLine, quote, refusal } from './wording.ts'

const durations = ['max-outage', 'timeout-install', 'timeout-benchmark', 'timeout-destroy', 'timeout-mark', 'timeout-gate', 'grace', 'deadline', 'wipe-reserve'] as const satisfies readonly FlagName[]

/** The settings that a program may give, under the keys that they have in a configuration file. */
const settings = [
  'os', 'threshold', 'unmatched', 'retest', 'gate-open', 'gate-closed', 'concurrency', 'destroy', 'mark-broken', 'max-broken', 'max-alike', 'retries', ...durations,
  'out', 'replace', 'force', 'suite', 'attach', 'log-level', 'log-format',
] as const satisfies readonly FlagName[]

/** What a program gives besides, and no file could. */
const others = ['thresholds', 'secrets', 'benchmark', 'signal', 'onEvent', 'onLine'] as const

/** The names of all options of a program. */
export const programOptions: readonly string[] = [...new Set([...settings.map((name) => keysOf(name)[0]!), ...others])]

/** All that a program asks for. */
export interface Program {
  /** The name of its provisioner. */
  readonly provisioner: string
  readonly servers: unknown
  readonly options: unknown
  readonly cwd: string
  /** What is wrong with all else that it gave. */
  readonly problems: readonly string[]
}

export interface ConfiguredProgram {
  readonly plan: Plan
  /** The run directory, absolute; without one nothing is written. */
  readonly out: string | undefined
  readonly replace: boolean
  readonly force: boolean
  /** Values to redact. */
  readonly secrets: readonly string[]
  readonly notes: readonly string[]
}

/**
 * Makes a plan of what a program gave, and of defaults: of no file, and not of the environment.
 *
 * @throws UsageError with every problem.
 */
export function configureProgram({ provisioner, servers: named, options, cwd, problems: earlier }: Program): ConfiguredProgram {
  const problems: string[] = [...earlier]
  const notes: string[] = []
  const tell: Tell = (problem) => problems.push(oneLine(problem))
  const content = isRecord(options) ? options : {}
  if (content !== options) tell(refusal('options', 'an object', options))
  refuseUnknown(content, tell)
  const layer = readLayer(rawValues(content), cwd, tell, kindOf)
  refuseShortDeadline(layer, tell)
  refuseShutGate(layer, tell)
  const thresholds = content['thresholds'] === undefined ? undefined : parseThresholds(content['thresholds'], tell)
  for (const [index, { ownHistory }] of (thresholds ?? []).entries()) {
    if (ownHistory) tell(`thresholds[${index}].ownHistory: goes by past runs, which only the command line reads: use \`rackbench run --history PATH\``)
  }
  if (layer.threshold && content['thresholds'] !== undefined) tell('threshold and thresholds are both there: keep one of them')
  const secrets = content['secrets'] === undefined ? [] : readSecrets(content['secrets'], 'secrets', tell)
  const servers = readProgramServers(named, { tell, note: (text) => notes.push(oneLine(text)) })
  if (problems.length > 0) throw new UsageError(problems)
  const rules = settleThresholds(undefined, { layer, ...(thresholds && { thresholds }) })
  const plan = toPlan({ layer: { ...defaultLayer(cwd), ...layer }, provisioner: { type: programProvisioner(provisioner), settings: {} }, servers, thresholds: rules, flags: [] })
  refuseSecrets(plan, secrets)
  return { plan, ...placeOf(layer, cwd), secrets, notes }
}

/** The plan is written as it is: what must not be said anywhere must not stand in it. @throws UsageError that names each place. */
function refuseSecrets(plan: Plan, secrets: readonly string[]): void {
  if (secrets.length === 0) return
  const told = [...leaves(plan)].filter(({ leaf }) => typeof leaf === 'string' && secrets.some((secret) => leaf.includes(secret)))
  if (told.length > 0) throw new UsageError(told.map(({ path }) => `${path}: one of the secrets stands there, and would be written`))
}

function placeOf({ out, replace, force }: Layer, cwd: string): Pick<ConfiguredProgram, 'out' | 'replace' | 'force'> {
  return { out: out && resolve(cwd, out.value), replace: replace?.value ?? false, force: force?.value ?? false }
}

const timeoutKeys = settings.flatMap((name) => keysOf(name).slice(1))

function refuseUnknown(content: Readonly<Record<string, unknown>>, tell: Tell): void {
  for (const key of Object.keys(content)) if (!programOptions.includes(key)) tell(`unknown option ${quote(key)}${suggestion(key, programOptions)}`)
  const { timeouts } = content
  if (timeouts === undefined) return
  if (!isRecord(timeouts)) tell(refusal('timeouts', `an object of ${timeoutKeys.join(', ')}`, timeouts))
  else for (const key of Object.keys(timeouts)) if (!timeoutKeys.includes(key)) tell(`timeouts: unknown key ${quote(key)}${suggestion(key, timeoutKeys)}`)
}

function rawValues(content: Readonly<Record<string, unknown>>): RawValue[] {
  return settings.flatMap((name) => {
    const keys = keysOf(name)
    const raw = keys.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), content)
    return raw === undefined ? [] : [{ name, raw, label: keys.join('.') }]
  })
}

function kindOf(name: FlagName): Kind<unknown> {
  return (durations as readonly FlagName[]).includes(name) ? orMilliseconds(kindOfSetting(name)) : kindOfSetting(name)
}
