import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench, Finding } from './bench.ts'
import { alone, beside, scaled } from './bench.ts'
import { fleetOf } from './fleet.ts'
import { median } from './numbers.ts'
import type { RunCost } from './rackbench.ts'
import { withRackbench } from './seed.ts'

const sizes = [1000, 10_000, 100_000] as const
const mostMegabytes = 400

export const memory: Bench = {
  name: 'memory',
  about: 'peak memory and CPU per server, from 1,000 to 100,000 servers of zero length',
  async run(lab) {
    const measure = async (count: number, rounds: number): Promise<RunCost> => {
      const costs: RunCost[] = []
      for (let round = 1; round <= rounds; round++) {
        const folder = join(lab.folder, `${count}-${round}`)
        costs.push(await withRackbench(lab, folder, fleetOf(count)))
        await rm(folder, { recursive: true })
      }
      lab.say(`memory: ${count} servers: ${costs.map(({ wallMs }) => (wallMs / 1000).toFixed(1)).join(', ')} s`)
      const middle = (cost: keyof RunCost): number => median(costs.map((one) => one[cost]))
      return { wallMs: middle('wallMs'), cpuMs: middle('cpuMs'), peakBytes: middle('peakBytes') }
    }
    const nothing = await measure(1, 3)
    const counts = sizes.map((size) => scaled(size, lab))
    const costs: RunCost[] = []
    for (const count of counts) costs.push(await measure(count, count <= 1000 ? 3 : 1))

    const peak = (index: number): Finding => {
      const figure = { value: costs[index]!.peakBytes / 1e6, unit: 'MB' }
      return alone({ what: `peak memory, ${counts[index]!.toLocaleString('en')} servers`, figure, ...(index === sizes.length - 1 && { target: { is: 'at most', value: mostMegabytes } }) })
    }
    /** What one server more costs: the start of the process is taken off. */
    const perServer = (index: number) => ({ value: (costs[index]!.cpuMs - nothing.cpuMs) / counts[index]!, unit: 'ms/server' })
    const growth = (from: number): Finding =>
      beside({ what: `CPU per server, ${counts[2]!.toLocaleString('en')} servers`, figure: perServer(2), target: { is: 'at most', value: 1.2 } }, 'times as much', { what: `${counts[from]!.toLocaleString('en')} servers`, ...perServer(from) })
    return [...sizes.map((_, index) => peak(index)), growth(0), growth(1)]
  },
}
