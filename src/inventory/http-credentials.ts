import { headerProblem } from '../clients/web-settings.ts'
import type { presetNames } from './http-presets.ts'
import { tokenScheme } from './http-presets.ts'

/** Who asks, as it is written in settings. */
export interface WrittenCredentials {
  readonly preset?: (typeof presetNames)[number]
  readonly token?: string
  readonly auth?: { readonly type: 'none' } | { readonly type: 'http_basic'; readonly user: string; readonly password: string }
  readonly headers?: Readonly<Record<string, string>>
}

/** What is sent with every call, and what of it must not be told. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
}

/** What is shorter cannot be told from words that mean nothing. */
const shortestSecret = 6

export function credentialsOf({ preset, token, auth, headers = {} }: WrittenCredentials): Credentials {
  const given = token?.trim() ?? ''
  const password = auth?.type === 'http_basic' ? auth.password : ''
  const basic = auth?.type === 'http_basic' ? `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}` : undefined
  const authorization = basic ?? (given === '' ? undefined : `${tokenScheme(preset, given)} ${given}`)
  return {
    headers: { ...headers, ...(authorization !== undefined && { authorization }) },
    secrets: [given, password, basic ?? '', ...Object.values(headers)].filter((secret) => secret.length >= shortestSecret),
  }
}

const ourHeaders = new Set(['accept', 'accept-encoding', 'content-length', 'host', 'connection', 'transfer-encoding'])

/** What is wrong with them, one line each, without any value. */
export function credentialProblems({ token, auth, headers = {} }: WrittenCredentials): string[] {
  const own = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization')
  const sent = [...(token === undefined ? [] : ['token']), ...(auth?.type === 'http_basic' ? ['auth'] : []), ...(own ? ['a header of that name'] : [])]
  return [
    ...(token === undefined || /^[\x21-\x7e]+$/.test(token.trim()) ? [] : ['token: is empty, or has blanks or control characters in it']),
    ...(sent.length > 1 ? [`${sent.join(' and ')} are both sent as Authorization: keep one of them`] : []),
    ...Object.entries(headers).flatMap(([name, value]) => headerProblem(name, value, ourHeaders) ?? []),
  ]
}
