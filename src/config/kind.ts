import { resolve } from 'node:path'
import type { MaxBroken } from '../model/budget.ts'
import { decimalPattern, isDecimal } from '../model/decimal.ts'
import { durationPattern, formatDuration, parseDuration } from '../model/duration.ts'
import type { JsonSchema } from '../model/json-schema.ts'
import type { Plan } from '../model/plan.ts'
import type { Where } from '../model/where.ts'
import { readWhere, whereText } from '../model/where.ts'
import { placeholderPattern } from './placeholder.ts'
import type { Shard } from './shard.ts'

/**
 * What the value of a setting must be. It reads texts, as flags and the environment give them, and what a file holds;
 * for anything else it says what it expects, in words that follow "expected".
 */
export interface Kind<T> {
  (given: unknown): { readonly value: T } | { readonly expected: string }
  /** What a file may hold, as far as JSON Schema can say it: it refuses nothing that is taken. */
  readonly schema: JsonSchema
  /** A value as a file would have it, wherever that lies: paths are absolute. */
  write(value: T, folder: string): Json
}

/** A kind of values that are written as they are, if nothing else is said. */
function kind<T>(schema: JsonSchema, read: (given: unknown) => ReturnType<Kind<T>>, write = (value: T, _folder: string): Json => value as Json): Kind<T> {
  return Object.assign((given: unknown) => read(given), { schema, write })
}

export type Settings = Plan['provisioner']['settings']
export type Json = Settings[string]

/** A provisioner as it is named, and what a file says about it. */
export interface NamedProvisioner {
  readonly type: string
  readonly settings: Settings
}

const decimalSource = `^${decimalPattern}$`

function toNumber(given: unknown): number | undefined {
  const value = typeof given === 'string' && isDecimal(given) ? Number(given) : given
  // A sum with 0 is never -0, which a journal would not give back.
  return typeof value === 'number' && Number.isFinite(value) ? value + 0 : undefined
}

/** Any finite number. */
export const number = kind<number>({ type: ['number', 'string'], pattern: decimalSource }, (given) => {
  const value = toNumber(given)
  return value === undefined ? { expected: 'a number' } : { value }
})

export function wholeNumber(least: number, most: number): Kind<number> {
  return kind({ type: ['integer', 'string'], minimum: least, maximum: most, pattern: decimalSource }, (given) => {
    const value = toNumber(given)
    if (value === undefined || !Number.isInteger(value) || value < least) return { expected: `a whole number of at least ${least}` }
    return value > most ? { expected: `a whole number of at most ${most}` } : { value }
  })
}

export function oneOf<const T extends string>(choices: readonly T[]): Kind<T> {
  return kind({ enum: choices }, (given) => {
    const value = choices.find((choice) => choice === given)
    return value === undefined ? { expected: choices.join(' | ') } : { value }
  })
}

/** A flag that is there or not, `true` or `false`. */
export const yesOrNo = kind<boolean>({ enum: [true, false, 'true', 'false'] }, (given) => {
  if (given === true || given === 'true') return { value: true }
  return given === false || given === 'false' ? { value: false } : { expected: 'true or false' }
})

const examples = 'write 90s, 45m or 2h'
const longestMs = 365 * 86_400_000

/** A length of time, in milliseconds; at most a year. A bare number has no unit, and is refused. */
export function duration({ zero }: { readonly zero: 'allowed' | 'refused' }): Kind<number> {
  const pattern = `^${zero === 'refused' ? String.raw`(?!0+(?:\.0+)?[a-z])` : ''}${durationPattern}$`
  const read = (given: unknown): ReturnType<Kind<number>> => {
    const value = typeof given === 'string' ? parseDuration(given) : undefined
    if (value === undefined) return { expected: `a duration (${examples})` }
    if (value === 0 && zero === 'refused') return { expected: `a duration above 0 (${examples})` }
    return value > longestMs ? { expected: `a duration of at most ${formatDuration(longestMs)}` } : { value }
  }
  return kind({ type: 'string', pattern }, read, formatDuration)
}

/** A length of time as programs may give it, too: a number of milliseconds. */
export function orMilliseconds(time: Kind<unknown>): Kind<unknown> {
  return kind(time.schema, (given) => time(typeof given === 'number' && given >= 0 ? `${(given / 1000).toFixed(3)}s` : given), (value, folder) => time.write(value, folder))
}

/** A file says no `${NAME}` where nothing is put in its place. */
const literal = { type: 'string', not: { pattern: placeholderPattern } } as const

const mostCharacters = 200
const oneLine = /^(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]*$/u

/** A text of one line, for people and for names; at most 200 characters. */
export const text = kind<string>({ ...literal, maxLength: mostCharacters, pattern: oneLine.source }, (given) => {
  const isText = typeof given === 'string' && given.length <= mostCharacters && oneLine.test(given)
  return isText ? { value: given } : { expected: 'a text of one line' }
})

/** A path, as it was given. */
export const path = kind<string>(
  { ...literal, pattern: String.raw`^[^\u0000]+$` },
  (given) => (typeof given === 'string' && given !== '' && !given.includes('\0') ? { value: given } : { expected: 'a path' }),
  (given, folder) => resolve(folder, given),
)

const mostCounted = Number.MAX_SAFE_INTEGER

/** `5`, or `10%` of the run's servers. */
export const maxBroken = kind<MaxBroken>(
  { type: ['integer', 'string'], minimum: 0, maximum: mostCounted, pattern: `^${decimalPattern}%?$` },
  (given) => {
    const percent = typeof given === 'string' && given.endsWith('%') ? toNumber(given.slice(0, -1)) : undefined
    if (percent !== undefined && percent >= 0 && percent <= 100) return { value: { percent } }
    const count = wholeNumber(0, mostCounted)(given)
    return 'value' in count ? { value: { count: count.value } } : { expected: 'a number of servers, or a share of them from 0% to 100%' }
  },
  (value) => (typeof value === 'string' ? value : 'count' in value ? value.count : `${value.percent}%`),
)

