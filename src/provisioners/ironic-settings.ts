import { z } from 'zod'
import type { IronicConnection } from '../clients/ironic-connection.ts'
import { connectionOf, connectionShape, placesShape, problemsOfAddress, withoutSecrets } from '../clients/ironic-connection.ts'
import type { NodePlaces } from '../clients/ironic-facts.ts'
import { describeIssues, UsageError } from '../model/problem.ts'

const name = z.string().min(1).regex(/^[^/~]+$/, 'is no name')

const deploy = z.strictObject({
  instanceInfo: z.record(name, z.unknown()).describe('image_source, image_checksum and the like; {os} and {id} are replaced in its texts').exactOptional(),
  configDrive: z.union([z.string(), z.record(z.string(), z.unknown())]).describe('{meta_data, network_data, user_data}, or what is one already; {os} and {id} are replaced in its texts').exactOptional(),
  steps: z.array(z.record(z.string(), z.unknown())).describe('deploy_steps of each install').exactOptional(),
})

const { url, auth, tls, ...bounds } = connectionShape

/** The settings of the provisioner `ironic`, as they are written. */
export const ironicSettingsSchema = z.strictObject({
  url,
  auth,
  tls,
  deploy: deploy.describe('what is installed, and how').exactOptional(),
  reserve: z.boolean().describe('take instance_uuid before installing, so that no other run and no scheduler takes the node').meta({ default: true }).exactOptional(),
  includeBroken: z.boolean().describe('also take nodes that rackbench has marked as broken').meta({ default: false }).exactOptional(),
  takeInstalled: z.boolean().describe('also take nodes that somebody else has installed, or another run that has not left them').meta({ default: false }).exactOptional(),
  ...bounds,
  ...placesShape,
})
type Written = z.infer<typeof ironicSettingsSchema>

/** Which nodes, and what is installed on them. */
export interface IronicPolicy extends NodePlaces {
  readonly deploy: NonNullable<Written['deploy']>
  readonly reserve: boolean
  readonly includeBroken: boolean
  readonly takeInstalled: boolean
}

/** How Ironic is reached, and what is asked of it. */
export interface IronicSettings extends IronicConnection {
  readonly policy: IronicPolicy
}

/**
 * Reads the settings of the provisioner `ironic`.
 *
 * @throws UsageError with a line for each thing that is wrong in them. No password and no token is told.
 */
export async function readIronicSettings(settings: Readonly<Record<string, unknown>>): Promise<IronicSettings> {
  const read = ironicSettingsSchema.safeParse(settings)
  const problems = read.success ? problemsOfAddress(read.data) : describeIssues(read.error, withoutSecrets(settings))
  if (!read.success || problems.length > 0) throw new UsageError(problems.map((problem) => `provisioner: ironic: ${problem}`))
  return { ...(await connectionOf(read.data, 'provisioner: ironic')), policy: policyOf(read.data) }
}

function policyOf({ deploy: what = {}, reserve = true, includeBroken = false, takeInstalled = false, address, facts = {} }: Written): IronicPolicy {
  return { deploy: what, reserve, includeBroken, takeInstalled, address, facts }
}
