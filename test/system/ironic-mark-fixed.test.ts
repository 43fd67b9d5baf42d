import { expect } from 'vitest'
import { bring, enrol, nodeReaches, nodeStates } from './ironic/nodes.ts'
import { fatesOf, nodeFate, prepare, resultsOf } from './ironic/runs.ts'
import { startIronic } from './ironic/start.ts'
import { test } from './ironic/test.ts'

test('marks of a real Ironic are cleared where they are ours and the node is clean, and otherwise only if asked to', { timeout: 300_000 }, async ({ place }) => {
  await using ironic = await startIronic()
  const { ask } = ironic
  const names = ['clean', 'dirty', 'dirtier', 'hands', 'free']
  await enrol(ask, ['clean'])
  await ironic.multiply('clean', names.slice(1))
  await prepare(place, ironic, { benchmark: 'echo 31' })
  await ask('PUT', '/v1/nodes/hands/maintenance', { reason: 'ticket 42' })
  await place.run(['run', 'clean', '--destroy', 'always'])
  await place.run(['run', 'dirty', 'dirtier', '--replace'])
  const fates = async () => Object.fromEntries([...(await nodeStates(ask))].map(([name, node]) => [name, nodeFate(node)]))
  expect(await fates()).toEqual({ clean: 'manageable, marked', dirty: 'active, marked', dirtier: 'active, marked', hands: 'available, in maintenance', free: 'available' })

  const refused = await place.run(['mark-fixed', ...names, 'unknown'])
  expect([refused.code, refused.stdout.split('\n').toSorted()]).toEqual([3, ['', 'clean: its mark is cleared', 'free: its mark is cleared']])
  expect(refused.stderr).toMatch(/^rackbench: dirty: its mark stays: .* \(RequestRefusedError\): if it is not clean, --wipe wipes it first, and --as-is clears the mark all the same$/m)
  expect(refused.stderr).toMatch(/^rackbench: hands: its mark stays: .*ticket 42 \(ServerNotOursError\): /m)
  expect(refused.stderr).toMatch(/^rackbench: unknown: its mark stays: .*\(UnknownServerError\): /m)

  expect(await place.run(['mark-fixed', 'dirty', '--as-is'])).toMatchObject({ code: 0, stdout: 'dirty: its mark is cleared\n' })
  expect(await place.run(['mark-fixed', 'dirtier', '--wipe'])).toMatchObject({ code: 0, stdout: 'dirtier: wiped, and its mark is cleared\n' })
  await Promise.all(['clean', 'dirtier'].map((name) => nodeReaches(ask, name, ['available'])))
  expect(await fates()).toEqual({ clean: 'available', dirty: 'active', dirtier: 'available', hands: 'available, in maintenance', free: 'available' })
  await bring(ask, 'dirty', { target: 'deleted' }, ['available'])

  // What is marked is taken again only if that is asked for.
  await place.run(['run', 'clean', '--replace'])
  await place.run(['run', 'clean', '--replace', '--no-mark-broken'])
  expect(fatesOf(await resultsOf(place))).toEqual({ clean: 'skipped at install: ServerNotOursError' })
  await place.run(['run', 'clean', '--replace', '--include-broken', '--threshold', '30'])
  expect([fatesOf(await resultsOf(place)), (await fates())['clean']]).toEqual([{ clean: 'passed' }, expect.stringContaining('marked')])
})
