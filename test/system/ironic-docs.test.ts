import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Block } from '../fixtures/blocks.ts'
import { blocksOf } from '../fixtures/blocks.ts'
import type { Place } from '../fixtures/cli.ts'
import { until } from '../fixtures/cli.ts'
import { checkout, main, sh } from '../fixtures/shell.ts'
import { enrol, nodeReaches, nodeStates } from './ironic/nodes.ts'
import type { RealIronic } from './ironic/start.ts'
import { startIronic } from './ironic/start.ts'
import { test } from './ironic/test.ts'

const address = 'http://127.0.0.1:6385'
const password = 'a-password-for-tests'
const env = { IRONIC_PASSWORD: password }

/** What an example begins with, as its comment says. */
async function bringAbout({ marks, given }: Block, place: Place, { ask }: RealIronic): Promise<void> {
  for (const mark of marks) {
    const [, installed, node] = /^(installed and )?marked (\S+)$/.exec(mark) ?? []
    if (node === undefined) continue
    // By a run of the kind that would have done it: too slow, and wiped or not.
    const { code } = await place.run(['run', node, '--threshold', '90', '--destroy', installed === undefined ? 'always' : 'never', '--out', 'earlier'], { env })
    expect([code, (await nodeStates(ask)).get(node)?.maintenance]).toEqual([1, true])
  }
  if (given !== 'a died run') return
  const run = place.start(['run', 'node-01'], { env })
  await until(async () => (await nodeStates(ask)).get('node-01')!.instance_uuid !== null, run)
  run.signal('SIGKILL')
  await run.ended
}

test('the examples of docs/ironic.md can be typed as they stand', { timeout: 300_000 }, async ({ place }) => {
  await using ironic = await startIronic({ login: { user: 'rackbench', password } })
  const { ask } = ironic
  await enrol(ask, ['node-01'])
  await ironic.multiply('node-01', ['02', '03', '04', '05', '06'].map((number) => `node-${number}`))
  const bin = join(place.folder, 'bin')
  await mkdir(bin)
  for (const [name, content] of [['bin/rackbench', `exec '${process.execPath}' '${main}' "$@"`], ['measure.sh', 'echo 80']] as const) {
    await writeFile(join(place.folder, name), `#!/bin/sh\n${content}\n`)
    await chmod(join(place.folder, name), 0o755)
  }
  const blocks = blocksOf(await readFile(join(checkout, 'docs/ironic.md'), 'utf8'))
  const config = blocks.find(({ language }) => language === 'yaml')
  expect(config!.text).toContain(address)
  await place.write('rackbench.config.yaml', config!.text.replace(address, ironic.url))

  const wrong: string[] = []
  const examples = blocks.filter(({ language }) => language === 'sh')
  for (const example of examples) {
    await bringAbout(example, place, ironic)
    const { code, stdout, stderr } = await sh(example.text, { cwd: place.folder, bin, env }).ended
    if (code !== example.exit) wrong.push(`line ${example.line}: ${example.text}: exit ${code}, not ${example.exit}\n${stdout}${stderr}`)
  }
  expect(wrong).toEqual([])
  expect(examples.length).toBeGreaterThan(5)
  await Promise.all(['node-04', 'node-05'].map((name) => nodeReaches(ask, name, ['available'])))
  const fates = [...(await nodeStates(ask)).values()].map(({ name, provision_state: state, maintenance }) => `${name} ${state}${maintenance ? ', marked' : ''}`)
  expect(fates).toEqual(['node-01 available', 'node-02 available', expect.stringMatching(/^node-03 (?:manageable|available), marked$/), 'node-04 available', 'node-05 available', 'node-06 active'])
})
