import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { alone, beside, scaled } from './bench.ts'
import { fleetOf, simulationOf } from './fleet.ts'
import { leastMakespan, listSchedule, lognormal } from './numbers.ts'
import { runServers } from './rackbench.ts'

const workers = 15
const meanMs = 375

export const makespan: Bench = {
  name: 'makespan',
  about: '1,000 servers of mixed length, against the shortest time that is possible',
  async run(lab) {
    const servers = fleetOf(scaled(1000, lab))
    const lengths = lognormal({ count: servers.length, mean: meanMs, sigma: 0.75 })
    const { wallMs, cpuMs } = await runServers(lab, { folder: join(lab.folder, 'run'), servers, config: { concurrency: workers, simulation: simulationOf(servers, lengths) } })
    const seconds = (ms: number) => ({ value: ms / 1000, unit: 's' })
    const what = `${servers.length.toLocaleString('en')} servers, lognormal, ${workers} workers`
    return [
      beside({ what, figure: seconds(wallMs), target: { is: 'at most', value: 1.05 } }, 'times as much', { what: 'max(sum / 15, longest)', ...seconds(leastMakespan(lengths, workers)) }),
      beside({ what: 'the same', figure: seconds(wallMs) }, 'times as much', { what: 'a list schedule without any cost', ...seconds(listSchedule(lengths, workers)) }),
      alone({ what: 'CPU of the same', figure: { value: cpuMs / servers.length, unit: 'ms/server' } }),
    ]
  },
}
