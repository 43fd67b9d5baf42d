import { z } from 'zod'
import type { IronicAuth } from '../clients/ironic.ts'
import { pointerSchema } from '../model/json-pointer.ts'
import { describeIssues, UsageError } from '../model/problem.ts'
import { readCertificates, requestLimitSchema, webAddressSchema, withoutCredentials } from '../clients/web-settings.ts'

/** Of a value inside of the node. */
const pointer = pointerSchema('/extra/address').min(1, 'expected a JSON pointer such as /extra/address')
const word = z.string().min(1)
const basicUser = word.regex(/^[^:\r\n]+$/, 'has a colon or a line break in it')

const auth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('http_basic'), user: basicUser, password: word.describe('${NAME}') }),
  z.strictObject({ type: z.literal('token'), token: word.regex(/^[\x21-\x7e]+$/, 'has blanks or characters in it that no header may have').describe('${NAME}; sent as X-Auth-Token') }),
])

const deploy = z.strictObject({
  instanceInfo: z.record(word.regex(/^[^/~]+$/, 'is no name'), z.unknown()).describe('image_source, image_checksum and the like; {os} and {id} are replaced in its texts').exactOptional(),
  configDrive: z.union([z.string(), z.record(z.string(), z.unknown())]).describe('{meta_data, network_data, user_data}, or what is one already; {os} and {id} are replaced in its texts').exactOptional(),
  steps: z.array(z.record(z.string(), z.unknown())).describe('deploy_steps of each install').exactOptional(),
})

/** The settings of the provisioner `ironic`, as they are written. */
export const ironicSettingsSchema = z.strictObject({
  url: webAddressSchema.describe('where the API is, without /v1: https://ironic.example.com:6385'),
  auth: auth.describe('who asks; without it, nobody (auth_strategy noauth)').exactOptional(),
  tls: z.strictObject({ ca: z.string().describe('certificates to trust besides those of Node: PEM, or the absolute path of a file') }).exactOptional(),
  deploy: deploy.describe('what is installed, and how').exactOptional(),
  reserve: z.boolean().describe('take instance_uuid before installing, so that no other run and no scheduler takes the node').meta({ default: true }).exactOptional(),
  includeBroken: z.boolean().describe('also take nodes that rackbench has marked as broken').meta({ default: false }).exactOptional(),
  takeInstalled: z.boolean().describe('also take nodes that somebody else has installed, or another run that has not left them').meta({ default: false }).exactOptional(),
  maxInFlight: z.int().min(1).max(100).describe('requests at once, 1 to 100').meta({ default: 10 }).exactOptional(),
  requestTimeout: requestLimitSchema.describe('limit of one request, its answer included: 100ms to 10m').meta({ default: '1m' }).exactOptional(),
  address: pointer.describe('where the address of an installed node stands in it: a JSON pointer').exactOptional(),
  facts: z.record(z.string().regex(/^[A-Za-z][\w.-]{0,63}$/, 'is no name of a label'), pointer).describe('more labels, each with a JSON pointer into the node').exactOptional(),
})
type Written = z.infer<typeof ironicSettingsSchema>

/** Which nodes, and what is installed on them. */
export interface IronicPolicy {
  readonly deploy: NonNullable<Written['deploy']>
  readonly reserve: boolean
  readonly includeBroken: boolean
  readonly takeInstalled: boolean
  readonly address: string | undefined
  readonly facts: Readonly<Record<string, string>>
}

/** How Ironic is reached, and what is asked of it. */
export interface IronicSettings {
  readonly url: URL
  readonly auth: IronicAuth
  readonly ca: string | undefined
  readonly maxInFlight: number | undefined
  readonly requestLimitMs: number | undefined
  readonly policy: IronicPolicy
}

/**
 * Reads the settings of the provisioner `ironic`.
 *
 * @throws UsageError with a line for each thing that is wrong in them. No password and no token is told.
 */
export async function readIronicSettings(settings: Readonly<Record<string, unknown>>): Promise<IronicSettings> {
  const read = ironicSettingsSchema.safeParse(settings)
  const problems = read.success ? problemsOf(read.data) : describeIssues(read.error, withoutSecrets(settings))
  if (!read.success || problems.length > 0) throw new UsageError(problems.map((problem) => `provisioner: ironic: ${problem}`))
  const { url, auth: who, tls, maxInFlight, requestTimeout } = read.data
  return {
    url: new URL(url),
    auth: who?.type === 'http_basic' ? { type: who.type, username: who.user, password: who.password } : (who ?? { type: 'none' }),
    ca: tls && (await readCertificates(tls.ca, 'provisioner: ironic: tls.ca')),
    maxInFlight,
    requestLimitMs: requestTimeout,
    policy: policyOf(read.data),
  }
}

function policyOf({ deploy: what = {}, reserve = true, includeBroken = false, takeInstalled = false, address, facts = {} }: Written): IronicPolicy {
  return { deploy: what, reserve, includeBroken, takeInstalled, address, facts }
}

function problemsOf({ url }: Written): string[] {
  const { username, password, pathname } = new URL(url)
  return [
    ...(username !== '' || password !== '' ? ['url: has a password in it: write auth: {type: http_basic, user: ..., password: "${NAME}"}'] : []),
    ...(/\/v1\/?$/.test(pathname) ? ['url: leave /v1 out'] : []),
  ]
}

function withoutSecrets(settings: Readonly<Record<string, unknown>>): unknown {
  const hidden = Object.entries(settings).map(([key, value]) => {
    if (key === 'url' && typeof value === 'string') return [key, withoutCredentials(value)] as const
    return [key, key === 'auth' || key === 'deploy' || key === 'tls' ? shapeOf(value) : value] as const
  })
  return Object.fromEntries(hidden)
}

/** A value of which only the keys may be told, and `type`. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return '***'
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, key === 'type' ? held : '***']))
}
