import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect } from 'vitest'
import type { Place } from '../fixtures/cli.ts'
import { test } from '../fixtures/cli.ts'
import type { PastServer } from '../fixtures/results.ts'
import { resultsOf } from '../fixtures/results.ts'

const scores = (model: string, first: number, ...values: readonly number[]): PastServer[] => values.map((score, index) => ({ id: String(first + index), labels: { model }, metrics: { score } }))
const runAt = (day: number, servers: readonly PastServer[], changes: Parameters<typeof resultsOf>[1] = {}): string =>
  JSON.stringify(resultsOf(servers, { id: `run-${day}`, startedAt: `2026-11-${String(day).padStart(2, '0')}T01:00:00.000Z`, ...changes }))

/** Two runs of a rack: R640 was 80 and is 70, R740 has not changed. */
async function writeTwo(place: Place): Promise<void> {
  await place.write('before.json', runAt(1, [...scores('R640', 101, 80, 82, 81, 79, 78), ...scores('R740', 201, 50, 51)]))
  await place.write('after.json', runAt(8, [...scores('R640', 101, 70, 72, 71, 69, 40), ...scores('R740', 201, 50, 51), ...scores('R740', 301, 50.5)]))
}

/** A history with a run a day; on the tenth day scores fall. */
async function writeHistory(place: Place, days = 10): Promise<void> {
  const names: string[] = []
  for (let day = 1; day <= days; day++) {
    await place.write(`${day}.json`, runAt(day, scores('R640', 101, ...[80, 81, 82].map((score) => (day === days ? score - 10 : score + (day === 2 ? 8 : 0))))))
    names.push(`${day}.json`)
  }
  expect(await place.run(['history', 'import', ...names, '--history', 'past'])).toMatchObject({ code: 0 })
}

test.concurrent('two runs are told apart by metric and model, with the servers that moved most', async ({ place }) => {
  await writeTwo(place)
  expect(await place.run(['compare', 'before.json', 'after.json'])).toEqual({
    code: 0,
    signal: null,
    stderr: '',
    stdout: `before  before.json  run run-1 of 2026-11-01 01:00, 7 servers measured
after   after.json   run run-8 of 2026-11-08 01:00, 8 servers measured

METRIC  MODEL  SERVERS         BEFORE  AFTER  CHANGE        P
score   R640   5               80      70     -12.5% worse  0.0079
score   R740   2 -> 3 (1 new)  50.5    50.5   0%            1

moved most: score, model R640
  worse   105 (-48.7%, 78 -> 40); 104 (-12.7%, 79 -> 69); 101 (-12.5%, 80 -> 70); 103 (-12.3%, 81 -> 71); 102 (-12.2%, 82 -> 72)
`,
  })
})

test.concurrent('--fail-over fails on the medians, and on nothing else', async ({ place }) => {
  await writeTwo(place)
  const runs = ['compare', 'before.json', 'after.json', '--format', 'csv']
  const [fails, passes, improves] = await Promise.all([place.run([...runs, '--fail-over', '5%']), place.run([...runs, '--fail-over', '12.5%']), place.run(['compare', 'after.json', 'before.json', '--fail-over', '0%'])])
  expect(fails).toMatchObject({ code: 1, stderr: 'rackbench: worse by more than 5%: score, model R640: 80 -> 70, -12.5% worse (5 servers, p 0.0079)\n' })
  expect(passes).toMatchObject({ code: 0, stderr: '' })
  expect(improves).toMatchObject({ code: 0, stderr: 'rackbench: after.json began after before.json, and stands for the side before: it is named first\n' })
})

test.concurrent('a single server that is slower fails, however likely that is by chance', async ({ place }) => {
  await place.write('before.json', runAt(1, scores('R640', 101, 80)))
  await place.write('after.json', runAt(2, scores('R640', 101, 60)))
  expect(await place.run(['compare', 'before.json', 'after.json', '--fail-over', '5%'])).toMatchObject({ code: 1, stderr: 'rackbench: worse by more than 5%: score, model R640: 80 -> 60, -25.0% worse (1 server, p 1)\n' })
})

