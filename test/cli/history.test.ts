import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { openStore } from '../../src/history/store.ts'
import type { Place } from '../fixtures/cli.ts'
import { test, until } from '../fixtures/cli.ts'
import { pastRun } from '../fixtures/past-runs.ts'
import { resultsOf } from '../fixtures/results.ts'

const envIn = ({ folder }: Place): Record<string, string> => ({ XDG_CACHE_HOME: join(folder, 'cache') })
const ask = (place: Place, ...args: string[]) => place.run(['history', '--history', 'past', ...args], { env: envIn(place) })

/** Three nights of two servers, of which the second failed once. */
async function filled(place: Place): Promise<void> {
  const store = openStore(join(place.folder, 'past'))
  const error = { type: 'PerformanceError', step: 'check', message: 'score 31 is \u001b[31mbelow\u001b[0m 50\nby 19' } as const
  for (const day of [0, 1, 2]) {
    await store.add(pastRun({ day, servers: [{ id: '101' }, { id: '102', labels: { model: 'R740' }, ...(day === 1 && { status: 'failed' as const, metrics: { score: 31 }, error }) }] }))
  }
}

const rack = JSON.stringify({ defaults: { install: { takes: '0s' }, benchmark: { takes: '0s', score: 80 }, destroy: { takes: '0s' } }, servers: { 102: { benchmark: { score: 31 } } } })

describe('a run', () => {
  test('is added at its end to the folder that the configuration names, with its verdicts', async ({ place }) => {
    await place.write('rack.yaml', rack)
    await place.write('conf/rackbench.config.yaml', 'history: past\n')
    const { code } = await place.run(['run', '101', '102', '--config', 'conf/rackbench.config.yaml', '--simulation', 'rack.yaml', '--progress', 'none'])
    const { stdout } = await place.run(['history', '--config', 'conf/rackbench.config.yaml', '--format', 'csv'], { env: envIn(place) })
    const rows = stdout.trim().split('\n').map((line) => line.split(','))
    expect([code, (await readdir(join(place.folder, 'conf/past'))).length, rows.slice(1).map((row) => [row[4], row[5], row[6], row.at(-1)])]).toEqual([1, 1, [['101', 'passed', '', '80'], ['102', 'failed', 'check', '31']]])
  })

  test('that was stopped is added with the servers that were judged, and once more when it was resumed', async ({ place }) => {
    await place.write('rack.yaml', JSON.stringify({ ...JSON.parse(rack), servers: { 109: { install: { hangs: true } } } }))
    const started = place.start(['run', '101', '109', '--history', 'past', '--simulation', 'rack.yaml', '--progress', 'none', '--grace', '0s'])
    await until(async () => (await place.read('rackbench-out/journal.jsonl').catch(() => '')).includes('"server.finished","server":"101"'), started)
    started.signal('SIGTERM')
    expect((await started.ended).code).toBe(143)
    const read = async () => (JSON.parse((await ask(place, '--format', 'json')).stdout) as { runs: { status: string; servers: { id: string; status: string }[] }[] }).runs.map(({ status, servers }) => ({ status, servers: servers.map(({ id, status: verdict }) => `${id} ${verdict}`) }))
    expect(await read()).toEqual([{ status: 'stopped', servers: ['101 passed', '109 skipped'] }])
    expect((await place.run(['resume', 'rackbench-out', '--progress', 'none', '--deadline', '2s', '--max-outage', '0s'])).code).not.toBe(2)
    expect([(await read()).length, (await readdir(join(place.folder, 'past'))).length]).toEqual([1, 2])
  })

  test('that cannot be added is not lost: its reports are there, and it exits with 3', async ({ place }) => {
    await place.write('past', 'a file')
    await place.write('rack.yaml', rack)
    const { code, stdout } = await place.run(['run', '101', '--history', 'past', '--simulation', 'rack.yaml', '--progress', 'none'])
    const results = JSON.parse(await place.read('rackbench-out/results.json')) as { passed: string[]; run: { exitCode: number; problems: string[] } }
    expect([code, results.passed, results.run.exitCode, results.run.problems]).toEqual([3, ['101'], 3, [expect.stringContaining(`could not be added to the history ${place.folder}/past`)]])
    expect(stdout).toContain('could not be added to the history')
  })
})

