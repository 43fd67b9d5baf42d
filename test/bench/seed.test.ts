import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test as plain } from 'vitest'
import { faultsOf, fleetOf } from '../../bench/fleet.ts'
import { whyAbsent } from '../../bench/measure.ts'
import { withPython, withRackbench } from '../../bench/seed.ts'
import { countsOf, parseJunit } from '../reporters/junit-parse.ts'
import { checkout } from '../fixtures/shell.ts'

const test = plain.extend<{ folder: string }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads what a fixture needs from the pattern
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'rackbench-seed-'))
    await use(folder)
    await rm(folder, { recursive: true })
  },
})
const withoutPython = (await whyAbsent('python3')) !== undefined

/** Twenty servers, of which two cannot be installed and three are too slow. */
function twenty(): ReturnType<typeof fleetOf> {
  const all = fleetOf(400)
  const { fails, scores } = faultsOf(all)
  const passing = all.filter((id) => !(id in fails) && !(id in scores))
  const chosen = new Set([...Object.keys(fails).slice(0, 2), ...Object.keys(scores).slice(0, 3), ...passing.slice(0, 15)])
  return all.filter((id) => chosen.has(id))
}

const linesOf = (log: string): number => log.split('\n').length - 1

async function outcomeOf(directory: string): Promise<unknown> {
  const read = (name: string): Promise<string> => readFile(join(directory, name), 'utf8')
  const { passed, failed } = JSON.parse(await read('results.json')) as { readonly passed: unknown; readonly failed: unknown }
  const { suite, cases } = parseJunit(await read('junit.xml'))
  const logs = (await readdir(join(directory, 'logs'))).toSorted()
  return {
    passed,
    failed,
    failedServers: await read('failed-servers.txt'),
    counts: [suite['tests'], suite['failures'], suite['errors'], suite['skipped'], countsOf(cases)],
    cases: cases.map(({ attributes: { classname, name }, properties, failure, error, output }) => ({
      classname,
      name,
      properties: properties.map(([property]) => property).filter((property) => property !== 'worker'),
      score: properties.find(([property]) => property === 'score')?.[1],
      failure: failure && [failure['type'], failure['message']],
      error: error && [error['type'], error['message']],
      attached: output?.replace(/^.*(?=logs\/)/, ''),
    })),
    logs: await Promise.all(logs.map(async (name) => [name, linesOf(await read(join('logs', name)))])),
    runLog: linesOf(await read('run.log')),
  }
}

test.skipIf(withoutPython)('seed.py and rackbench come to the same verdicts on the same servers, with as many lines in each log', async ({ folder }) => {
  const servers = twenty()
  await withRackbench({ checkout }, join(folder, 'ours'), servers)
  await withPython({ checkout }, join(folder, 'theirs'), servers)
  const ours = (await outcomeOf(join(folder, 'ours/rackbench-out'))) as { readonly passed: readonly string[]; readonly failed: readonly string[] }
  expect(await outcomeOf(join(folder, 'theirs/out'))).toEqual(ours)
  expect([ours.passed.length, ours.failed.length]).toEqual([15, 5])
})
