// `npm run bench [-- [--scale 0.1] [names]]`: measures, and asserts nothing.
import { parseArgs } from 'node:util'
import { benches } from './benches.ts'
import { enter } from './enter.ts'
import type { Entry } from './record.ts'
import { record } from './record.ts'
import { tableOf } from './table.ts'

/** npm starts its scripts in the folder of package.json. */
const checkout = process.cwd()
const names = benches.map(({ name }) => name)
const say = (line: string): void => console.error(line)

const { values, positionals } = parseArgs({ allowPositionals: true, options: { scale: { type: 'string', default: '1' } } })
const scale = Number(values.scale)
if (positionals.some((name) => !names.includes(name)) || !(scale > 0 && scale <= 1)) {
  say(`usage: npm run bench -- [--scale 0.1] [${names.join('] [')}]`)
  process.exitCode = 2
} else {
  const entries: Entry[] = []
  for (const bench of benches) {
    if (positionals.length > 0 && !positionals.includes(bench.name)) continue
    say(`${bench.name}: ${bench.about}`)
    entries.push(await enter(bench, { checkout, scale, say }))
  }
  console.log(`\n${tableOf(entries)}`)
  // A part of the size tells whether a bench works, and nothing about rackbench.
  if (scale === 1) await record(checkout, entries, names)
}
