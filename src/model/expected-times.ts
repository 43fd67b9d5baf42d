import type { Server, ServerId } from './server.ts'
import { median } from './statistics.ts'
import type { Step } from './step.ts'

/** What the steps of servers took before, in milliseconds. */
export type StepTimes = ReadonlyMap<ServerId, ReadonlyMap<Step, readonly number[]>>

/** So many of a server's last runs tell how long the next one takes: one that was slow for once does not count. */
export const runsThatTell = 5

/** The label by which servers are alike. */
const groupLabel = 'model'

/**
 * How long each server will probably take from its first step to its last, in whole milliseconds and in their order: the sum of what its steps took, each the
 * median of its last runs. A server without a past takes as long as the median of its model does, or else of all.
 *
 * @returns Nothing if not one of the servers has a past.
 */
export function expectedTimes(servers: readonly Server[], past: StepTimes): number[] | undefined {
  const own = new Map([...past].map(([id, steps]) => [id, wholeOf(steps)]))
  const ofModel = new Map<string | undefined, number[]>()
  const all: number[] = []
  for (const server of servers) {
    const ms = own.get(server.id)
    if (ms === undefined) continue
    const model = modelOf(server)
    all.push(ms)
    if (ofModel.has(model)) ofModel.get(model)!.push(ms)
    else ofModel.set(model, [ms])
  }
  if (all.length === 0) return undefined
  const usual = new Map([...ofModel].map(([model, times]) => [model, median(model === undefined ? all : times)]))
  const ofAll = median(all)
  return servers.map((server) => Math.round(own.get(server.id) ?? usual.get(modelOf(server)) ?? ofAll))
}

function wholeOf(steps: ReadonlyMap<Step, readonly number[]>): number {
  return [...steps.values()].reduce((sum, ms) => sum + (ms.length === 0 ? 0 : median(ms)), 0)
}

function modelOf({ labels }: Server): string | undefined {
  return Object.hasOwn(labels, groupLabel) ? labels[groupLabel] : undefined
}