test.concurrent('a metric whose direction nobody knows fails nothing, and is told; whoever tells it, by a rule of the run or here, makes it fail', async ({ place }) => {
  const latency = (value: number): PastServer[] => [{ id: '101', metrics: { latency: value } }]
  await place.write('before.json', runAt(1, latency(0)))
  await place.write('after.json', runAt(2, latency(3)))
  await place.write('known.json', runAt(2, latency(3), { metrics: { latency: { better: 'lower', unit: 'ms' } } }))
  const [unknown, told, known] = await Promise.all([['after.json'], ['after.json', '--better', 'latency=lower'], ['known.json']].map((args) => place.run(['compare', 'before.json', ...args, '--fail-over', '5%'])))
  expect(unknown).toMatchObject({ code: 0, stderr: 'rackbench: moved by more than 5%, and fails nothing, since nobody says which direction is better (--better latency=lower, say): latency: 0 -> 3, from about 0, higher (1 server, p 1)\n' })
  expect(told).toMatchObject({ code: 1, stderr: 'rackbench: worse by more than 5%: latency: 0 -> 3, from about 0, worse (1 server, p 1)\n' })
  expect(known).toMatchObject({ code: 1, stderr: 'rackbench: worse by more than 5%: latency: 0 -> 3 ms, from about 0, worse (1 server, p 1)\n' })
})

test.concurrent('a rule of a run tells the direction, in its run directory and in the history alike', async ({ place }) => {
  const rack = (latency: number) => `{ defaults: { install: { takes: 1ms }, benchmark: { takes: 1ms, metrics: { latency: ${latency} } }, destroy: { takes: 1ms } } }`
  await place.write('rules.yaml', 'thresholds: [{ metric: latency, max: 100 }]\nhistory: past\nprogress: none\n')
  for (const [index, latency] of [5, 9].entries()) {
    await place.write('rack.yaml', rack(latency))
    expect(await place.run(['run', '101-103', '--config', 'rules.yaml', '--simulation', 'rack.yaml', '--out', `out-${index}`])).toMatchObject({ code: 0 })
  }
  for (const sides of [['out-0', 'out-1'], ['last~1', 'last', '--config', 'rules.yaml'], ['last', 'out-0', '--history', 'past']]) {
    const { code, stderr } = await place.run(['compare', ...sides, '--fail-over', '5%'])
    expect([sides, code, stderr]).toEqual([sides, 1, 'rackbench: worse by more than 5%: latency: 5 -> 9, +80.0% worse (3 servers, p 0.1)\n'])
  }
})

describe('the history:', () => {
  test.concurrent('of its runs the earlier one is the side before, whichever is named first', async ({ place }) => {
    await writeHistory(place)
    const [there, back] = await Promise.all([place.run(['compare', 'last~7', 'last', '--history', 'past', '--fail-over', '5%']), place.run(['compare', 'last', 'last~7', '--history', 'past', '--fail-over', '5%'])])
    expect(there).toMatchObject({ code: 1, stderr: 'rackbench: worse by more than 5%: score, model R640: 81 -> 71, -12.3% worse (3 servers, p 0.1)\n' })
    expect(back).toEqual(there)
    expect(there.stdout.split('\n').slice(0, 2)).toEqual(['before  last~7  run run-3 of 2026-11-03 01:00, 3 servers measured', 'after   last    run run-10 of 2026-11-10 01:00, 3 servers measured'])
  })

  test.concurrent('of all runs of some days each server counts once, by its median; a run may be named by its ID, a file beside it', async ({ place }) => {
    await writeHistory(place)
    const { stdout, code } = await place.run(['compare', '2026-11-01..2026-11-03', 'run-9', '--format', 'json'], { env: { RACKBENCH_HISTORY: 'past' } })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      before: { named: '2026-11-01..2026-11-03', runs: [{ id: 'run-1' }, { id: 'run-2' }, { id: 'run-3' }], servers: 3 },
      after: { named: 'run-9', runs: [{ id: 'run-9' }], servers: 3 },
      failOver: null,
      metrics: [{ metric: 'score', before: { servers: 3, median: 81 }, after: { servers: 3, median: 81 }, change: { percent: 0, is: 'same' }, test: { p: 1 } }],
    })
    const file = await place.run(['compare', '10.json', 'last~1', '--history', 'past', '--format', 'json', '--fail-over', '5%'])
    expect(file.code).toBe(1)
    expect(JSON.parse(file.stdout)).toMatchObject({ before: { named: 'last~1' }, after: { named: '10.json' }, failOver: { percent: 5, failed: [{ metric: 'score', group: { model: 'R640' } }] } })
  })

  test.concurrent('what cannot be found is told with what there is', async ({ place }) => {
    await writeHistory(place)
    const tell = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await place.run(['compare', ...args])
      return [code, stdout, stderr.replaceAll(place.folder, '.')]
    }
    const told = (...lines: readonly string[]) => [2, '', lines.map((line) => `rackbench: ${line}\n`).join('')]
    expect(await tell('last~10', '2026-12-01', '--history', 'past')).toEqual(told('"last~10": the history ./past holds only 10 runs', '"2026-12-01": no run of the history ./past began then: it has 10 runs from 2026-11-01 to 2026-11-10'))
    expect(await tell('last', 'lats', '--history', 'past')).toEqual(told('"lats": no such file or run directory, and no run of the history ./past has this ID; it may be last, last~7, 2026-11-01..2026-11-07, or the ID of a run'))
    expect(await tell('last', '1.json', '--history', 'none')).toEqual(told('"last": the history ./none holds no run'))
    expect(await tell('last', 'lats')).toEqual(told('"lats": no such file or run directory; of a history it may be last, last~7, 2026-11-01..2026-11-07, or the ID of a run', 'which history? Give --history PATH, set RACKBENCH_HISTORY, or write history: PATH into rackbench.config.yaml'))
  })

  test.concurrent('a run that a newer rackbench has written is told, and never read', async ({ place }) => {
    await writeHistory(place, 2)
    const newest = (await readdir(join(place.folder, 'past'))).filter((name) => name.endsWith('.json')).sort().at(-1)!
    await place.write(`past/${newest}`, (await place.read(`past/${newest}`)).replace('"historyVersion": 1', '"historyVersion": 2'))
    const { code, stderr } = await place.run(['compare', 'last', 'last~1', '--history', 'past'])
    expect([code, stderr.replaceAll(place.folder, '.')]).toEqual([2, `rackbench: ./past/${newest} was written by a newer rackbench (historyVersion 2; this one reads 1); it is left out\nrackbench: "last~1": the history ./past holds only 1 run that can be read\n`])
  })

  test.concurrent('a damaged file is left out as if it were not there, and told, as are files of others, of which many are counted', async ({ place }) => {
    await writeHistory(place, 3)
    const newest = (await readdir(join(place.folder, 'past'))).sort().at(-1)!
    await place.write(`past/${newest}`, '{}')
    for (let file = 10; file < 40; file++) await place.write(`past/note-${file}.txt`, 'of others')
    const { code, stdout, stderr } = await place.run(['compare', 'last~1', 'last', '--history', 'past', '--format', 'json'])
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { before: { runs: [{ id: 'run-1' }] }, after: { runs: [{ id: 'run-2' }] }, notes: [] }])
    const lines = stderr.replaceAll(place.folder, '.').trimEnd().split('\n')
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([21, 'rackbench: ./past/note-10.txt is no file of a history; it is left out', 'rackbench: and 11 files more that cannot be read'])
  })
})

