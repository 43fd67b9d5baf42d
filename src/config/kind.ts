import type { MaxBroken } from '../model/budget.ts'
import { formatDuration, parseDuration } from '../model/duration.ts'
import type { Plan } from '../model/plan.ts'
import type { Shard } from './shard.ts'

/**
 * What the value of a setting must be. It reads texts, as flags and the environment give them, and what a file holds;
 * for anything else it says what it expects, in words that follow "expected".
 */
export type Kind<T> = (given: unknown) => { readonly value: T } | { readonly expected: string }

export type Settings = Plan['provisioner']['settings']
export type Json = Settings[string]

/** A provisioner as it is named, and what a file says about it. */
export interface NamedProvisioner {
  readonly type: string
  readonly settings: Settings
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

function toNumber(given: unknown): number | undefined {
  const value = typeof given === 'string' && decimal.test(given) ? Number(given) : given
  // A sum with 0 is never -0, which a journal would not give back.
  return typeof value === 'number' && Number.isFinite(value) ? value + 0 : undefined
}

/** Any finite number. */
export const number: Kind<number> = (given) => {
  const value = toNumber(given)
  return value === undefined ? { expected: 'a number' } : { value }
}

export function wholeNumber(least: number, most: number): Kind<number> {
  return (given) => {
    const value = toNumber(given)
    if (value === undefined || !Number.isInteger(value) || value < least) return { expected: `a whole number of at least ${least}` }
    return value > most ? { expected: `a whole number of at most ${most}` } : { value }
  }
}

export function oneOf<const T extends string>(choices: readonly T[]): Kind<T> {
  return (given) => {
    const value = choices.find((choice) => choice === given)
    return value === undefined ? { expected: choices.join(' | ') } : { value }
  }
}

/** A flag that is there or not, `true` or `false`. */
export const yesOrNo: Kind<boolean> = (given) => {
  if (given === true || given === 'true') return { value: true }
  return given === false || given === 'false' ? { value: false } : { expected: 'true or false' }
}

const examples = 'write 90s, 45m or 2h'
const longestMs = 365 * 86_400_000

/** A length of time, in milliseconds; at most a year. A bare number has no unit, and is refused. */
export function duration({ zero }: { readonly zero: 'allowed' | 'refused' }): Kind<number> {
  return (given) => {
    const value = typeof given === 'string' ? parseDuration(given) : undefined
    if (value === undefined) return { expected: `a duration (${examples})` }
    if (value === 0 && zero === 'refused') return { expected: `a duration above 0 (${examples})` }
    return value > longestMs ? { expected: `a duration of at most ${formatDuration(longestMs)}` } : { value }
  }
}

/** A length of time as programs may give it, too: a number of milliseconds. */
export function orMilliseconds(kind: Kind<unknown>): Kind<unknown> {
  return (given) => kind(typeof given === 'number' && given >= 0 ? `${(given / 1000).toFixed(3)}s` : given)
}

/** A text of one line, for people and for names; at most 200 characters. */
export const text: Kind<string> = (given) => {
  const isText = typeof given === 'string' && given.trim() !== '' && given.length <= 200 && !/[\p{C}\p{Zl}\p{Zp}]/u.test(given)
  return isText ? { value: given } : { expected: 'a text of one line' }
}

/** A path, as it was given. */
export const path: Kind<string> = (given) => {
  return typeof given === 'string' && given !== '' && !given.includes('\0') ? { value: given } : { expected: 'a path' }
}

/** `5`, or `10%` of the run's servers. */
export const maxBroken: Kind<MaxBroken> = (given) => {
  const percent = typeof given === 'string' && given.endsWith('%') ? toNumber(given.slice(0, -1)) : undefined
  if (percent !== undefined && percent >= 0 && percent <= 100) return { value: { percent } }
  const count = wholeNumber(0, Number.MAX_SAFE_INTEGER)(given)
  return 'value' in count ? { value: { count: count.value } } : { expected: 'a number of servers, or a share of them from 0% to 100%' }
}

const mostShards = 1000

/** `2/4`: the second of four parts. */
export const shard: Kind<Shard> = (given) => {
  const [, index, of] = (typeof given === 'string' && /^(\d{1,4})\/(\d{1,4})$/.exec(given)) || []
  const value = { index: Number(index), of: Number(of) }
  const isPart = value.index >= 1 && value.index <= value.of && value.of <= mostShards
  return isPart ? { value } : { expected: `k/n with k from 1 to n, n at most ${mostShards}, like 2/4` }
}

/** The name of a type or the path of a module; in a file also an object with a `type` and settings. */
export const namedProvisioner: Kind<NamedProvisioner> = (given) => {
  const { type, ...settings } = isRecord(given) ? given : { type: given }
  const name = text(type)
  if ('value' in name) return { value: { type: name.value, settings } }
  return { expected: isRecord(given) ? 'an object with a type' : 'the name of a provisioner, or the path of a module' }
}

/** The path of a simulation file; in a file also what it would hold. */
export const simulation: Kind<string | Settings> = (given) => (isRecord(given) ? { value: given } : path(given))

/** One text, or a list of them, each of which may hold several servers. */
export const servers: Kind<readonly string[]> = (given) => {
  const value = Array.isArray(given) ? given : [given]
  return value.every((item) => typeof item === 'string') ? { value } : { expected: 'server IDs and ranges' }
}

/** Whether a value that came from a file is an object with keys. */
export function isRecord(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
