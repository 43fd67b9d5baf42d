import { join } from 'node:path'
import type { Results } from '../../../src/model/results.ts'
import type { Place } from '../../fixtures/cli.ts'
import type { NodeState } from './nodes.ts'
import { nodeStates } from './nodes.ts'
import type { RealIronic } from './start.ts'

interface Asked {
  /** More settings of the provisioner. */
  readonly provisioner?: Readonly<Record<string, unknown>>
  /** What measures a server, in sh; `$1` is its ID. */
  readonly benchmark?: string
}

/** Makes a folder one to run rackbench in: with the nodes of an Ironic, and without brakes, since many of them fail by design. */
export async function prepare(place: Place, { url }: RealIronic, { provisioner = {}, benchmark = 'echo 80' }: Asked = {}): Promise<void> {
  await place.write('benchmark.sh', `${benchmark}\n`)
  const config = {
    provisioner: { type: 'ironic', url, ...provisioner },
    benchmark: { type: 'command', run: ['sh', 'benchmark.sh', '{id}'], directory: place.folder },
    maxBroken: '100%',
    maxAlike: 0,
    progress: 'plain',
  }
  await place.write('rackbench.config.json', JSON.stringify(config))
}

export async function resultsOf(place: Place, out = 'rackbench-out'): Promise<Results> {
  return JSON.parse(await place.read(join(out, 'results.json'))) as Results
}

/** What results.json says of a server, in few words: `failed at install: ServerOperationError, marked`. */
export function fatesOf({ servers }: Results): Record<string, string> {
  return Object.fromEntries(
    servers.map(({ id, status, error, broken }) => [id, `${status}${error ? ` at ${error.step}: ${error.type}` : ''}${broken.marked ? ', marked' : ''}`]),
  )
}

/** What Ironic says of a node, in few words: `available`, `deploy failed, marked`, `active, in maintenance`. */
export function nodeFate({ provision_state: state, maintenance, maintenance_reason: reason, retired }: NodeState): string {
  const mark = reason?.startsWith('rackbench: ') === true ? ', marked' : ', in maintenance'
  return `${state}${maintenance ? mark : ''}${retired ? ', retired' : ''}`
}

/**
 * Where results.json and the nodes themselves do not agree, in lines: whoever passed is back in the pool, with nothing of ours on it;
 * whoever is marked is out of it by our mark, and nobody else is; whoever was not ours is as it was; and what is left is what is left.
 */
export async function disagreements({ servers }: Results, { ask }: RealIronic, before: ReadonlyMap<string, NodeState>): Promise<string[]> {
  const now = await nodeStates(ask)
  return servers.flatMap(({ id, status, left, broken, error }) => {
    const node = now.get(id)
    if (!node) return [`${id}: Ironic does not have it`]
    const isMarked = node.maintenance && node.maintenance_reason?.startsWith('rackbench: ') === true
    const isClean = ['available', 'manageable'].includes(node.provision_state)
    const told = `${id} ${status}, left ${left}${broken.marked ? ', marked' : ''}: ${JSON.stringify(node)}`
    if (error?.type === 'ServerNotOursError' && error.step === 'install') return JSON.stringify(node) === JSON.stringify(before.get(id)) ? [] : [told]
    const isBack = node.provision_state === 'available' && node.instance_uuid === null && !node.maintenance && !node.retired
    const agrees = isMarked === broken.marked && (left !== 'clean' || isClean) && (left !== 'installed' || node.provision_state === 'active') && (status !== 'passed' || isBack)
    return agrees && node.reservation === null ? [] : [told]
  })
}