describe('rackbench history', () => {
  test('shows runs, and the medians of each metric by model', async ({ place }) => {
    await filled(place)
    const { code, stdout, stderr } = await ask(place)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toBe(
      [
        'WHEN              RUN    BUILD    STATUS    SERVERS  PASSED  FAILED  SKIPPED',
        '2026-01-03 01:00  run-2  night#2  finished  2        2       0       0',
        '2026-01-02 01:00  run-1  night#1  finished  2        1       1       0',
        '2026-01-01 01:00  run-0  night#0  finished  2        2       0       0',
        '',
        'METRIC  MODEL  SERVERS  LAST  MEDIAN  LOWEST  HIGHEST  UNIT  HISTORY',
        'score   R640   1        82    81      80      82       ops   _+@',
        'score   R740   1        82    80      31      82       ops   @_@',
        '',
      ].join('\n'),
    )
  })

  test('shows what became of a server, without what others would do to the terminal', async ({ place }) => {
    await filled(place)
    const { stdout } = await ask(place, '102', '--metric', 'sc*')
    expect(stdout.split('\n')).toEqual([
      '102 model=R740 3 runs: 2 passed, 1 failed, 0 skipped',
      '',
      'WHAT     LAST   MEDIAN  LOWEST  HIGHEST  UNIT  HISTORY',
      'score    82     80      31      82       ops   @_@',
      'install  1.002  1.001   1       1.002    s     _=@',
      '',
      'WHEN              RUN    BUILD    VERDICT  score  WHY',
      '2026-01-03 01:00  run-2  night#2  passed   82',
      '2026-01-02 01:00  run-1  night#1  failed   31     check: score 31 is below 50 by 19',
      '2026-01-01 01:00  run-0  night#0  passed   80',
      '',
    ])
  })

  test('chooses by time, number, metric and label', async ({ place }) => {
    await filled(place)
    const idsOf = async (...args: string[]): Promise<string[]> => (await ask(place, '--format', 'csv', ...args)).stdout.trim().split('\n').slice(1).map((line) => line.split(',').slice(1, 5).join(' '))
    expect(await idsOf('--where', 'model~^R7', '--last', '2')).toEqual(['run-1 night 1 102', 'run-2 night 2 102'])
    expect(await idsOf('101', '--since', '2026-01-03')).toEqual(['run-2 night 2 101'])
    const { stdout, stderr } = await ask(place, '101', '--metric', 's?', '--metric', 'score', '--last', '1', '--format', 'json')
    expect(JSON.parse(stdout)).toMatchObject({ runs: [{ id: 'run-2', servers: [{ id: '101', metrics: { score: 82 }, stepsMs: { install: 1002 } }] }], leftOut: [] })
    expect(stderr).toBe('rackbench: --metric "s?": none of these runs measured it\n')
  })

  test.for([
    ['an unknown server', ['999'], 3, '"999": no run of 3 runs in PLACE/past had such a server'],
    ['a time in which nothing was', ['101', '--since', '2026-02-01'], 3, '101: PLACE/past: there is nothing since 2026-02-01T00:00:00.000Z'],
    ['a label that nobody has', ['--where', 'model=R840'], 3, 'PLACE/past: there is nothing with model=R840'],
    ['a misspelt metric', ['--metric', 'scroe'], 3, '--metric "scroe": none of these runs measured it; did you mean score?'],
    ['a misspelt metric of a server', ['101', '--metric', 'scroe'], 3, '--metric "scroe": none of these runs measured it; did you mean score?'],
    ['a day that there is not', ['--since', '2026-02-30'], 2, '--since: there is no such day as 2026-02-30'],
    ['a moment of such a day', ['--since', '2026-02-30T12:00:00Z'], 2, '--since: there is no such day as 2026-02-30'],
    ['two servers', ['101', '102'], 2, 'history tells of one server, or of all that meet --where; not of 2'],
    ['all that is wrong', ['--since', 'May', '--last', '0', '--format', 'xml'], 2, '--format: expected table, json, csv, got "xml"'],
    ['nothing to import', ['import'], 2, 'history import: what? `rackbench history import builds/*/results.json`, say'],
    ['a table of what is imported', ['import', 'x.json', '--format', 'csv'], 2, 'history import takes no --format'],
  ] as const)('says what is the matter with %s', async ([, args, exitCode, line], { place }) => {
    await filled(place)
    const { code, stdout, stderr } = await ask(place, ...args)
    expect([code, stdout, stderr.split('\n')[0]!.replace(place.folder, 'PLACE')]).toEqual([exitCode, '', `rackbench: ${line}`])
  })

  test('wants to know which history, and says when it is empty', async ({ place }) => {
    const { code, stderr } = await place.run(['history'])
    expect([code, stderr]).toEqual([2, 'rackbench: which history? Give --history PATH, set RACKBENCH_HISTORY, or write history: PATH into rackbench.config.yaml\n'])
    const empty = await place.run(['history'], { env: { ...envIn(place), RACKBENCH_HISTORY: 'past' } })
    expect([empty.code, empty.stderr]).toEqual([3, expect.stringContaining('there are no runs there yet')])
  })

  test('names a damaged file, and answers from the others', async ({ place }) => {
    await filled(place)
    const [name = ''] = await readdir(join(place.folder, 'past'))
    await writeFile(join(place.folder, 'past', name), '{}')
    const { code, stdout, stderr } = await ask(place, '101', '--format', 'json')
    const problem = `${place.folder}/past/${name} is damaged, or somebody else's: it holds no run; it is left out`
    expect([code, stderr, JSON.parse(stdout)]).toEqual([0, `rackbench: ${problem}\n`, expect.objectContaining({ leftOut: [problem], runs: [expect.objectContaining({ id: 'run-1' }), expect.objectContaining({ id: 'run-2' })] })])
  })
})

