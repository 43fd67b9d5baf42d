import type { IronicApi, IronicNode, NodeProgress, PatchStep, ProvisionOrder } from '../clients/ironic-api.ts'
import { pause } from '../clients/pause.ts'
import type { Clock } from '../model/clock.ts'
import { ProvisionerUnavailableError, RequestRefusedError, ServerNotOursError } from '../model/fault.ts'
import type { StepContext } from '../model/provisioner.ts'
import { isResting, isSettled, stateOf } from '../clients/ironic-states.ts'

/** What all that is done to one node goes through. */
export interface NodeHandle {
  readonly id: string
  readonly api: IronicApi
  readonly clock: Clock
  readonly context: Pick<StepContext, 'signal' | 'log'>
}

/** Reads a node. */
export function look({ api, id, context: { signal } }: NodeHandle): Promise<IronicNode> {
  return api.node(id, signal)
}

/**
 * Changes a node that is as `before`. What Ironic answers to a change tells moments to the second, what is read to the microsecond: a moment
 * that is the same stays as it was read, so that it can be compared.
 */
export async function change({ api, id, context: { signal } }: NodeHandle, before: IronicNode, steps: readonly PatchStep[]): Promise<IronicNode> {
  const changed = await api.patch(id, steps, signal)
  return stateOf(changed) === stateOf(before) && toTheSecond(changed) === toTheSecond(before) ? { ...changed, provision_updated_at: before.provision_updated_at } : changed
}

function toTheSecond({ provision_updated_at: at }: Pick<IronicNode, 'provision_updated_at'>): string | undefined {
  return at?.replace(/\.\d+/, '')
}

/** Waits until a node rests, saying what it goes through, and reads it. @param isEnough Whether it need not be waited for any longer. */
export async function rest(handle: NodeHandle, isEnough: (node: NodeProgress) => boolean = isResting): Promise<IronicNode> {
  await untilRested(handle, isEnough)
  return look(handle)
}

async function untilRested({ api, id, context: { signal, log } }: NodeHandle, isEnough: (node: NodeProgress) => boolean): Promise<NodeProgress> {
  let last = ''
  const onChange = (node: NodeProgress): void => {
    const state = stateOf(node)
    if (state !== last) log(`ironic: ${state}`)
    last = state
  }
  return api.settled(id, { isSettled: isEnough, onChange, signal })
}

/**
 * Orders, and waits until the node rests again: the node is as it was before, but for its progress.
 *
 * @returns undefined if the order was not taken because somebody has moved the node meanwhile: it is to be looked at again.
 * @throws what `order` throws otherwise.
 */
export async function orderAndRest(handle: NodeHandle, before: IronicNode, order: ProvisionOrder): Promise<IronicNode | undefined> {
  const { api, id, context: { signal, log } } = handle
  log(`ironic: "${order.target}" is asked for, from "${stateOf(before)}"`)
  try {
    await api.order(id, order, signal)
  } catch (error) {
    if (signal.aborted || !mayBeOvertaken(error)) throw error
    const now = await look(handle)
    // One that turned back has had its own trouble; its state is what it was.
    if (stateOf(now) === stateOf(before)) throw error
    return undefined
  }
  // What Ironic does to a node on an order of ours is all in its progress: a request less for each order.
  return { ...before, ...(await untilRested(handle, isResting)) }
}

/** Refused, while the node has gone on: by another process that carries out the same, or by a person. */
function mayBeOvertaken(error: unknown): boolean {
  return error instanceof RequestRefusedError || error instanceof ServerNotOursError || (error instanceof ProvisionerUnavailableError && error.busy)
}

/** Waits, as long as a request may be on its way that has lost its sender, for something to come of it. */
export async function awaitLateOrder(handle: NodeHandle, node: IronicNode, doubtMs: number): Promise<IronicNode> {
  const { clock, context: { signal, log } } = handle
  log(`ironic: a request may be on its way; "${stateOf(node)}" is watched for ${Math.round(doubtMs / 1000)} s`, 'debug')
  const until = clock.elapsed() + doubtMs
  let now = node
  while (clock.elapsed() < until && isSettled(now) && now.provision_updated_at === node.provision_updated_at) {
    await pause(Math.min(1000, doubtMs / 4), signal, clock)
    now = await look(handle)
  }
  return now
}
