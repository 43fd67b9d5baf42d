import { readdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Place } from '../fixtures/cli.ts'
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

const page = '<h1>mine</h1>'
const others: readonly (readonly [string, (place: Place) => Promise<string>, string])[] = [
  ["somebody else's folder", async (place) => place.write('proj/html/index.html', page).then(() => 'proj/html'), 'it is there already, and is not a report of rackbench'],
  ['a symbolic link', async (place) => place.write('mine/index.html', page).then(() => symlink('../mine', join(place.folder, 'proj/html'))).then(() => 'mine'), 'it is a symbolic link, which is not followed'],
]

test.for(others)('where the HTML report would be, %s is left alone and told by run, report and a merge', async ([_what, lay, because], { place }) => {
  await place.write('rack.yaml', 'defaults: { install: { takes: 1ms }, benchmark: { takes: 1ms }, destroy: { takes: 1ms } }\n')
  await place.write('proj/notes.txt', 'mine')
  const folder = await lay(place)
  const told = `proj/html could not be written: ${because}: move it away, or use another --out`
  const ran = await place.run(['run', '101', '--simulation', 'rack.yaml', '--progress', 'none', '--out', 'proj'])
  expect([ran.code, ran.stdout]).toEqual([3, expect.stringContaining(told.replace('proj/', ''))])
  expect(await place.run(['report', 'proj'])).toMatchObject({ code: 3, stdout: reports.slice(0, -1).map((name) => `proj/${name}\n`).join(''), stderr: `rackbench: ${told}\n` })
  await place.run(['run', '102', '--simulation', 'rack.yaml', '--progress', 'none', '--out', 'other'])
  await rm(join(place.folder, 'proj/journal.jsonl'))
  expect(await place.run(['report', 'other', '--out', 'proj'])).toMatchObject({ code: 3, stderr: `rackbench: ${told}\n` })
  expect([await readdir(join(place.folder, folder)), await place.read(`${folder}/index.html`)]).toEqual([['index.html'], page])
})

test('a report without a history has no plot of the one before it, which had one', async ({ place }) => {
  await place.write('rack.yaml', rack)
  for (const out of ['first', 'second']) await place.run(['run', '101', '--simulation', 'rack.yaml', '--progress', 'none', '--history', 'past', '--out', out])
  await place.write('second/html/logo.svg', 'mine')
  const plots = async (): Promise<string[]> => Object.keys(await place.files()).filter((name) => /^second\/html\/.*\.svg$/.test(name))
  const isOfPast = (name: string): boolean => /history|verdicts/.test(name)
  const before = await plots()
  expect(before.filter(isOfPast).length).toBeGreaterThan(1)
  expect(await place.run(['report', 'second', '--history', 'empty'])).toMatchObject({ code: 0, stderr: '' })
  expect(await plots()).toEqual(before.filter((name) => !isOfPast(name)))
  expect(await place.read('second/html/logo.svg')).toBe('mine')
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
