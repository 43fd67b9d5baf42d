import { join } from 'node:path'
import { whyNoIronic } from '../test/system/ironic/daemon.ts'
import { enrol } from '../test/system/ironic/nodes.ts'
import type { RealIronic } from '../test/system/ironic/start.ts'
import { startIronic } from '../test/system/ironic/start.ts'
import type { Bench, Lab } from './bench.ts'
import { alone, beside, scaled } from './bench.ts'
import { wallOf } from './measure.ts'
import { median } from './numbers.ts'
import { runServers } from './rackbench.ts'

const workers = 50
const inFlight = 10
const rounds = 3

export const ironic: Bench = {
  name: 'ironic',
  about: '200 nodes of a real Ironic that are no machines, beside a script that asks for nothing but deploy and undeploy, and one that reserves them, too',
  async run(lab) {
    const names = Array.from({ length: scaled(200, lab) }, (_, index) => `node-${String(index + 1).padStart(3, '0')}`)
    const what = `${names.length} nodes, ${workers} at a time, ${inFlight} requests in flight`
    const missing = await whyNoIronic()
    if (missing !== undefined) return [{ what, missing }]
    await using site = await startIronic()
    const [first = '', ...others] = names
    await enrol(site.ask, [first])
    await site.multiply(first, others)
    const ours: number[] = []
    const theirs: number[] = []
    const reserved: number[] = []
    let requests = 0
    // One after the other, so that both meet the same noise.
    for (let round = 1; round <= rounds; round++) {
      const before = (await site.requests()).length
      ours.push(await withRackbench(lab, site, names, round))
      requests = (await site.requests()).length - before
      theirs.push(await bare(lab, site, names, { round, reserving: 'as-it-is' }))
      reserved.push(await bare(lab, site, names, { round, reserving: 'reserve' }))
      lab.say(`ironic: round ${round} of ${rounds}: ${ours.at(-1)!.toFixed(1)} s, bare ${theirs.at(-1)!.toFixed(1)} s, with a reservation ${reserved.at(-1)!.toFixed(1)} s`)
    }
    return [
      beside({ what, figure: { value: median(ours), unit: 's' }, target: { is: 'at most', value: 1.3 } }, 'times as much', { what: 'a bare script', value: median(theirs), unit: 's' }),
      beside({ what: 'the same, beside one that reserves each node', figure: { value: median(ours), unit: 's' } }, 'times as much', { what: 'a bare script', value: median(reserved), unit: 's' }),
      alone({ what: 'requests of the same', figure: { value: requests / names.length, unit: 'requests/server' }, target: { is: 'at most', value: 12 } }),
    ]
  },
}

/** In seconds. */
async function withRackbench(lab: Lab, { url }: RealIronic, servers: readonly string[], round: number): Promise<number> {
  const config = { concurrency: workers, provisioner: { type: 'ironic', url, maxInFlight: inFlight }, benchmark: { type: 'command', run: ['/bin/echo', '80'] } }
  const { wallMs } = await runServers(lab, { folder: join(lab.folder, `rackbench-${round}`), servers, config })
  return wallMs / 1000
}

interface BareRound {
  readonly round: number
  readonly reserving: 'reserve' | 'as-it-is'
}

/** In seconds. */
async function bare({ checkout, folder }: Lab, { url }: RealIronic, names: readonly string[], { round, reserving }: BareRound): Promise<number> {
  const argv = [process.execPath, join(checkout, 'bench/bare-ironic.mjs'), url, String(workers), String(inFlight), reserving, ...names] as const
  return (await wallOf({ argv, folder: join(folder, `bare-${reserving}-${round}`) })) / 1000
}