test.concurrent('--where, --by and --metric take a part of it, as a table that programs read', async ({ place }) => {
  const rack = (index: number) => ({ model: 'R640', rack: index < 2 ? '=A1' : 'B1' })
  const servers = (factor: number) => [0, 1, 2, 3, 4].map((index): PastServer => ({ id: `n${index}`, labels: rack(index), metrics: { score: 80 * factor, 'disk, MB/s': 100 + index, other: 1 } }))
  await place.write('before.json', runAt(1, servers(1)))
  await place.write('after.json', runAt(2, servers(0.9).slice(0, 4)))
  const { stdout, code } = await place.run(['compare', 'before.json', 'after.json', '--by', 'rack', '--metric', 'disk, MB/s', '--metric', 'score', '--where', 'id!=n3', '--format', 'csv'])
  expect(code).toBe(0)
  expect(parse(stdout)).toEqual([
    ['metric', 'unit', 'better', 'label.rack', 'servers_before', 'servers_after', 'both', 'gone', 'new', 'median_before', 'median_after', 'change_percent', 'change', 'p', 'method'],
    ['disk, MB/s', '', '', "'=A1", '2', '2', '2', '0', '0', '100.5', '100.5', '0', 'same', '1', 'exact'],
    ['disk, MB/s', '', '', 'B1', '2', '1', '1', '1', '0', '103', '102', '-0.970873786408', 'lower', expect.any(String) as string, 'exact'],
    ['score', '', 'higher', "'=A1", '2', '2', '2', '0', '0', '80', '72', '-10', 'worse', expect.any(String) as string, 'exact'],
    ['score', '', 'higher', 'B1', '2', '1', '1', '1', '0', '80', '72', '-10', 'worse', expect.any(String) as string, 'exact'],
  ])
})

