import { resolve } from 'node:path'
import { portsFormats } from '../model/choices.ts'
import type { Where } from '../model/where.ts'
import { readWhere } from '../model/where.ts'
import { UsageError } from '../model/problem.ts'
import { readHosts, readPorts } from './endpoints.ts'
import type { HostPort } from './host-port.ts'
import type { Kind } from './kind.ts'
import { duration, oneOf, path, wholeNumber } from './kind.ts'
import { limits, readText } from './read-text.ts'
import type { Flags } from './settings.ts'
import type { Tell } from './wording.ts'
import { oneLine, quote, refusal } from './wording.ts'


/** What is asked of each endpoint besides that it takes a connection. */
export interface Asked {
  /** `ca` is PEM. */
  readonly tls?: { readonly verify: boolean; readonly ca?: string }
  readonly expect?: RegExp
}

/** What is asked of the configured inventory. */
export interface FromInventory {
  readonly where: readonly Where[]
  /** A kept reading that is not older is taken instead of asking, in milliseconds. */
  readonly maxAgeMs?: number
  /** Whether a kept reading of any age is taken where the inventory is away. */
  readonly staleOk: boolean
  /** Whether it is well if some servers could not be read, and are not watched. */
  readonly allowPartial: boolean
}

/** All that `rackbench ports` is told. Times are in milliseconds, paths absolute. */
export interface PortsSettings {
  readonly hosts: readonly HostPort[]
  /** For hosts without a port of their own; none if none was given. */
  readonly ports: readonly number[]
  /** Which servers of the configured inventory are watched as well; nothing for none. */
  readonly fromInventory?: FromInventory
  readonly asked: Asked
  readonly timeoutMs: number
  readonly concurrency: number
  /** From the beginning of a round to that of the next. */
  readonly everyMs: number
  /** Infinity: until a signal. */
  readonly count: number
  readonly history: number
  readonly state?: string
  readonly junit?: string
  readonly format: (typeof portsFormats)[number]
  /** A certificate that expires within so much time is told. */
  readonly tlsWarnMs: number
}

interface Told {
  readonly words: readonly string[]
  readonly flags: Flags
  readonly lists: Readonly<Record<string, readonly string[]>>
  readonly cwd: string
  readonly readStdin: () => Promise<string>
}

const longestPattern = 500

const pattern = (given: unknown): { readonly value: RegExp } | { readonly expected: string } => {
  if (typeof given !== 'string' || given === '' || given.length > longestPattern) return { expected: `a regular expression of 1 to ${longestPattern} characters` }
  try {
    return { value: new RegExp(given) }
  } catch (error) {
    return { expected: `a regular expression (${(error as Error).message})` }
  }
}

type Read<T> = (given: unknown) => ReturnType<Kind<T>>
const whenGiven = <T>(kind: Read<T>, usual: T): Read<T> => (given) => (given === undefined ? { value: usual } : kind(given))
const maybe = <T>(kind: Read<T>): Read<T | undefined> => (given) => (given === undefined ? { value: undefined } : kind(given))
const time = duration({ zero: 'refused' })
const day = 86_400_000

/** What a history may hold is kept of every endpoint, and read and written in each round. */
const longestHistory = 1000

const kinds = {
  timeout: whenGiven(time, 3000),
  concurrency: whenGiven(wholeNumber(1, 65_535), 1024),
  every: maybe(time),
  count: maybe(wholeNumber(1, 1_000_000_000)),
  history: whenGiven(wholeNumber(1, longestHistory), 5),
  state: maybe(path),
  junit: maybe(path),
  format: whenGiven(oneOf(portsFormats), 'text'),
  expect: maybe(pattern),
  'tls-ca': maybe(path),
  'tls-warn': whenGiven(duration({ zero: 'allowed' }), 14 * day),
  'max-age': maybe(duration({ zero: 'allowed' })),
}
type Kinds = typeof kinds
type Values = { readonly [Name in keyof Kinds]: Extract<ReturnType<Kinds[Name]>, { readonly value: unknown }>['value'] }

