import { UsageError } from '../model/problem.ts'
import type { Json, NamedProvisioner, Settings } from './kind.ts'
import { isRecord } from './kind.ts'
import { fill, placeholdersIn } from './placeholder.ts'
import type { Environment } from './settings.ts'
import type { Tell } from './wording.ts'
import { oneLine } from './wording.ts'

const shortestSecret = 6
const shortestLine = 8
const tooShort = `too short for a secret: it takes at least ${shortestSecret} characters to be redacted`

/** Where the token of the provisioner protocol comes from. */
export const tokenVariable = 'RACKBENCH_TOKEN'

/** The settings of adapters, by the key of the file under which they stand. */
export type AdapterSettings = Readonly<Partial<Record<'provisioner' | 'benchmark' | 'inventory', Settings>>>

/** Settings as adapters are given them, and what must not be written anywhere. */
interface Resolved<T> {
  readonly settings: T
  /** Values to redact: each one that was put in, and the lines of those that have several. */
  readonly secrets: readonly string[]
}

/**
 * Replaces `${NAME}` in the texts of settings by the environment's values.
 *
 * @throws UsageError that names each variable that is not set, or too short to be redacted.
 */
export function resolveSecrets<T extends AdapterSettings>(settings: T, env: Environment): Resolved<T> {
  const problems: string[] = []
  const tell: Tell = (problem) => problems.push(oneLine(problem))
  checkSecrets(settings, env, '', tell)
  checkToken(env, tell)
  if (problems.length > 0) throw new UsageError(problems)
  const names = [...placeholdersIn(settings, '').map(({ name }) => name), tokenVariable]
  const values = new Set(names.map((name) => env[name] ?? ''))
  return { settings: resolve(settings, env) as T, secrets: [...new Set([...values].flatMap(redactable))] }
}

/** Tells of each `${NAME}` that cannot be replaced; `prefix` says which file the settings stand in. */
export function checkSecrets(settings: AdapterSettings, env: Environment, prefix: string, tell: Tell): void {
  for (const { path, name } of placeholdersIn(settings, '')) {
    const value = env[name] ?? ''
    if (value === '') tell(`${prefix}${path}: the environment variable ${name} is not set`)
    else if (isTooShort(value)) tell(`${prefix}${path}: the value of ${name} is ${tooShort}`)
  }
}

/** Names that secrets go by. */
export const secretName = /auth|bearer|cookie|credential|token|secret|key|passphrase|passwd|password|pwd/i

/** Where secrets stand in the settings of the services that have any. */
const secretsIn: Readonly<Record<string, (settings: Settings) => readonly (readonly [path: string, value: unknown])[]>> = {
  http({ token, headers, auth }) {
    const secret = Object.entries(isRecord(headers) ? headers : {}).filter(([name]) => secretName.test(name))
    return [['token', token], ...secret.map(([name, held]) => [`headers.${name}`, held] as const), ...secretsOfAuth(auth)]
  },
  ironic: ({ auth }) => secretsOfAuth(auth),
}

function secretsOfAuth(auth: unknown): readonly (readonly [path: string, value: unknown])[] {
  return isRecord(auth) ? [['auth.password', auth['password']], ['auth.token', auth['token']]] : []
}

/** Tells of each secret that stands in the settings of a built-in provisioner or inventory as it is: those of a provisioner are written to the journal. */
export function refuseLiteralSecrets({ type, settings }: NamedProvisioner, at: string, tell: Tell): void {
  const secrets = Object.hasOwn(secretsIn, type) ? secretsIn[type]?.(settings) : undefined
  for (const [path, value] of secrets ?? []) {
    if (typeof value !== 'string' || placeholdersIn(value, path).length > 0) continue
    tell(`${at}.${path}: a secret must not stand in the file: write \${NAME}, and set the environment variable NAME${path === 'token' && at.endsWith('provisioner') ? `; or leave it out, and set ${tokenVariable}` : ''}`)
  }
}

/** Tells of a token that could not be redacted. */
export function checkToken(env: Environment, tell: Tell): void {
  const token = env[tokenVariable] ?? ''
  if (token !== '' && isTooShort(token)) tell(`${tokenVariable}: ${tooShort}`)
}

/** Reads what a program wants to have redacted; tells of each that cannot be, without saying it. */
export function readSecrets(given: unknown, label: string, tell: Tell): readonly string[] {
  if (!Array.isArray(given)) {
    tell(`${label}: expected a list of texts`)
    return []
  }
  return given.flatMap((secret: unknown, index) => {
    if (typeof secret === 'string' && !isTooShort(secret)) return redactable(secret)
    tell(`${label}[${index}]: ${typeof secret === 'string' ? tooShort : 'expected a text'}`)
    return []
  })
}

function isTooShort(value: string): boolean {
  return value.trim().length < shortestSecret
}

function resolve(value: Json, env: Environment): Json {
  if (typeof value === 'string') return fill(value, (name) => env[name])
  if (Array.isArray(value)) return value.map((item) => resolve(item, env))
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, env)])) : value
}

/** A value may be written whole, without the line break at its end, or line by line. */
function redactable(value: string): string[] {
  if (value === '') return []
  const lines = value.split(/\r\n?|\n/).filter((line) => line.length >= shortestLine)
  return [value, value.trim(), ...lines]
}