describe('what makes a comparison say less than it seems to is told, also to programs:', () => {
  const apart = 'no server is on both sides: different servers are compared. Of shards, take the day as the side: 2026-11-01..2026-11-01, say'
  test.concurrent.for<[string, readonly string[], readonly string[]]>([
    ['different servers, as of two shards', ['shard-1.json', 'shard-2.json'], [apart]],
    ['a run with itself', ['shard-1.json', 'shard-1.json'], ['on both sides, and compared with itself: run run-1']],
    ['a label that no server has', ['shard-1.json', 'both.json', '--by', 'modle'], ['--by "modle": no server has this label, and it tells none of them apart; did you mean model?']],
    ['nothing', ['shard-1.json', 'both.json', '--by', 'model'], []],
  ])('%s', async ([, args, notes], { place }) => {
    await place.write('shard-1.json', runAt(1, scores('R640', 101, 80, 82)))
    await place.write('shard-2.json', runAt(2, scores('R640', 201, 81, 83)))
    await place.write('both.json', runAt(3, [...scores('R640', 101, 80, 82), ...scores('R640', 201, 81, 83)]))
    const { code, stdout, stderr } = await place.run(['compare', ...args, '--format', 'json'])
    expect([code, JSON.parse(stdout), stderr]).toEqual([0, expect.objectContaining({ notes }), notes.map((note) => `rackbench: ${note}\n`).join('')])
  })
})

test.concurrent('texts of others stay in their lines', async ({ place }) => {
  const server = { id: '101', labels: { model: 'a\u001b[31m\nb' }, metrics: { 'x\r\u0085y': 1 } }
  await place.write('odd.json', runAt(1, [server]))
  const { stdout } = await place.run(['compare', 'odd.json', 'odd.json'])
  // oxlint-disable-next-line no-control-regex -- what must not be there
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  expect(stdout.split('\n')).toHaveLength(6)
})

describe('where nothing can be compared, nothing is printed, and the exit code says so:', () => {
  test.concurrent.for<[string, readonly string[], string]>([
    ['no metric on both sides', ['a.json', 'b.json'], 'there is nothing to compare: no metric was measured on both sides in a group alike; before: score, after: latency'],
    ['no metric of this name', ['a.json', 'a.json', '--metric', 'disk'], 'there is nothing to compare: no metric of disk was measured on both sides in a group alike; before: score, after: score'],
    ['no such server', ['a.json', 'a.json', '--where', 'model=R7*'], 'none of 2 servers meets --where model=R7*'],
    ['no server that was measured', ['a.json', 'c.json'], 'c.json: no server was measured'],
  ])('%s', async ([, args, problem], { place }) => {
    await place.write('a.json', runAt(1, scores('R640', 101, 80, 81)))
    await place.write('b.json', runAt(2, [{ id: '101', labels: { model: 'R640' }, metrics: { latency: 5 } }]))
    await place.write('c.json', runAt(3, [{ id: '101' }]))
    expect(await place.run(['compare', ...args])).toEqual({ code: 3, signal: null, stdout: '', stderr: `rackbench: ${problem}\n` })
  })
})

describe('what cannot be taken is told, each in one line:', () => {
  test.concurrent.for<[string, readonly string[], readonly string[]]>([
    ['no sides, and bad options', ['--fail-over', '5', '--by', 'a,,b', '--format', 'yaml', '--better', 'latency', '--where', 'model', '--where', 'address=10.*'], [
      'compare: what with what? `rackbench compare before/results.json rackbench-out`, say, or `rackbench compare last~7 last`',
      '--format: expected table | json | csv, got "yaml"',
      '--fail-over: expected a share from 0% to 100%, like 5%, got "5"',
      '--by: expected names of labels, like model or model,rack, got "a,,b"',
      '--better: expected metric=higher or metric=lower, got "latency"',
      '--where "model": expected label=value, label!=value, label~pattern or label!~pattern, such as model=R640',
    ]],
    ['one side', ['a.json'], ['compare: "a.json" with what? `rackbench compare before/results.json rackbench-out`, say, or `rackbench compare last~7 last`']],
    ['three sides', ['a.json', 'b.json', 'c.json'], ['compare takes two sides, not 3: "a.json" "b.json" "c.json"']],
    ['what no run leaves behind', ['a.json', 'b.json', '--where', 'address=10.*'], ['--where address: what a run leaves behind has no addresses']],
    ['files that are none of ours', ['text', 'empty'], ['text: is not JSON, or is cut short', 'empty/results.json: no such file']],
    ['days that there are not', ['2026-02-30', '2026-11-07..2026-11-01'], ['"2026-02-30": there is no such day as 2026-02-30', '"2026-11-07..2026-11-01": the last day comes before the first']],
  ])('%s', async ([, args, told], { place }) => {
    await place.write('text', 'not json')
    await place.write('empty/run.log', '')
    expect(await place.run(['compare', ...args])).toEqual({ code: 2, signal: null, stdout: '', stderr: told.map((line) => `rackbench: ${line}\n`).join('') })
  })
})