const share = /^\d{1,3}(?:\.\d{1,6})?%$/

/** What is taken by chance: so many servers, or a share of them. */
export type Sample = { readonly count: number } | { readonly percent: number }

/** `20`, or `10%` of them. */
export const sample = kind<Sample>(
  { type: ['integer', 'string'], minimum: 1, maximum: mostCounted, pattern: `^${decimalPattern}%?$` },
  (given) => {
    const percent = typeof given === 'string' && given.endsWith('%') ? toNumber(given.slice(0, -1)) : undefined
    if (percent !== undefined && percent > 0 && percent <= 100) return { value: { percent } }
    const count = wholeNumber(1, mostCounted)(given)
    return 'value' in count ? { value: { count: count.value } } : { expected: 'a number of servers, or a share of them above 0% to 100%, like 10%' }
  },
  (value) => ('count' in value ? value.count : `${value.percent}%`),
)

/** Conditions on servers, one a line. */
export const conditions = kind<readonly Where[]>(
  { type: 'string' },
  (given) => {
    if (typeof given !== 'string') return { expected: 'a condition, such as model=R640' }
    const read = given.split('\n').map(readWhere)
    const fault = read.find((where) => typeof where === 'string')
    if (fault !== undefined) return { expected: fault.startsWith('expected ') ? fault.slice('expected '.length) : `a condition (${fault})` }
    return { value: read.filter((where) => typeof where !== 'string') }
  },
  (value) => value.map(whereText).join('\n'),
)

/** A share from `0%` to `100%`, in percent. */
export const percent = kind<number>(
  { type: 'string', pattern: share.source },
  (given) => {
    const value = typeof given === 'string' && share.test(given) ? Number(given.slice(0, -1)) : undefined
    return value !== undefined && value <= 100 ? { value } : { expected: 'a share from 0% to 100%, like 5%' }
  },
  (value) => `${value}%`,
)

const mostPorts = 20
const portWords = String.raw`^[\s,]*\d{1,5}(?:[\s,]+\d{1,5})*[\s,]*$`

/** Ports, each once: `22`, `22,443`; in a file also a list of them. */
export const ports = kind<readonly number[]>(
  { anyOf: [{ type: 'integer', minimum: 1, maximum: 65_535 }, { type: 'string', pattern: portWords }, { type: 'array', items: { type: ['integer', 'string'] }, minItems: 1 }] },
  (given) => {
    const words = (Array.isArray(given) ? given : [given]).flatMap((item: unknown) => (typeof item === 'string' ? item.split(/[\s,]+/).filter(Boolean) : [item]))
    const readings = words.map((word) => (typeof word === 'string' && !/^\d{1,5}$/.test(word) ? { expected: 'a port' } : wholeNumber(1, 65_535)(word)))
    const value = new Set(readings.flatMap((reading) => ('value' in reading ? [reading.value] : [])))
    const isRead = words.length > 0 && readings.every((reading) => 'value' in reading)
    if (!isRead) return { expected: 'ports from 1 to 65535, like 22 or 22,443' }
    return value.size > mostPorts ? { expected: `at most ${mostPorts} ports` } : { value: [...value] }
  },
  (value) => [...value],
)

const mostShards = 1000
const part = new RegExp(String.raw`^(?!0+/)(\d{1,4})/(?!0+$)(\d{1,4})$`)

/** `2/4`: the second of four parts. */
export const shard = kind<Shard>(
  { type: 'string', pattern: part.source },
  (given) => {
    const [, index, of] = (typeof given === 'string' && part.exec(given)) || []
    const value = { index: Number(index), of: Number(of) }
    const isPart = value.index >= 1 && value.index <= value.of && value.of <= mostShards
    return isPart ? { value } : { expected: `k/n with k from 1 to n, n at most ${mostShards}, like 2/4` }
  },
  ({ index, of }) => `${index}/${of}`,
)

/** The name of a type or the path of a module; in a file also an object with a `type` and settings. */
export const namedProvisioner = kind<NamedProvisioner>(
  { anyOf: [text.schema, { type: 'object', properties: { type: text.schema }, required: ['type'] }] },
  (given) => {
    const { type, ...settings } = isRecord(given) ? given : { type: given }
    const name = text(type)
    if ('value' in name) return { value: { type: name.value, settings } }
    return { expected: isRecord(given) ? 'an object with a type' : 'the name of a provisioner, or the path of a module' }
  },
  ({ type, settings }) => ({ type, ...settings }),
)

/** The path of a simulation file; in a file also what it would hold. */
export const simulation = kind<string | Settings>(
  { anyOf: [path.schema, { type: 'object' }] },
  (given) => (isRecord(given) ? { value: given } : path(given)),
  (given, folder) => (typeof given === 'string' ? path.write(given, folder) : given),
)

// A file's numbers are taken as they are written there: 0101 is an ID.
const words = { type: ['string', 'number', 'boolean'], not: { type: 'string', pattern: placeholderPattern } } as const

/** One text, or a list of them, each of which may hold several servers. */
export const servers = kind<readonly string[]>({ anyOf: [words, { type: 'array', items: words }] }, (given) => {
  const value = Array.isArray(given) ? given : [given]
  return value.every((item) => typeof item === 'string') ? { value } : { expected: 'server IDs and ranges' }
})

/** Whether a value that came from a file is an object with keys. */
export function isRecord(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
