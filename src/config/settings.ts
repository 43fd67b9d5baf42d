import { attachChoices, destroyPolicies, logFormats, orderChoices, unmatchedChoices } from '../model/choices.ts'
import type { JsonSchema } from '../model/json-schema.ts'
import { logLevels } from '../model/provisioner.ts'
import { defaults } from './defaults.ts'
import type { Json, Kind } from './kind.ts'
import { conditions, duration, maxBroken, namedProvisioner, number, oneOf, path, ports, sample, shard, simulation, text, wholeNumber, yesOrNo } from './kind.ts'
import { builtInProvisioners } from './provisioner-types.ts'
import type { Tell } from './wording.ts'
import { refusal } from './wording.ts'

export const progressChoices = ['auto', 'plain', 'none'] as const

const aboveZero = duration({ zero: 'refused' })
const fromZero = duration({ zero: 'allowed' })

/** Every setting by its flag's name, and what its value must be. */
const kinds = {
  config: path,
  provisioner: namedProvisioner,
  simulation,
  'include-broken': yesOrNo,
  'take-installed': yesOrNo,
  os: text,
  threshold: number,
  unmatched: oneOf(unmatchedChoices),
  retest: wholeNumber(0, 10),
  'gate-open': ports,
  'gate-closed': ports,
  order: oneOf(orderChoices),
  concurrency: wholeNumber(1, 1000),
  destroy: oneOf(destroyPolicies),
  'mark-broken': yesOrNo,
  'max-broken': maxBroken,
  'max-alike': wholeNumber(0, 100_000),
  retries: wholeNumber(0, 100),
  'max-outage': fromZero,
  'timeout-install': aboveZero,
  'timeout-benchmark': aboveZero,
  'timeout-destroy': aboveZero,
  'timeout-mark': aboveZero,
  'timeout-gate': aboveZero,
  grace: fromZero,
  deadline: aboveZero,
  'wipe-reserve': fromZero,
  inventory: yesOrNo,
  where: conditions,
  sample,
  'sample-seed': text,
  limit: wholeNumber(1, 100_000),
  'allow-partial': yesOrNo,
  'max-age': fromZero,
  'stale-ok': yesOrNo,
  shard,
  'failed-in': path,
  suite: text,
  attach: oneOf(attachChoices),
  out: path,
  history: path,
  replace: yesOrNo,
  force: yesOrNo,
  'log-level': oneOf(logLevels),
  'log-format': oneOf(logFormats),
  progress: oneOf(progressChoices),
  'dry-run': yesOrNo,
} as const satisfies Record<string, Kind<unknown>>

export type FlagName = keyof typeof kinds
type Value<Name extends FlagName> = (typeof kinds)[Name] extends Kind<infer T> ? T : never

/** The names of all settings, as their flags are called. */
export const flagNames = Object.keys(kinds) as readonly FlagName[]

/** What is asked of the inventory; it means nothing without `inventory`. */
export const ofInventory = ['where', 'sample', 'sample-seed', 'limit', 'allow-partial', 'max-age', 'stale-ok'] as const satisfies readonly FlagName[]

/** What is asked of one invocation, and cannot stand in a file. */
export const invocationOnly: readonly FlagName[] = ['config', 'inventory', ...ofInventory, 'replace', 'force', 'dry-run']

/** What is asked of the provisioner `ironic`: in a file these are settings of the provisioner's own. */
export const ofProvisioner = ['include-broken', 'take-installed'] as const satisfies readonly FlagName[]

/** A value, and where it came from. */
export interface Given<T> {
  readonly value: T
  /** What the user calls it: `--grace`, `RACKBENCH_GRACE`, `rackbench.config.yaml: grace`. */
  readonly label: string
  /** The folder that paths are relative to. */
  readonly folder: string
}

/** What one source gave, or several laid over each other. */
export type Layer = { readonly [Name in FlagName]?: Given<Value<Name>> }

/** A layer in which every setting is that has a default. */
export type FullLayer = Layer & Required<Pick<Layer, keyof typeof defaults>>

/** What is so where nobody says anything. */
export function defaultLayer(cwd: string): FullLayer {
  const values = Object.entries(defaults).map(([name, raw]) => ({ name: name as FlagName, raw, label: 'default' }))
  return readLayer(values, cwd, (problem) => {
    throw new Error(problem)
  }) as FullLayer
}

/** What JSON Schema can say of a setting in a file. */
export function schemaOf(name: FlagName): JsonSchema {
  return kinds[name].schema
}

/** A value as a file would have it. */
export function written(name: FlagName, { value, folder }: Given<unknown>): Json {
  return (kinds[name] as Kind<unknown>).write(value, folder)
}

/** What may be typed for a setting: one of a few words, the path of a file, or what nobody could guess. */
export function choicesOf(name: FlagName): { readonly words: readonly string[]; readonly isPath: boolean } {
  const { enum: words = name === 'provisioner' ? builtInProvisioners : [] } = schemaOf(name) as { readonly enum?: readonly string[] }
  return { words, isPath: ([path, simulation, namedProvisioner] as readonly unknown[]).includes(kinds[name]) }
}

/** The variable that sets the same as a flag: `max-broken` is `RACKBENCH_MAX_BROKEN`. */
export function variableOf(name: FlagName): string {
  return `RACKBENCH_${name.toUpperCase().replaceAll('-', '_')}`
}

/** Where a setting stands in a file: `max-broken` is `maxBroken`, `timeout-install` is `timeouts.install`, `include-broken` is `provisioner.includeBroken`. */
export function keysOf(name: FlagName): readonly string[] {
  const [, step] = /^timeout-(.*)$/.exec(name) ?? []
  if (step !== undefined) return ['timeouts', step]
  const key = name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())
  return (ofProvisioner as readonly FlagName[]).includes(name) ? ['provisioner', key] : [key]
}

/** A value that a source holds for a setting, not looked at yet. */
export interface RawValue {
  readonly name: FlagName
  readonly raw: unknown
  readonly label: string
}

/** What the value of a setting must be, wherever it is given. */
export function kindOfSetting(name: FlagName): Kind<unknown> {
  return kinds[name]
}

/** Reads all values of one source, and tells of each that cannot be taken. */
export function readLayer(values: readonly RawValue[], folder: string, tell: Tell, kindOf: (name: FlagName) => Kind<unknown> = kindOfSetting): Layer {
  return Object.fromEntries(
    values.flatMap(({ name, raw, label }) => {
      const reading = kindOf(name)(raw)
      if ('value' in reading) return [[name, { value: reading.value, label, folder }]]
      tell(refusal(label, reading.expected, raw))
      return []
    }),
  )
}

/** The flags of a command line, by their names without dashes, as they were given. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>
export type Environment = Readonly<Record<string, string | undefined>>

export function readFlags(flags: Flags, cwd: string, tell: Tell, names = flagNames): Layer {
  const given = names.filter((name) => flags[name] !== undefined)
  return readLayer(given.map((name) => ({ name, raw: flags[name], label: `--${name}` })), cwd, tell)
}

/** An empty variable counts as unset: that is what Jenkins makes of an empty parameter. */
export function readEnvironment(env: Environment, cwd: string, tell: Tell, names = flagNames): Layer {
  const given = names.filter((name) => (env[variableOf(name)] ?? '') !== '')
  return readLayer(given.map((name) => ({ name, raw: env[variableOf(name)], label: variableOf(name) })), cwd, tell)
}
