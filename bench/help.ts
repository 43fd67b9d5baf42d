import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { beside, scaled } from './bench.ts'
import { wallOf } from './measure.ts'
import { median } from './numbers.ts'

export const help: Bench = {
  name: 'help',
  about: 'the time to --help, beside that of Node itself',
  async run(lab) {
    const rounds = scaled(20, lab)
    const ours: number[] = []
    const node: number[] = []
    // The first of each fills the caches.
    for (let round = 0; round <= rounds; round++) {
      ours.push(await wallOf({ argv: [process.execPath, join(lab.checkout, 'dist/cli/main.js'), '--help'], folder: lab.folder }))
      node.push(await wallOf({ argv: [process.execPath, '-e', '0'], folder: lab.folder }))
    }
    const middle = (times: readonly number[]) => ({ value: median(times.slice(1)), unit: 'ms' })
    return [beside({ what: `rackbench --help, median of ${rounds}`, figure: middle(ours), target: { is: 'at most', value: 3, goal: 2 } }, 'times as much', { what: 'node -e 0', ...middle(node) })]
  },
}
