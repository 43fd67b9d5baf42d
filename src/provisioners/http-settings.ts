import { z } from 'zod'
import { describeIssues, UsageError } from '../model/problem.ts'
import { headerProblem, readCertificates, requestLimitSchema, webAddressSchema, withoutCredentials } from '../clients/web-settings.ts'

/** How a provisioner behind HTTP is reached. */
export interface HttpSettings {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** Certificates to trust, as PEM. */
  readonly ca: string | undefined
  readonly requestLimitMs: number
  /** What must not be told: the token, and the values of headers. */
  readonly secrets: readonly string[]
}

const ourHeaders = new Set(['content-type', 'content-length', 'host', 'idempotency-key', 'connection', 'transfer-encoding'])

/** The settings of the provisioner `http`, as they are written. */
export const httpSettingsSchema = z.strictObject({
  url: webAddressSchema.describe('what comes before /servers: https://rack.example.com/api/v1'),
  token: z.string().describe('${NAME}; without it, RACKBENCH_TOKEN; sent as Authorization: Bearer').exactOptional(),
  headers: z.record(z.string(), z.string()).describe('sent with every request').exactOptional(),
  ca: z.string().describe('certificates to trust besides those of Node: PEM, or the absolute path of a file').exactOptional(),
  requestTimeout: requestLimitSchema.describe('limit of one request, its answer included: 100ms to 10m').meta({ default: '30s' }).exactOptional(),
})

/**
 * Reads the settings of the provisioner `http`.
 *
 * @param env `RACKBENCH_TOKEN` is the token, if the settings have none.
 * @throws UsageError with a line for each thing that is wrong in them. No value of a token or header is told.
 */
export async function readHttpSettings(settings: Readonly<Record<string, unknown>>, env: Readonly<Record<string, string | undefined>>): Promise<HttpSettings> {
  const read = httpSettingsSchema.safeParse(settings)
  const problems = read.success ? problemsOf(read.data, env) : describeIssues(read.error, withoutSecrets(settings))
  if (!read.success || problems.length > 0) throw new UsageError(problems.map((problem) => `provisioner: http: ${problem}`))
  const { headers = {}, requestTimeout = 30_000 } = read.data
  const token = tokenOf(read.data, env)
  return {
    url: new URL(read.data.url),
    headers: { ...headers, ...(token !== '' && { authorization: `Bearer ${token}` }) },
    ca: read.data.ca === undefined ? undefined : await readCertificates(read.data.ca, 'provisioner: http: ca'),
    requestLimitMs: requestTimeout,
    secrets: [token, ...Object.values(headers)].filter((secret) => secret.length >= shortestSecret),
  }
}

/** What is shorter cannot be told from words that mean nothing. */
const shortestSecret = 6

type Read = z.infer<typeof httpSettingsSchema>

function tokenOf({ token }: Read, env: Readonly<Record<string, string | undefined>>): string {
  return (token ?? env['RACKBENCH_TOKEN'] ?? '').trim()
}

function problemsOf(read: Read, env: Readonly<Record<string, string | undefined>>): string[] {
  const { username, password } = new URL(read.url)
  const token = tokenOf(read, env)
  const hasToken = token !== ''
  return [
    ...(username !== '' || password !== '' ? ['url: has a password in it: use RACKBENCH_TOKEN, or a header'] : []),
    ...(/^[\x21-\x7e]*$/.test(token) ? [] : [`${read.token === undefined ? 'RACKBENCH_TOKEN' : 'token'}: has blanks or control characters in it`]),
    ...Object.entries(read.headers ?? {}).flatMap(([name, value]) => headerProblems(name, value, hasToken)),
  ]
}

function headerProblems(name: string, value: string, hasToken: boolean): string[] {
  if (name.toLowerCase() === 'authorization' && hasToken) return [`headers: ${JSON.stringify(name)} and a token are both there: keep one of them`]
  return [headerProblem(name, value, ourHeaders) ?? []].flat()
}

function withoutSecrets(settings: Readonly<Record<string, unknown>>): unknown {
  const hidden = Object.entries(settings).map(([key, value]) => [key, key === 'token' || key === 'headers' || key === 'ca' ? '***' : key === 'url' && typeof value === 'string' ? withoutCredentials(value) : value] as const)
  return Object.fromEntries(hidden)
}
