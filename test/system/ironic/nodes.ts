import { setTimeout as sleep } from 'node:timers/promises'
import type { Ask } from './ask.ts'

/** What Ironic itself says of a node. */
export interface NodeState {
  readonly name: string
  readonly provision_state: string
  readonly reservation: string | null
  readonly maintenance: boolean
  readonly maintenance_reason: string | null
  readonly fault: string | null
  readonly last_error: string | null
  readonly instance_uuid: string | null
  readonly retired: boolean
}

/** A machine that does not answer: whatever goes by Redfish fails. */
export const deadMachine = { redfish_address: 'http://127.0.0.1:1', redfish_system_id: '/redfish/v1/Systems/1', redfish_username: 'u', redfish_password: 'p' }

const fields = 'name,provision_state,reservation,maintenance,maintenance_reason,fault,last_error,instance_uuid,retired'
const inFlight = 10

/** What each node says, by its name. */
export async function nodeStates(ask: Ask): Promise<ReadonlyMap<string, NodeState>> {
  const { nodes } = (await ask('GET', `/v1/nodes?fields=${fields}&limit=1000`)) as { nodes: NodeState[] }
  return new Map(nodes.map((node) => [node.name, node]))
}

/** Waits until a node is in a state, and nobody works on it. */
export async function nodeReaches(ask: Ask, name: string, states: readonly string[]): Promise<NodeState> {
  for (;;) {
    const node = (await ask('GET', `/v1/nodes/${name}?fields=${fields}`)) as NodeState
    if (states.includes(node.provision_state) && node.reservation === null) return node
    await sleep(50)
  }
}

/** Asks for another state and waits for it. */
export async function bring(ask: Ask, name: string, order: Readonly<Record<string, unknown>>, states: readonly string[]): Promise<NodeState> {
  await ask('PUT', `/v1/nodes/${name}/states/provision`, order)
  return nodeReaches(ask, name, states)
}

export async function change(ask: Ask, name: string, values: Readonly<Record<string, unknown>>): Promise<void> {
  await ask('PATCH', `/v1/nodes/${name}`, Object.entries(values).map(([path, value]) => ({ op: 'add', path: `/${path}`, value })))
}

/** Enrols nodes that are no machines, and makes them available. */
export async function enrol(ask: Ask, names: readonly string[], more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const left = [...names]
  const one = async (name: string): Promise<void> => {
    await ask('POST', '/v1/nodes', { name, driver: 'fake-hardware', ...more })
    await bring(ask, name, { target: 'manage' }, ['manageable'])
    await bring(ask, name, { target: 'provide' }, ['available', 'clean failed'])
  }
  const worker = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) await one(name)
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
}

const failingTrait = 'CUSTOM_FAIL_DEPLOY'

/** Makes the next deploys of these nodes fail at once: "No deploy steps returned by the driver". A wipe ends it. */
export async function failNextDeploy(ask: Ask, names: readonly string[]): Promise<void> {
  // It is there already for all but the first.
  await ask('POST', '/v1/deploy_templates', { name: failingTrait, steps: [{ interface: 'deploy', step: 'deploy', args: {}, priority: 0 }] }).catch((error: Error) => {
    if (!error.message.includes('409')) throw error
  })
  for (const name of names) {
    await ask('PUT', `/v1/nodes/${name}/traits/${failingTrait}`)
    await change(ask, name, { 'instance_info/traits': [failingTrait] })
  }
}

/** What a node needs that waits for a machine that never calls back. `deploy` of the provisioner's settings has the rest. */
export const waiting = { deploy_interface: 'direct', automated_clean: false } as const
export function imageThatIsThere(url: string): Readonly<Record<string, string>> {
  return { image_source: `${url}/`, image_checksum: '0123456789abcdef0123456789abcdef', image_disk_format: 'raw', image_type: 'whole-disk' }
}
