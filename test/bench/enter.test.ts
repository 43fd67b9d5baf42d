import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { alone } from '../../bench/bench.ts'
import { enter } from '../../bench/enter.ts'
import { start, wallOf } from '../../bench/measure.ts'

const lab = { checkout: '/nowhere', scale: 1, say: () => {} }

test('a bench has a folder of its own, which is gone afterwards', async () => {
  let folder = ''
  const finding = alone({ what: 'w', figure: { value: 1, unit: 's' } })
  const { bench, results, machine } = await enter(
    {
      name: 'one',
      about: 'about',
      async run(given) {
        folder = given.folder
        await writeFile(join(folder, 'left'), '')
        return [finding]
      },
    },
    lab,
  )
  expect({ bench, results, node: machine.node, left: existsSync(folder) }).toEqual({ bench: 'one', results: [finding], node: process.versions.node, left: false })
})

test('a bench whose program fails says so, with what the program said last', async () => {
  const fails = { argv: ['/bin/sh', '-c', 'echo first >&2; echo "no space" >&2; exit 3'] as const }
  const { results } = await enter({ name: 'one', about: 'the work', run: async ({ folder }) => [alone({ what: 'w', figure: { value: await wallOf({ ...fails, folder }), unit: 'ms' } })] }, lab)
  expect(results).toEqual([{ what: 'the work', missing: '/bin/sh ended with 3 and not 0: no space' }])
})

test('a program hears nothing of whoever measures but where programs are', async () => {
  let heard = ''
  process.env['RACKBENCH_CONCURRENCY'] = '1'
  await enter(
    {
      name: 'one',
      about: 'the work',
      async run({ folder }) {
        const { child, ended } = await start({ argv: [process.execPath, '-e', 'process.exit("RACKBENCH_CONCURRENCY" in process.env ? 1 : 0)'], folder })
        await ended
        heard = String(child.exitCode)
        return []
      },
    },
    lab,
  ).finally(() => delete process.env['RACKBENCH_CONCURRENCY'])
  expect(heard).toBe('0')
})
