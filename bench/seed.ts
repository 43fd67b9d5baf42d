import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServerId } from '../src/model/server.ts'
import type { Bench, Lab } from './bench.ts'
import { beside, scaled } from './bench.ts'
import { faultsOf, fleetOf } from './fleet.ts'
import { start, usageIn, whyAbsent } from './measure.ts'
import { median } from './numbers.ts'
import type { RunCost } from './rackbench.ts'
import { runServers } from './rackbench.ts'

const rounds = 3

export const seed: Bench = {
  name: 'seed',
  about: '10,000 servers of zero length, beside a Python program with a pool of threads',
  async run(lab) {
    const servers = fleetOf(scaled(10_000, lab))
    const what = `${servers.length.toLocaleString('en')} servers of zero length, all logs and reports`
    const missing = await whyAbsent('python3')
    if (missing !== undefined) return [{ what, missing }]
    const ours: RunCost[] = []
    const theirs: RunCost[] = []
    // One after the other, so that both meet the same noise.
    for (let round = 1; round <= rounds; round++) {
      ours.push(await withRackbench(lab, join(lab.folder, `rackbench-${round}`), servers))
      theirs.push(await withPython(lab, join(lab.folder, `python-${round}`), servers))
      lab.say(`seed: round ${round} of ${rounds}: ${(ours.at(-1)!.wallMs / 1000).toFixed(1)} s, seed.py ${(theirs.at(-1)!.wallMs / 1000).toFixed(1)} s`)
    }
    const lines = await Promise.all([linesIn(join(lab.folder, 'rackbench-1/rackbench-out')), linesIn(join(lab.folder, 'python-1/out'))])
    const middle = (costs: readonly RunCost[], cost: 'wallMs' | 'cpuMs') => ({ value: median(costs.map((one) => one[cost])) / 1000, unit: 's' })
    return [
      beside({ what, figure: middle(ours, 'wallMs'), target: { is: 'at least', value: 2, goal: 4 } }, 'times faster', { what: 'seed.py', ...middle(theirs, 'wallMs') }),
      beside({ what: 'CPU of the same', figure: middle(ours, 'cpuMs') }, 'times faster', { what: 'seed.py', ...middle(theirs, 'cpuMs') }),
      beside({ what: 'lines in the logs of the same', figure: { value: lines[0], unit: 'lines' } }, 'times as much', { what: 'seed.py', value: lines[1], unit: 'lines' }),
    ]
  },
}

/** A run without any length, whose servers fail as the fixed rule says. */
export async function withRackbench(lab: Pick<Lab, 'checkout'>, folder: string, servers: readonly ServerId[]): Promise<RunCost> {
  const faults = await writeFaults(folder, servers)
  const config = { provisioner: { type: join(lab.checkout, 'bench/instant-rack.mjs'), faults: faults.file } }
  return runServers(lab, { folder, servers, config, exitCode: faults.exitCode })
}

/** The same work by seed.py; what it writes is in `out`. */
export async function withPython({ checkout }: Pick<Lab, 'checkout'>, folder: string, servers: readonly ServerId[]): Promise<RunCost> {
  const { file, exitCode } = await writeFaults(folder, servers)
  await writeFile(join(folder, 'servers.txt'), `${servers.join('\n')}\n`)
  const usage = usageIn(folder)
  const [preload, program] = ['usage.py', 'seed.py'].map((name) => join(checkout, 'bench', name)) as [string, string]
  const { ended } = await start({ argv: ['python3', preload, program, 'servers.txt', file, 'out'], folder, env: usage.env, exitCode })
  return { wallMs: await ended, ...(await usage.read()) }
}

async function writeFaults(folder: string, servers: readonly ServerId[]): Promise<{ readonly file: string; readonly exitCode: 0 | 1 }> {
  const faults = faultsOf(servers)
  const file = join(folder, 'faults.json')
  await mkdir(folder, { recursive: true })
  await writeFile(file, JSON.stringify(faults))
  return { file, exitCode: Object.keys({ ...faults.fails, ...faults.scores }).length > 0 ? 1 : 0 }
}

/** In run.log and all logs of servers. */
async function linesIn(directory: string): Promise<number> {
  const names = (await readdir(join(directory, 'logs'))).map((name) => join('logs', name))
  let lines = 0
  for (const name of ['run.log', ...names]) lines += (await readFile(join(directory, name), 'utf8')).split('\n').length - 1
  return lines
}
