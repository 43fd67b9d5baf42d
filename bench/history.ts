import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nameOf } from '../src/history/names.ts'
import { runText } from '../src/history/run-text.ts'
import type { PastRun } from '../src/model/past-run.ts'
import type { ServerId } from '../src/model/server.ts'
import type { Bench } from './bench.ts'
import { alone, scaled } from './bench.ts'
import { fleetOf } from './fleet.ts'
import { wallOf } from './measure.ts'
import { lognormal, median } from './numbers.ts'

const rounds = 9
const perRun = 100

export const history: Bench = {
  name: 'history',
  about: 'the history of one server in a store of 2,000 runs of 100 servers',
  async run(lab) {
    const runs = scaled(2000, lab)
    const store = join(lab.folder, 'past')
    await writeStore(store, runs)
    const [server = ''] = fleetOf(1)
    const ask = (): Promise<number> => wallOf({ argv: [process.execPath, join(lab.checkout, 'dist/cli/main.js'), 'history', server, '--history', store], folder: lab.folder, env: { XDG_CACHE_HOME: join(lab.folder, 'cache') } })
    const cold = await ask()
    const warm: number[] = []
    for (let round = 0; round < rounds; round++) warm.push(await ask())
    const what = `rackbench history ID, ${runs.toLocaleString('en')} runs of ${perRun} servers`
    return [
      alone({ what: `${what}, median of ${rounds}`, figure: { value: median(warm), unit: 'ms' }, target: { is: 'at most', value: 300 } }),
      alone({ what: `${what}, for the first time`, figure: { value: cold / 1000, unit: 's' } }),
    ]
  },
}

/** A run a night, of five metrics; written at once, since adding waits for the disk. */
async function writeStore(folder: string, runs: number): Promise<void> {
  await mkdir(folder, { recursive: true })
  const servers = fleetOf(perRun)
  const values = lognormal({ count: 10_000, mean: 1000, sigma: 0.05 })
  for (let index = 0; index < runs; index++) {
    const run = pastRun(index, servers, (at) => values[at % values.length]!)
    const text = runText(run)
    await writeFile(join(folder, nameOf(run, text)), text)
  }
}

function pastRun(index: number, servers: readonly string[], value: (at: number) => number): PastRun {
  const start = Date.UTC(2021, 0, 1) + index * 86_400_000
  const status = 'passed'
  return {
    historyVersion: 1,
    run: { id: `run-${index}`, startedAt: new Date(start).toISOString(), finishedAt: new Date(start + 3_600_000).toISOString(), status: 'finished', provisioner: 'simulated', os: 'debian-12', concurrency: 15, exitCode: 0, build: { job: 'night', number: String(index) } },
    metrics: { score: { better: 'higher' } },
    servers: servers.map((id, turn) => {
      const at = index * 7 + turn * 13
      const metrics = { score: value(at), 'cpu.events_per_second': value(at + 1), 'memory.mb_per_second': value(at + 2), 'disk.write.mb_per_second': value(at + 3), 'network.latency_ms': value(at + 4) }
      return { id: id as ServerId, status, labels: { model: turn % 2 === 0 ? 'R640' : 'R740', rack: `A${turn % 10}` }, metrics, stepsMs: { install: value(at + 5) * 60, benchmark: value(at + 6) * 120, check: 1, destroy: value(at + 7) * 30 } }
    }),
  }
}

