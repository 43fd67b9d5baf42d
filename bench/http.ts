import { join } from 'node:path'
import type { Bench, Lab, Result } from './bench.ts'
import { alone, beside, scaled } from './bench.ts'
import { fleetOf, simulationOf } from './fleet.ts'
import { listSchedule, lognormal } from './numbers.ts'
import { runServers, withRack } from './rackbench.ts'

interface Load {
  readonly name: string
  readonly workers: number
  readonly meanMs: number
  /** How much longer than the ideal it may take, as a factor. */
  readonly atMost?: number
}

/**
 * An operation is polled every 50 ms at first, then within a thirtieth of the time it has taken. Servers of half a second feel the
 * first, which no real one does; those of some seconds are the shortest that tell about the second.
 */
const loads: readonly Load[] = [
  { name: 'short', workers: 15, meanMs: 600 },
  { name: 'long', workers: 60, meanMs: 4000, atMost: 1.05 },
]

export const http: Bench = {
  name: 'http',
  about: '2,000 servers over HTTP against `rackbench simulator`',
  async run(lab) {
    const results: Result[] = []
    for (const load of loads) results.push(...(await measure(lab, load)))
    return results
  },
}

async function measure(lab: Lab, { name, workers, meanMs, atMost }: Load): Promise<readonly Result[]> {
  const servers = fleetOf(scaled(2000, lab))
  const lengths = lognormal({ count: servers.length, mean: meanMs, sigma: 0.5 })
  const [cost, served] = await withRack(lab, join(lab.folder, `${name}-rack`), simulationOf(servers, lengths), (url) =>
    runServers(lab, { folder: join(lab.folder, name), servers, config: { concurrency: workers, provisioner: { type: 'http', url } } }),
  )
  const seconds = (ms: number) => ({ value: ms / 1000, unit: 's' })
  const each = (all: number, unit: string) => ({ value: all / servers.length, unit: `${unit}/server` })
  const what = `${servers.length.toLocaleString('en')} servers of ${meanMs / 1000} s, ${workers} workers`
  const target = atMost === undefined ? {} : { target: { is: 'at most', value: atMost } as const }
  return [
    beside({ what, figure: seconds(cost.wallMs), ...target }, 'times as much', { what: 'a list schedule without any cost', ...seconds(listSchedule(lengths, workers)) }),
    alone({ what: 'requests of the same', figure: each(served.requests, 'requests') }),
    alone({ what: 'CPU of the same', figure: each(cost.cpuMs, 'ms') }),
    alone({ what: 'CPU of the simulator', figure: each(served.cpuMs, 'ms') }),
  ]
}
