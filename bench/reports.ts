import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench, Finding, Lab, Target } from './bench.ts'
import { alone, scaled } from './bench.ts'
import { fleetOf } from './fleet.ts'
import { start, usageIn } from './measure.ts'
import { lognormal, median } from './numbers.ts'
import { rackbenchArgv, runServers } from './rackbench.ts'

const metrics = ['cpu.events_per_second', 'memory.mib_per_second', 'disk.iops', 'disk.read_latency', 'network.gbit_per_second'] as const
const largestPageMb = 2

export const reports: Bench = {
  name: 'reports',
  about: 'all reports of a run with 5 metrics, made anew from its journal, and how large the pages of the HTML report are',
  async run(lab) {
    const few = await measure(lab, scaled(1000, lab), 3)
    const many = await measure(lab, scaled(20_000, lab), 1)
    return [...findings(few, { is: 'at most', value: 3 }, { is: 'at most', value: 300 }), ...findings(many, { is: 'at most', value: 30 })]
  },
}

interface Cost {
  readonly servers: number
  readonly wallMs: number
  readonly peakBytes: number
  readonly largestPageBytes: number
}

async function measure(lab: Lab, count: number, rounds: number): Promise<Cost> {
  const folder = join(lab.folder, String(count))
  const servers = fleetOf(count)
  const values = lognormal({ count, mean: 10_000, sigma: 0.1 })
  const scripts = servers.map((id, index) => [id, { benchmark: { metrics: Object.fromEntries(metrics.map((name, place) => [name, values[(index + place * 7) % count]!])) } }] as const)
  // One server of 50 fails, or so.
  const bound = values.toSorted((a, b) => a - b)[Math.floor(count / 50)]!
  const none = { takes: '0ms' }
  const simulation = { defaults: { install: none, benchmark: none, destroy: none }, servers: Object.fromEntries(scripts) }
  await runServers(lab, { folder, servers, config: { simulation, thresholds: [{ metric: metrics[0], min: bound }] }, exitCode: bound > Math.min(...values) ? 1 : 0 })
  const costs: Pick<Cost, 'wallMs' | 'peakBytes'>[] = []
  for (let round = 1; round <= rounds; round++) {
    const usage = usageIn(folder)
    const { ended } = await start({ argv: rackbenchArgv(lab, ['report', 'rackbench-out']), folder, env: usage.env })
    const wallMs = await ended
    costs.push({ wallMs, peakBytes: (await usage.read()).peakBytes })
  }
  lab.say(`reports: ${count} servers: ${costs.map(({ wallMs }) => (wallMs / 1000).toFixed(1)).join(', ')} s`)
  return { servers: count, wallMs: median(costs.map(({ wallMs }) => wallMs)), peakBytes: median(costs.map(({ peakBytes }) => peakBytes)), largestPageBytes: await largestPage(join(folder, 'rackbench-out/html')) }
}

async function largestPage(folder: string): Promise<number> {
  const pages = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.html'))
  let largest = 0
  for (const page of pages) largest = Math.max(largest, (await stat(join(folder, page))).size)
  return largest
}

function findings({ servers, wallMs, peakBytes, largestPageBytes }: Cost, wall: Target, peak?: Target): Finding[] {
  const of = `${servers.toLocaleString('en')} servers`
  return [
    alone({ what: `all reports, ${of}`, figure: { value: wallMs / 1000, unit: 's' }, target: wall }),
    alone({ what: `peak memory of it, ${of}`, figure: { value: peakBytes / 1e6, unit: 'MB' }, ...(peak && { target: peak }) }),
    alone({ what: `largest page, ${of}`, figure: { value: largestPageBytes / 1e6, unit: 'MB' }, target: { is: 'at most', value: largestPageMb } }),
  ]
}