test('CSV has no control characters of others', async ({ place }) => {
  await openStore(join(place.folder, 'past')).add(pastRun({ day: 0, servers: [{ id: '101', labels: { 'a\nb': 'x\u001b[2J' }, metrics: { '\u001b[31mscore\n': 5 } }] }))
  const { stdout } = await ask(place, '--format', 'csv')
  expect(stdout).not.toMatch(/[^\P{Cc}\n]/u)
  expect(stdout.trimEnd().split('\n').map((line) => line.split(',').slice(-2).join(','))).toEqual(['label.a b,score', 'x,5'])
})

describe('rackbench history import', () => {
  test('takes archived builds, twice without harm, and tells which it could not read', async ({ place }) => {
    await place.write('one.json', JSON.stringify(resultsOf([{ id: '101', metrics: { score: 80 } }])))
    await place.write('two/results.json', JSON.stringify(resultsOf([{ id: '101', metrics: { score: 70 } }], { id: 'r2', startedAt: '2026-11-22T10:00:00.000Z' })))
    await place.write('broken.json', '{')
    await place.write('timeless.json', JSON.stringify(resultsOf([{ id: '101' }], { startedAt: 'today' })))
    await mkdir(join(place.folder, 'empty'))
    const args = ['import', 'one.json', 'broken.json', 'timeless.json', 'empty', 'two']
    const first = await ask(place, ...args)
    expect([first.code, first.stdout.replace(place.folder, 'PLACE'), first.stderr]).toEqual([
      1,
      '2 runs added to PLACE/past, 0 there already, 3 could not be read\n',
      'rackbench: broken.json: is not JSON, or is cut short\nrackbench: timeless.json: its run has no time: "today"\nrackbench: empty/results.json: no such file\n',
    ])
    expect((await ask(place, 'import', 'one.json', 'two')).stdout).toContain('0 runs added')
    expect((await ask(place, '101')).stdout).toContain('2 runs: 2 passed')
  })

  test('leaves out what lays several runs together, tells what to import instead, and fails nothing', async ({ place }) => {
    const merged = resultsOf([{ id: '101', metrics: { score: 80 } }], { id: 'r1+r2' })
    await place.write('merged.json', JSON.stringify(merged))
    await place.write('one.json', JSON.stringify({ ...merged, run: { ...merged.run, id: 'r1' } }))
    const { code, stdout, stderr } = await ask(place, 'import', 'merged.json', 'one.json')
    expect([code, stdout.replace(place.folder, 'PLACE'), stderr]).toEqual([0, '1 run added to PLACE/past, 0 there already, 1 not taken\n', 'rackbench: merged.json: lays several runs together ("r1+r2"): import those, each by its own results.json\n'])
    expect((await ask(place, '101')).stdout).toContain('1 run: 1 passed')
  })

  test('refuses times that are others on each machine: a time without a zone', async ({ place }) => {
    await place.write('local.json', JSON.stringify(resultsOf([{ id: '101' }], { startedAt: '2026-11-01T00:30:00' })))
    expect(await ask(place, 'import', 'local.json')).toMatchObject({ code: 1, stderr: 'rackbench: local.json: its run has no time: "2026-11-01T00:30:00"\n' })
  })

  test('ends with 3 where nothing can be written', async ({ place }) => {
    await place.write('one.json', JSON.stringify(resultsOf([{ id: '101' }])))
    await place.write('past', 'a file')
    expect((await ask(place, 'import', 'one.json')).code).toBe(3)
  })
})

test('reports tell of the runs before, and of none that was there no more', async ({ place }) => {
  await filled(place)
  await place.write('rack.yaml', rack)
  await place.run(['run', '101', '--history', 'past', '--simulation', 'rack.yaml', '--progress', 'none'])
  await rm(join(place.folder, 'past'), { recursive: true })
  const again = await place.run(['report', 'rackbench-out'])
  expect([again.code, again.stderr]).toEqual([0, ''])
})
