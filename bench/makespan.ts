import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pastRunVersion } from '../src/model/past-run.ts'
import { openStore } from '../src/history/store.ts'
import type { PastRun } from '../src/model/past-run.ts'
import type { Results } from '../src/model/results.ts'
import type { ServerId } from '../src/model/server.ts'
import type { Bench, Finding, Lab } from './bench.ts'
import { alone, beside, scaled } from './bench.ts'
import { fleetOf, simulationOf, stepsOf } from './fleet.ts'
import { mixedFleet } from './mixed-fleet.ts'
import { leastMakespan, listSchedule, lognormal } from './numbers.ts'
import { runServers } from './rackbench.ts'

const workers = 15
const meanMs = 375
const mixedServers = 300

export const makespan: Bench = {
  name: 'makespan',
  about: '1,000 servers of mixed length, against the shortest time that is possible; 300 of several models, by past runs',
  async run(lab) {
    const servers = fleetOf(scaled(1000, lab))
    const lengths = lognormal({ count: servers.length, mean: meanMs, sigma: 0.75 })
    const { wallMs, cpuMs } = await runServers(lab, { folder: join(lab.folder, 'run'), servers, config: { concurrency: workers, simulation: simulationOf(servers, lengths) } })
    const what = `${servers.length.toLocaleString('en')} servers, lognormal, ${workers} workers`
    return [
      beside({ what, figure: seconds(wallMs), target: { is: 'at most', value: 1.05 } }, 'times as much', { what: 'max(sum / 15, longest)', ...seconds(leastMakespan(lengths, workers)) }),
      beside({ what: 'the same', figure: seconds(wallMs) }, 'times as much', { what: 'a list schedule without any cost', ...seconds(listSchedule(lengths, workers)) }),
      alone({ what: 'CPU of the same', figure: { value: cpuMs / servers.length, unit: 'ms/server' } }),
      ...(await byPastRuns(lab)),
    ]
  },
}

const seconds = (ms: number) => ({ value: ms / 1000, unit: 's' })

/** What the order of starting makes of a fleet whose large servers stand at the end, where past runs tell how long each takes. */
async function byPastRuns(lab: Lab): Promise<Finding[]> {
  const fleet = mixedFleet(scaled(mixedServers, lab))
  const servers = fleetOf(fleet.length)
  const lengths = fleet.map(({ ms }) => ms)
  const store = join(lab.folder, 'past')
  await openStore(store).add(pastRunOf(servers, lengths))
  const bound = { what: 'max(sum / 15, longest)', ...seconds(leastMakespan(lengths, workers)) }
  const runIn = async (order: 'given' | 'longest-first'): Promise<number> => {
    const folder = join(lab.folder, order)
    await runServers(lab, { folder, servers, config: { concurrency: workers, simulation: simulationOf(servers, lengths), history: store, order } })
    return makespanOf(JSON.parse(await readFile(join(folder, 'rackbench-out/results.json'), 'utf8')) as Results)
  }
  // Both do little else than wait.
  const [longestFirst, given] = await Promise.all([runIn('longest-first'), runIn('given')])
  return [
    beside({ what: `${servers.length} servers of 3 models, longest first`, figure: seconds(longestFirst), target: { is: 'at most', value: 1.01 } }, 'times as much', bound),
    beside({ what: 'the same as they stand', figure: seconds(given), target: { is: 'at least', value: 1.05 } }, 'times as much', bound),
  ]
}

/** From the start of the first server to the end of the last one, in milliseconds. */
function makespanOf({ servers }: Results): number {
  const starts = servers.map(({ startedAt }) => Date.parse(startedAt!))
  const ends = servers.map(({ durationMs }, index) => starts[index]! + durationMs)
  return Math.max(...ends) - Math.min(...starts)
}

/** A run in which each server took as long as it will. */
function pastRunOf(servers: readonly ServerId[], lengths: readonly number[]): PastRun {
  const startedAt = '2026-01-01T00:00:00.000Z'
  return {
    historyVersion: pastRunVersion,
    run: { id: 'past', startedAt, finishedAt: startedAt, status: 'finished', provisioner: 'simulated', os: 'debian-12', concurrency: workers, exitCode: 0, build: {} },
    metrics: {},
    servers: servers.map((id, index) => {
      const [install, benchmark, destroy] = stepsOf(lengths[index]!)
      return { id, status: 'passed', labels: {}, metrics: {}, stepsMs: { install, benchmark, destroy } }
    }),
  }
}
