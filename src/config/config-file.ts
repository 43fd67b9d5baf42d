import { access } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { describeIssues } from '../model/problem.ts'
import type { Threshold } from '../model/threshold.ts'
import { thresholdSchema } from '../model/threshold.ts'
import type { NamedBenchmark } from './benchmark.ts'
import { readBenchmark } from './benchmark.ts'
import type { NamedInventory } from './inventory.ts'
import { readInventory } from './inventory.ts'
import type { Settings } from './kind.ts'
import { isRecord, servers as serversKind } from './kind.ts'
import { suggestion } from './nearest.ts'
import { placeholdersIn } from './placeholder.ts'
import { limits, readText } from './read-text.ts'
import type { FlagName, Given, Layer, RawValue } from './settings.ts'
import { flagNames, invocationOnly, keysOf, ofProvisioner, readLayer, variableOf } from './settings.ts'
import type { Tell } from './wording.ts'
import { quote, refusal } from './wording.ts'
import { parseYaml } from './yaml.ts'

const fileNames = ['rackbench.config.yaml', 'rackbench.config.yml', 'rackbench.config.json']

/** What a configuration file says. */
export interface ConfigFile {
  /** What the user calls it. */
  readonly label: string
  readonly layer: Layer
  readonly benchmark?: NamedBenchmark
  readonly inventory?: NamedInventory
  readonly thresholds?: readonly Threshold[]
  readonly servers?: Given<readonly string[]> | 'unreadable'
}

/** The file, or that there is none, or that there is one and nobody knows what it says. */
type FoundConfig = ConfigFile | 'absent' | 'unreadable'

interface Place {
  readonly label: string
  readonly folder: string
}

/** Reads the file that was asked for, or else the one in the working directory. */
export async function readConfigFile(asked: Given<string> | undefined, cwd: string, tell: Tell): Promise<FoundConfig> {
  const names = asked ? [asked.value] : await findConfig(cwd)
  if (names.length > 1) tell(`${names.join(' and ')} are both there: keep one of them, or choose with --config`)
  const [name] = names
  if (name === undefined) return 'absent'
  if (names.length > 1) return 'unreadable'
  const file = resolve(cwd, name)
  const text = await readText(file, { limit: limits.settings, label: asked ? `${asked.label}: ${name}` : name }, tell)
  const parsed = text === undefined ? undefined : await parseYaml(text, { label: name, asWritten: ['servers'] }, tell)
  if (!parsed) return 'unreadable'
  const content = parsed.value ?? {}
  if (isRecord(content)) return readContent(content, { label: name, folder: dirname(file) }, tell)
  tell(refusal(name, 'an object of settings', content))
  return 'unreadable'
}

async function findConfig(cwd: string): Promise<string[]> {
  const found = await Promise.all(fileNames.map((name) => access(join(cwd, name)).then(() => true, () => false)))
  return fileNames.filter((_, index) => found[index])
}

function readContent(content: Settings, place: Place, tell: Tell): ConfigFile {
  refuseUnknownKeys(content, place, tell)
  const layer = readLayer(rawValues(content, place, tell), place.folder, tell)
  const isAskedTwice = content['threshold'] !== undefined && content['thresholds'] !== undefined
  if (isAskedTwice) tell(`${place.label}: threshold and thresholds are both there: keep one of them`)
  const benchmark = readBenchmark(content['benchmark'], place, tell)
  const inventory = readInventory(content['inventory'], place, tell)
  const thresholds = readThresholds(content['thresholds'], place, tell)
  const servers = readServers(content['servers'], place, tell)
  return { label: place.label, layer, ...(benchmark && { benchmark }), ...(inventory && { inventory }), ...(thresholds && { thresholds }), ...(servers && { servers }) }
}

/** What may stand in a file, by the names of the flags. */
export const fileSettings = flagNames.filter((name) => ![...invocationOnly, ...ofProvisioner].includes(name))
/** By which editors are told of the schema, in JSON; it sets nothing. */
export const editorKey = '$schema'

const knownKeys = new Set([editorKey, ...fileSettings.map((name) => keysOf(name)[0] ?? ''), 'benchmark', 'inventory', 'thresholds', 'servers'])
const timeoutKeys = fileSettings.flatMap((name) => keysOf(name).slice(1))
const allPaths = [...[...knownKeys].filter((key) => key !== editorKey), ...timeoutKeys.map((step) => `timeouts.${step}`)]

