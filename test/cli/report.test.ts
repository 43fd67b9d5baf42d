import { expect } from 'vitest'
import { test } from '../fixtures/cli.ts'

const rack = 'defaults: { install: { takes: 1ms }, benchmark: { takes: 1ms, score: 80 }, destroy: { takes: 1ms } }\nservers: { "102": { benchmark: { score: 31 } } }\n'
const again = 'defaults: { install: { takes: 1ms }, benchmark: { takes: 1ms, score: 90 }, destroy: { takes: 1ms } }\n'
const reports = ['junit.xml', 'results.json', 'failed-servers.txt', 'summary.md', 'results.csv', 'trace.json', 'html/index.html']

test('shards of several agents become one set of reports, in which the newest run of a server counts', async ({ place }) => {
  await place.write('rack.yaml', rack)
  await place.write('again.yaml', again)
  const run = (servers: readonly string[], simulation: string, out: string) => place.run(['run', ...servers, '--simulation', simulation, '--progress', 'none', '--out', out])
  const codes = [(await run(['101', '102'], 'rack.yaml', 'one')).code, (await run(['103'], 'rack.yaml', 'two')).code, (await run(['102'], 'again.yaml', 'three')).code]
  expect(codes).toEqual([1, 0, 0])
  expect(await place.run(['report', 'one', 'two', 'three', '--out', 'merged'])).toEqual({
    code: 0,
    signal: null,
    stdout: reports.map((name) => `merged/${name}\n`).join(''),
    stderr: 'rackbench: in more than one of the runs, of which the newest counts: 102\n',
  })
  const { summary, passed, servers, run: merged } = JSON.parse(await place.read('merged/results.json')) as { summary: unknown; passed: unknown; servers: { id: string; metrics: unknown }[]; run: { exitCode: number } }
  expect({ summary, passed, exitCode: merged.exitCode, measured: servers.map(({ id, metrics }) => [id, metrics]) }).toEqual({
    summary: { total: 3, passed: 3, failed: 0, skipped: 0, markedBroken: 0, left: { clean: 3, installed: 0, unknown: 0 } },
    passed: ['101', '102', '103'],
    exitCode: 0,
    measured: [['101', { score: 80 }], ['102', { score: 90 }], ['103', { score: 80 }]],
  })
})

test('a run that is there twice counts once, the copy that goes furthest; what runs do not have in common is told', async ({ place }) => {
  await place.write('rack.yaml', again)
  await place.run(['run', '101', '--simulation', 'rack.yaml', '--progress', 'none', '--out', 'one'])
  await place.run(['run', '102', '--simulation', 'rack.yaml', '--progress', 'none', '--out', 'two', '--os', 'debian-13'])
  await place.write('copy/journal.jsonl', (await place.read('one/journal.jsonl')).split('\n').slice(0, 3).join('\n') + '\n')
  const { code, stderr } = await place.run(['report', 'copy', 'one', 'two', '--out', 'merged'])
  const { run, passed } = JSON.parse(await place.read('merged/results.json')) as { run: { id: string; os: string }; passed: string[] }
  const [first = ''] = run.id.split('+')
  expect([code, stderr.replaceAll(place.folder, '.').split('\n'), passed, run.os]).toEqual([
    0,
    [
      `rackbench: ./copy and ./one hold the same run ${first}: it counts once, as it is in ./one`,
      'rackbench: the runs installed different systems (debian-13, debian-12): the reports name that of the newest, debian-13',
      '',
    ],
    ['101', '102'],
    'debian-13',
  ])
})

test('a failed server keeps the log of the run that it is from', async ({ place }) => {
  await place.write('rack.yaml', rack)
  for (const server of ['101', '102']) await place.run(['run', server, '--simulation', 'rack.yaml', '--progress', 'none', '--out', `shard-${server}`])
  await place.run(['report', 'shard-101', 'shard-102', '--out', 'merged'])
  expect(await place.read('merged/junit.xml')).toContain('[[ATTACHMENT|shard-102/logs/102.log]]')
  expect(await place.read('merged/html/index.html')).toContain('<a href="../../shard-102/logs/102.log">logs/102.log</a>')
})

test('a merge where another one was leaves no page of a server that is in none of the runs', async ({ place }) => {
  await place.write('rack.yaml', 'defaults: { install: { takes: 1ms }, benchmark: { takes: 1ms }, destroy: { takes: 1ms } }\n')
  for (const server of ['101', '102', '103']) await place.run(['run', server, '--simulation', 'rack.yaml', '--progress', 'none', '--out', server])
  await place.run(['report', '101', '102', '--out', 'merged'])
  await place.run(['report', '102', '103', '--out', 'merged'])
  expect(await Promise.all(['101', '102', '103'].map((server) => place.read(`merged/html/servers/${server}.html`).then(() => true, () => false)))).toEqual([false, true, true])
})

test('what cannot be merged is told, and nothing is written', async ({ place }) => {
  await place.write('rack.yaml', rack)
  await place.run(['run', '101', '--simulation', 'rack.yaml', '--progress', 'none', '--out', 'one'])
  const before = await place.files()
  const tries = [['report', 'one', 'nowhere', '--out', 'merged'], ['report', 'one', 'one', '--out', 'one'], ['report', 'one', 'two'], ['report']]
  const said = []
  for (const words of tries) said.push(await place.run(words))
  expect(said.map(({ code, stderr }) => [code, stderr.replaceAll(place.folder, '.')])).toEqual([
    [2, 'rackbench: ./nowhere/journal.jsonl does not exist: there is no run here\n'],
    [2, 'rackbench: --out: ./one is a run directory of its own: merged reports need another one\n'],
    [2, 'rackbench: report: 2 run directories are merged into another one: say where, with --out merged\n'],
    [2, 'rackbench: report: which run directory? `rackbench report rackbench-out`, say\n'],
  ])
  expect(await place.files()).toEqual(before)
})
