import type { Json } from './kind.ts'
import { isRecord } from './kind.ts'
import { placeholdersIn } from './placeholder.ts'
import { secretName } from './secrets.ts'

export const hidden = '***'

const credentials: readonly (readonly [looksLike: RegExp, shown: string])[] = [
  // In an address: https://user:password@host
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, `$1${hidden}@`],
  // By its name within a text: `X-Api-Key: abc`, `PASSWORD=abc`, `?token=abc`
  [named(String.raw`:\s+(?:bearer\s+|basic\s+)?`, String.raw`[^'"\r\n]+`), `$1${hidden}`],
  [named('=', String.raw`[^\s&;,'"=][^\s&;,'"]*`), `$1${hidden}`],
  [/\b(bearer|basic)\s+\S+/gi, `$1 ${hidden}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, hidden],
]

function named(between: string, held: string): RegExp {
  return new RegExp(String.raw`([\w-]{0,64}(?:${secretName.source})[\w-]{0,64}${between})${held}`, 'gi')
}

/**
 * Settings as they may be shown: what goes by the name of a secret or looks like one is hidden, and so is what is known to be one.
 * `${NAME}` stays, since it tells nothing.
 *
 * @param secrets Values of the environment that must not be shown.
 */
export function hideSecrets(value: Json, secrets: readonly string[]): Json {
  if (typeof value === 'string') return hideInText(value, secrets)
  if (Array.isArray(value)) return value.map((item, index) => (isOption(value[index - 1]) ? hideAll(item) : hideSecrets(item, secrets)))
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, secretName.test(key) ? hideAll(item) : hideSecrets(item, secrets)]))
}

function hideInText(text: string, secrets: readonly string[]): string {
  const [, option, held] = /^(-[^=\s]*=)(.+)$/s.exec(text) ?? []
  if (option !== undefined && held !== undefined && isOption(option.slice(0, -1))) return `${option}${hideAll(held) as string}`
  const known = secrets.toSorted((a, b) => b.length - a.length).reduce((shown, secret) => shown.replaceAll(secret, hidden), text)
  return credentials.reduce((shown, [looksLike, instead]) => shown.replaceAll(looksLike, (found, kept: string) => (isFilledIn(found) ? found : instead.replace('$1', kept))), known)
}

/** The words of a program: what follows `--token` is one. */
function isOption(word: Json | undefined): boolean {
  return typeof word === 'string' && word.startsWith('-') && !word.includes('=') && secretName.test(word)
}

function hideAll(value: Json): Json {
  if (Array.isArray(value)) return value.map(hideAll)
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hideAll(item)]))
  return value === null || typeof value === 'boolean' || value === '' || isFilledIn(value) ? value : hidden
}

function isFilledIn(value: Json): boolean {
  return placeholdersIn(value, '').length > 0
}
