import type { JsonSchema } from '../model/json-schema.ts'
import { jsonSchemaDraft, jsonSchemaOf } from '../model/json-schema.ts'
import { thresholdSchema } from '../model/threshold.ts'
import { benchmarkTypes, inventoryTypes } from '../model/choices.ts'
import { editorKey, fileSettings } from './config-file.ts'
import { defaults, defaultsInWords } from './defaults.ts'
import type { NamedBenchmark } from './benchmark.ts'
import { isRecord, path, servers, text } from './kind.ts'
import { placeholderPattern } from './placeholder.ts'
import type { BuiltInProvisioner } from './provisioner-types.ts'
import { builtInProvisioners, modulePattern } from './provisioner-types.ts'
import { secretName } from './secrets.ts'
import type { FlagName } from './settings.ts'
import type { NamedInventory } from './inventory.ts'
import { keysOf, schemaOf } from './settings.ts'

/** What other rooms know of a configuration file. */
export interface KnownElsewhere {
  /** What `--help` says about a setting. */
  readonly describe: (name: FlagName) => string
  /** The settings of each provisioner that has a name, as objects; what the simulated rack is like, too. */
  readonly settings: Readonly<Record<BuiltInProvisioner, JsonSchema>>
  /** The settings of each benchmark, as objects. */
  readonly benchmarks: Readonly<Record<NamedBenchmark['type'], JsonSchema>>
  /** The settings of each inventory, as objects. */
  readonly inventories: Readonly<Record<NamedInventory['type'], JsonSchema>>
  /** What a simulation file holds. */
  readonly simulation: JsonSchema
}

/** The JSON Schema (draft 2020-12) of rackbench.config.{yaml,json}: what it refuses rackbench refuses, and more besides. */
export function configFileSchema(known: KnownElsewhere): JsonSchema {
  const properties: Record<string, JsonSchema> = {
    servers: { description: 'IDs and ranges (101-115, node-[01-20]), @file; those of the command line win', ...servers.schema },
    benchmark: { description: "what measures the servers; without it, the provisioner's own benchmark", anyOf: benchmarkTypes.map((type) => withType(type, orFilledIn(known.benchmarks[type]))) },
    inventory: { description: 'where servers come from, for `rackbench inventory` and `run --inventory`: the path of a file, or a service', anyOf: inventorySchemas(known) },
    thresholds: { description: 'rules that metrics must meet: min <= value <= max; of several about a metric the most specific that matches the labels holds', type: 'array', items: jsonSchemaOf(thresholdSchema), ...literal },
  }
  const timeouts: Record<string, JsonSchema> = {}
  for (const name of fileSettings) {
    const [key = '', step] = keysOf(name)
    const described = { ...aboutSetting(name, known), ...ownSchema(name, known) }
    if (step === undefined) properties[key] = described
    else timeouts[step] = described
  }
  properties['timeouts'] = { description: 'limits of the steps, all tries together', type: 'object', properties: timeouts, additionalProperties: false }
  return {
    $schema: jsonSchemaDraft,
    title: 'rackbench.config',
    description: 'Settings of rackbench. Flags win over RACKBENCH_* variables, which win over this file.',
    // An empty file is null.
    type: ['object', 'null'],
    properties: { [editorKey]: { description: 'for editors', type: 'string' }, ...properties },
    additionalProperties: false,
    not: { type: 'object', required: ['threshold', 'thresholds'] },
    $defs: { literal: literalDefinition },
  }
}

function aboutSetting(name: FlagName, { describe }: KnownElsewhere): JsonSchema {
  const inWords = name in defaultsInWords ? ` (default: ${defaultsInWords[name as keyof typeof defaultsInWords]})` : ''
  return { description: `${describe(name)}${inWords}`, ...(name in defaults && { default: defaults[name as keyof typeof defaults] }) }
}

function ownSchema(name: FlagName, known: KnownElsewhere): JsonSchema {
  if (name === 'provisioner') return provisionerSchema(known)
  if (name === 'simulation') return { anyOf: [path.schema, { ...known.simulation, ...literal }] }
  return schemaOf(name)
}

/** Texts have no `${NAME}` in them, however deep they stand: only in the settings of adapters something is put in its place. */
const literal = { $ref: '#/$defs/literal' } as const
const literalDefinition: JsonSchema = {
  description: 'no ${NAME}: it is only replaced inside the settings of provisioner, benchmark and inventory',
  not: { type: 'string', pattern: placeholderPattern },
  items: literal,
  additionalProperties: literal,
}

function provisionerSchema({ settings }: KnownElsewhere): JsonSchema {
  const module = { ...text.schema, allOf: [{ pattern: modulePattern.source }] }
  const open: JsonSchema = { type: 'object', properties: { type: module }, required: ['type'] }
  return { anyOf: [{ enum: builtInProvisioners }, module, ...builtInProvisioners.map((type) => withType(type, settingsOf(type, settings[type]))), open] }
}

/** A text is the path of a file of servers, or a type that needs no settings. */
function inventorySchemas({ inventories }: KnownElsewhere): JsonSchema[] {
  const cache = { description: 'the file in which the last reading is kept, for --max-age and --stale-ok', ...path.schema }
  const withCache = (schema: JsonSchema): JsonSchema => ({ ...schema, properties: { ...(schema as JsonSchema & ObjectSchema).properties, cache } })
  return [path.schema, ...inventoryTypes.map((type) => withType(type, withCache(secretsFilledIn(type, orFilledIn(inventories[type])))))]
}

interface ObjectSchema {
  readonly properties: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
}

function withType(type: string, schema: JsonSchema): JsonSchema {
  const { properties, required = [] } = schema as JsonSchema & ObjectSchema
  return { ...schema, properties: { type: { const: type }, ...properties }, required: ['type', ...required] }
}

const filledIn = { type: 'string', pattern: placeholderPattern } as const

/** Settings before `${NAME}` is replaced. Those of the simulated rack are looked at as they stand. */
function settingsOf(type: BuiltInProvisioner, schema: JsonSchema): JsonSchema {
  if (type === 'simulated') return schema
  return secretsFilledIn(type, orFilledIn(schema))
}

/** Secrets do not stand in the file as they are. */
function secretsFilledIn(type: string, schema: JsonSchema): JsonSchema {
  if (type !== 'http') return schema
  const open = schema as JsonSchema & ObjectSchema
  const { token, headers } = open.properties
  const secretHeaders = { [secretName.source.replaceAll(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`)]: filledIn }
  return { ...open, properties: { ...open.properties, token: { ...token, ...filledIn }, headers: { ...headers, patternProperties: secretHeaders } } }
}

/** Wherever a text must be of some form, one with `${NAME}` in it may be, too. Names are not replaced. */
function orFilledIn(schema: JsonSchema): JsonSchema {
  const { description, ...own } = schema
  const isForm = own['enum'] !== undefined || (own['type'] === 'string' && ['pattern', 'minLength'].some((key) => key in own))
  if (isForm) return { ...(description !== undefined && { description }), anyOf: [own, filledIn] }
  return eachOf(schema, (part, key) => (key === 'properties' ? eachOf(part, orFilledIn) : key === 'propertyNames' ? part : orFilledIn(part)))
}

/** The same object with other parts, where a part is an object. */
function eachOf(whole: JsonSchema, change: (part: JsonSchema, key: string) => JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(whole).map(([key, part]) => [key, isRecord(part) ? change(part, key) : part]))
}