function refuseUnknownKeys(content: Settings, { label }: Place, tell: Tell): void {
  const { timeouts = {} } = content
  if (!isRecord(timeouts)) tell(refusal(`${label}: timeouts`, `an object of ${timeoutKeys.join(', ')}`, timeouts))
  const schema = content[editorKey]
  if (schema !== undefined && typeof schema !== 'string') tell(refusal(`${label}: ${editorKey}`, 'an address', schema))
  for (const key of Object.keys(content)) {
    const flag = knownKeys.has(key) ? undefined : invocationOnly.find((name) => keysOf(name)[0] === key)
    if (flag) tell(`${label}: ${key} is not for the file: use --${flag}`)
    else if (!knownKeys.has(key)) tell(`${label}: unknown key ${quote(key)}${suggestion(key, allPaths)}`)
  }
  for (const key of Object.keys(isRecord(timeouts) ? timeouts : {})) {
    if (!timeoutKeys.includes(key)) tell(`${label}: timeouts: unknown key ${quote(key)}${suggestion(key, timeoutKeys)}`)
  }
}

function rawValues(content: Settings, place: Place, tell: Tell): RawValue[] {
  return fileSettings.flatMap((name) => {
    const keys = keysOf(name)
    const raw = keys.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), content)
    const path = keys.join('.')
    if (raw === undefined || hasPlaceholder(name === 'provisioner' ? outsideSettings(raw) : raw, { path, name }, place, tell)) return []
    return [{ name, raw, label: `${place.label}: ${path}${name === 'provisioner' && isRecord(raw) ? '.type' : ''}` }]
  })
}

/** What of a provisioner is not its settings. */
function outsideSettings(provisioner: unknown): unknown {
  return isRecord(provisioner) ? { type: provisioner['type'] } : provisioner
}

/** Tells of each `${NAME}` where nothing is put in its place. */
function hasPlaceholder(value: unknown, { path, name }: { readonly path: string; readonly name?: FlagName }, { label }: Place, tell: Tell): boolean {
  const found = placeholdersIn(value, path)
  const instead = name ? `; use ${variableOf(name)}` : ''
  for (const at of found) tell(`${label}: ${at.path}: \${${at.name}} is only replaced inside the settings of provisioner, benchmark and inventory${instead}`)
  return found.length > 0
}

const thresholdsSchema = z.object({ thresholds: z.array(thresholdSchema) })
const ruleKeys = Object.keys(thresholdSchema.shape)
const pastKeys = ['last', 'lower', 'upper', 'required']

/** What was probably meant by an unknown key of a rule, or of the `ownHistory` in it; or where it belongs. */
function meantInRule(key: string, path: string): string {
  const isInPast = path.endsWith('.ownHistory')
  if (isInPast && ruleKeys.includes(key)) return '; it belongs beside ownHistory, not into it'
  if (!isInPast && pastKeys.includes(key)) return '; it belongs into ownHistory'
  return suggestion(key, [...ruleKeys, ...pastKeys])
}

function readThresholds(thresholds: unknown, place: Place, tell: Tell): readonly Threshold[] | undefined {
  if (thresholds === undefined || hasPlaceholder(thresholds, { path: 'thresholds' }, place, tell)) return undefined
  return parseThresholds(thresholds, (problem) => tell(`${place.label}: ${problem}`))
}

/** Rules as a file or a program gives them. */
export function parseThresholds(thresholds: unknown, tell: Tell): readonly Threshold[] | undefined {
  const parsed = thresholdsSchema.safeParse({ thresholds })
  if (parsed.success) return refuseDuplicates(parsed.data.thresholds, tell)
  for (const issue of describeIssues(parsed.error, { thresholds }, meantInRule)) tell(issue)
  return undefined
}

/** Of two rules about the same metric and the same servers the second would never hold, and nobody would know. */
function refuseDuplicates(thresholds: readonly Threshold[], tell: Tell): readonly Threshold[] | undefined {
  const first = new Map<string, number>()
  let isSound = true
  for (const [index, { metric, where = {} }] of thresholds.entries()) {
    const about = JSON.stringify([metric, Object.entries(where).sort(([a], [b]) => (a < b ? -1 : 1))])
    const earlier = first.get(about)
    if (earlier === undefined) first.set(about, index)
    else {
      isSound = false
      tell(`thresholds[${index}]: is about the same metric and servers as thresholds[${earlier}], which stands before it: make one rule of both`)
    }
  }
  return isSound ? thresholds : undefined
}

function readServers(servers: unknown, place: Place, tell: Tell): ConfigFile['servers'] {
  if (servers === undefined) return undefined
  if (hasPlaceholder(servers, { path: 'servers' }, place, tell)) return 'unreadable'
  const label = `${place.label}: servers`
  const reading = serversKind(servers)
  if ('value' in reading) return { value: reading.value, label, folder: place.folder }
  tell(refusal(label, reading.expected, servers))
  return 'unreadable'
}