/**
 * Reads the words and flags of `rackbench ports`.
 *
 * @throws UsageError with every problem of all of them.
 */
export async function portsSettings({ words, flags, lists, cwd, readStdin }: Told): Promise<PortsSettings> {
  const problems: string[] = []
  const tell: Tell = (problem) => void problems.push(oneLine(problem))
  const values = readFlags(flags, tell)
  const isFromInventory = flags['from-inventory'] === true
  const needInventory = ['max-age', 'stale-ok', 'allow-partial'].filter((name) => flags[name] !== undefined && flags[name] !== false)
  if (!isFromInventory) for (const name of needInventory) tell(`--${name} needs --from-inventory`)
  const where = readConditions(lists['where'] ?? [], isFromInventory, tell)
  const maxAgeMs = values['max-age']
  const given = lists['port'] ?? []
  const ports = readPorts(given, tell)
  const hosts = await readHosts({ args: words, folder: cwd, readStdin }, tell)
  if (words.length === 0 && !isFromInventory) tell('ports: of which hosts? `rackbench ports node-[01-20] --port 22`, @file, - for standard input, or --from-inventory')
  if (isFromInventory && given.length === 0) tell('--from-inventory: which port? --port 22, say')
  const tls = await readTls(flags, values, { cwd, tell })
  const [state, junit] = [values.state, values.junit].map((file) => (file === undefined ? undefined : resolve(cwd, file)))
  if (state !== undefined && state === junit) tell(`--state and --junit name the same file: ${quote(state)}`)
  if (problems.length > 0) throw new UsageError(problems)
  return {
    hosts,
    ports,
    ...(isFromInventory && { fromInventory: { where, ...(maxAgeMs !== undefined && { maxAgeMs }), staleOk: flags['stale-ok'] === true, allowPartial: flags['allow-partial'] === true } }),
    asked: { ...(tls && { tls }), ...(values.expect && { expect: values.expect }) },
    timeoutMs: values.timeout,
    concurrency: values.concurrency,
    everyMs: values.every ?? 15_000,
    count: values.count ?? (values.every === undefined ? 1 : Infinity),
    history: values.history,
    ...(state !== undefined && { state }),
    ...(junit !== undefined && { junit }),
    format: values.format,
    tlsWarnMs: values['tls-warn'],
  }
}

/** Of a flag that cannot be read it tells; its value is then of no use. */
function readFlags(flags: Flags, tell: Tell): Values {
  const entries = Object.entries(kinds).map(([name, kind]) => {
    const reading = kind(flags[name])
    if ('expected' in reading) tell(refusal(`--${name}`, reading.expected, flags[name]))
    return [name, 'value' in reading ? reading.value : undefined] as const
  })
  return Object.fromEntries(entries) as unknown as Values
}

async function readTls(flags: Flags, values: Values, { cwd, tell }: { readonly cwd: string; readonly tell: Tell }): Promise<Asked['tls']> {
  const needTls = ['tls-verify', 'tls-ca', 'tls-warn'].filter((name) => flags[name] !== undefined && flags[name] !== false)
  if (flags['tls'] !== true) {
    for (const name of needTls) tell(`--${name} needs --tls`)
    return undefined
  }
  const file = values['tls-ca']
  const ca = file === undefined ? undefined : await readText(resolve(cwd, file), { limit: limits.settings, label: `--tls-ca: ${file}` }, tell)
  if (ca !== undefined && !ca.includes('-----BEGIN CERTIFICATE-----')) tell(`--tls-ca: ${file}: holds no certificate in PEM`)
  return { verify: flags['tls-verify'] === true || file !== undefined, ...(ca !== undefined && { ca }) }
}

function readConditions(texts: readonly string[], isFromInventory: boolean, tell: Tell): Where[] {
  if (texts.length > 0 && !isFromInventory) tell('--where needs --from-inventory')
  return texts.flatMap((text) => {
    const where = readWhere(text)
    if (typeof where !== 'string') return [where]
    tell(`--where ${quote(text)}: ${where}`)
    return []
  })
}
