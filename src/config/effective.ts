import { scoreMetric } from '../model/metrics.ts'
import type { ServerId } from '../model/server.ts'
import { fileSettings } from './config-file.ts'
import { defaultsInWords } from './defaults.ts'
import type { Gathered, Invocation } from './gather.ts'
import { gather } from './gather.ts'
import { hideSecrets, hidden } from './hide.ts'
import type { Json } from './kind.ts'
import { resolveSecrets, tokenVariable } from './secrets.ts'
import type { FlagName } from './settings.ts'
import { keysOf, ofProvisioner, variableOf, written } from './settings.ts'
import { counted } from './wording.ts'

/** A setting as it is in effect. */
export interface EffectiveSetting {
  /** Where it stands in a file. */
  readonly keys: readonly string[]
  /** As a file would have it, wherever that lies. Without one, nobody has said anything. */
  readonly value?: Json
  /** Where the value is from, or what is so without one; in words. */
  readonly from: string
}

/** Everything that a run would go by. */
export interface Effective {
  readonly settings: readonly EffectiveSetting[]
  /** What is worth knowing besides, one line each. */
  readonly notes: readonly string[]
  /** With all that stands in it: to be opened, and not to be shown. */
  readonly provisioner: Gathered['provisioner']['planned']
}

/**
 * The settings that a run would go by, without secrets. Servers need not be given.
 *
 * @throws UsageError with every problem that `run` would tell of.
 */
export async function effectiveSettings(invocation: Invocation): Promise<Effective> {
  const gathered = await gather({ ...invocation, mayLackServers: true })
  const { env } = invocation
  const { planned } = gathered.provisioner
  const { inventory, sources: { file: { benchmark } } } = gathered
  const { secrets } = resolveSecrets({ provisioner: planned.settings, ...(benchmark && { benchmark: benchmark.settings }), ...(inventory && { inventory: inventory.settings }) }, env)
  const others = fileSettings.filter((name) => name !== 'provisioner' && name !== 'threshold').map((name) => settingOf(name, gathered))
  const settings = [provisionerOf(gathered), benchmarkOf(gathered), inventoryOf(gathered), thresholdsOf(gathered), ...others].map((setting) => hide(setting, secrets))
  return {
    settings: [serversOf(gathered, invocation.servers.length > 0), ...settings],
    notes: [`configuration file: ${gathered.sources.file.label}`, `${tokenVariable}: ${(env[tokenVariable] ?? '') === '' ? 'not set' : hidden}`, ...gathered.notes],
    provisioner: planned,
  }
}

function hide(setting: EffectiveSetting, secrets: readonly string[]): EffectiveSetting {
  return setting.value === undefined ? setting : { ...setting, value: hideSecrets(setting.value, secrets) }
}

function originOf(name: FlagName, { sources: { flags, env, file } }: Gathered): string {
  if (flags[name]) return `--${name}`
  if (env[name]) return variableOf(name)
  return file.layer[name] ? file.label : 'default'
}

function settingOf(name: FlagName, gathered: Gathered): EffectiveSetting {
  const given = name === 'simulation' ? gathered.provisioner.simulation : gathered.layer[name]
  const keys = keysOf(name)
  if (given) return { keys, value: written(name, given), from: originOf(name, gathered) }
  return { keys, from: name in defaultsInWords ? defaultsInWords[name as keyof typeof defaultsInWords] : 'not set' }
}

function provisionerOf(gathered: Gathered): EffectiveSetting {
  const { type, settings } = gathered.provisioner.named
  const from = originOf('provisioner', gathered)
  const { label } = gathered.sources.file
  const isMixed = gathered.provisioner.hasSettingsOfFile && from !== label
  const asked = ofProvisioner.filter((name) => gathered.layer[name]).map((name) => `, ${keysOf(name).at(-1)}: ${originOf(name, gathered)}`)
  return { keys: ['provisioner'], value: { type, ...settings }, from: `${from}${isMixed ? `, settings: ${label}` : ''}${asked.join('')}` }
}

function benchmarkOf({ sources: { file: { label, benchmark } } }: Gathered): EffectiveSetting {
  const keys = ['benchmark']
  return benchmark ? { keys, value: { type: benchmark.type, ...benchmark.settings }, from: label } : { keys, from: "the provisioner's own" }
}

function inventoryOf({ inventory, sources: { file: { label } } }: Gathered): EffectiveSetting {
  const keys = ['inventory']
  if (!inventory) return { keys, from: 'not set' }
  const { type, settings, cache } = inventory
  return { keys, value: { type, ...settings, ...(cache !== undefined && { cache }) }, from: label }
}

function thresholdsOf(gathered: Gathered): EffectiveSetting {
  const { thresholds, sources: { file } } = gathered
  const asked = originOf('threshold', gathered)
  const others = file.thresholds?.some(({ metric }) => metric !== scoreMetric) === true ? `, others: ${file.label}` : ''
  const from = asked === 'default' && file.thresholds ? file.label : `${asked}${others}`
  return { keys: ['thresholds'], value: thresholds.map((threshold) => ({ ...threshold })), from }
}

/** So many characters of IDs stand in one line. */
const lineLength = 100

function serversOf(gathered: Gathered, isGiven: boolean): EffectiveSetting {
  const { servers, choice, sources: { file } } = gathered
  const inFile = file.servers === undefined ? originOf('failed-in', gathered) : file.label
  const from = choice ? (isGiven ? `${counted(servers.length, 'server')} of the inventory: the command line` : 'those of the inventory (--inventory)') : servers.length === 0 ? 'none' : `${counted(servers.length, 'server')}: ${isGiven ? 'the command line' : inFile}`
  const lines: string[] = []
  for (const word of servers.map(wordOf)) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length >= lineLength) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return { keys: ['servers'], value: lines, from }
}

/** An ID so that it stands for itself: `101-115` from a list is no range, but would be one in a file. */
function wordOf(id: ServerId): string {
  return id.replace(/^(\d+)-(\d+)$/, '[$1-$1]-$2')
}
