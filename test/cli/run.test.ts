import { describe, expect } from 'vitest'
import type { RunEvent } from '../../src/model/event.ts'
import type { Results } from '../../src/model/results.ts'
import { resultsSchema } from '../../src/model/results.ts'
import type { Place } from '../fixtures/cli.ts'
import { eventsOf, test, until } from '../fixtures/cli.ts'
import { parseJunit } from '../reporters/junit-parse.ts'
import { join } from 'node:path'

const out = 'rackbench-out'

/** A simulation in which each step takes a millisecond, but for what is said of single servers. */
async function simulate(place: Place, servers = '', more = ''): Promise<void> {
  await place.write('rack.yaml', `defaults: { install: { takes: 1ms }, benchmark: { takes: 1ms }, destroy: { takes: 1ms } }\n${more}\n${servers === '' ? '' : `servers:\n${servers}`}`)
}
const rack = ['--simulation', 'rack.yaml']
const low = '{ benchmark: { score: 31 } }'

async function resultsOf(place: Place, directory = out): Promise<Results> {
  return resultsSchema.parse(JSON.parse(await place.read(`${directory}/results.json`)))
}

/** What a command tells at its end, below the lines of the log. */
function told({ code, stdout, stderr }: { code: number | null; stdout: string; stderr: string }): { readonly code: number | null; readonly stderr: string; readonly lines: readonly string[] } {
  return { code, stderr, lines: stdout.trim().split('\n').filter((line) => !/^(info|warn|error) /.test(line)) }
}

/** Times, and what names a run, are never the same twice. */
function withoutTimes(text: string): string {
  return text.replaceAll(/\d{8}T\d{6}Z-[0-9a-f]{8}/g, '<run>').replaceAll(/\b\d+(\.\d+)?m?s\b/g, '<time>')
}

test.concurrent('a run tells each step as it happens, ends with a summary, and leaves its directory', async ({ place }) => {
  await simulate(place, `  "102": ${low}`)
  const { code, stdout, stderr } = await place.run(['run', '101-102', ...rack, '-c', '1'])
  expect({ code, stderr, stdout: withoutTimes(stdout).split('\n') }).toEqual({
    code: 1,
    stderr: '',
    stdout: [
      'warn  [rackbench] no provisioner given: the simulated rack is used, no real machine is touched',
      'info  [rackbench] started: run <run> of 2 servers, debian-12 by provisioner simulated, 1 at a time, destroy passing, at most 5 marked as broken, in rackbench-out',
      'info  [worker-01] [101] server started',
      'info  [worker-01] [101] install: started (debian-12)',
      'info  [worker-01] [101] install: simulated: PXE boot',
      'info  [worker-01] [101] install: simulated: writing debian-12 to disk',
      'info  [worker-01] [101] install: simulated: first boot',
      'info  [worker-01] [101] install: passed in <time>',
      'info  [worker-01] [101] benchmark: started',
      'info  [worker-01] [101] benchmark: simulated: warming up',
      'info  [worker-01] [101] benchmark: simulated: measuring',
      'info  [worker-01] [101] benchmark: passed in <time>: score 80',
      'info  [worker-01] [101] check: passed',
      'info  [worker-01] [101] destroy: started',
      'info  [worker-01] [101] destroy: simulated: erasing disks',
      'info  [worker-01] [101] destroy: simulated: power off',
      'info  [worker-01] [101] destroy: passed in <time>',
      'info  [worker-01] [101] server passed in <time>',
      'info  [worker-01] [102] server started',
      'info  [worker-01] [102] install: started (debian-12)',
      'info  [worker-01] [102] install: simulated: PXE boot',
      'info  [worker-01] [102] install: simulated: writing debian-12 to disk',
      'info  [worker-01] [102] install: simulated: first boot',
      'info  [worker-01] [102] install: passed in <time>',
      'info  [worker-01] [102] benchmark: started',
      'info  [worker-01] [102] benchmark: simulated: warming up',
      'info  [worker-01] [102] benchmark: simulated: measuring',
      'info  [worker-01] [102] benchmark: passed in <time>: score 31',
      'error [worker-01] [102] check: failed: PerformanceError: score 31 is below 50, by 19',
      'info  [worker-01] [102] destroy: skipped: kept for diagnosis (--destroy passing)',
      'info  [worker-01] [102] mark: started',
      'info  [worker-01] [102] mark: simulated: taking the server out of the pool',
      'info  [worker-01] [102] mark: passed in <time>',
      'error [worker-01] [102] server failed after <time>: check: PerformanceError: score 31 is below 50, by 19',
      'warn  [rackbench] finished: 1 passed, 1 failed, 0 skipped; exit code 1',
      '',
      'rackbench run <run>: 1 passed, 1 failed, 0 skipped of 2 servers in <time>',
      '',
      'Failed (1):',
      '  102  check: score 31 is below 50, by 19 (marked as broken)',
      '',
      'Left as they are, not wiped (1): 102',
      '  when nobody needs them any more: rackbench destroy rackbench-out --all',
      '',
      'Reports: rackbench-out/junit.xml  rackbench-out/results.json  rackbench-out/failed-servers.txt',
      'Logs:    rackbench-out/run.log  rackbench-out/logs/',
      '',
      'Run the failed servers again:',
      '  rackbench run --simulation=rack.yaml --concurrency=1 --failed-in rackbench-out/results.json',
      '',
      'exit code 1',
      '',
    ],
  })
  const files = await place.files()
  expect(Object.keys(files)).toEqual([
    'rack.yaml',
    ...['', 'failed-servers.txt', 'html/', 'html/index.html', 'html/plots/', 'html/plots/metric-1.svg', 'html/plots/timeline.svg', 'html/servers/', 'html/servers/101.html', 'html/servers/102.html', 'html/style.css', 'journal.jsonl', 'junit.xml', 'logs/', 'logs/101.log', 'logs/102.log', 'results.csv', 'results.json', 'run.log', 'summary.md', 'trace.json'].map((name) => `${out}/${name}`),
  ])
  expect(files[`${out}/failed-servers.txt`]).toBe('102\n')
  const { run, summary, passed, failed, skipped } = await resultsOf(place)
  expect({ status: run.status, exitCode: run.exitCode, problems: run.problems, summary, passed, failed, skipped }).toEqual({
    status: 'finished',
    exitCode: 1,
    problems: [],
    summary: { total: 2, passed: 1, failed: 1, skipped: 0, markedBroken: 1, left: { clean: 1, installed: 1, unknown: 0 } },
    passed: ['101'],
    failed: ['102'],
    skipped: [],
  })
  const { suite, cases } = parseJunit(files[`${out}/junit.xml`]!)
  expect(suite).toMatchObject({ name: 'rackbench', tests: '2', failures: '1', errors: '0', skipped: '0' })
  expect(cases.map(({ attributes, failure, output }) => [attributes['name'], failure?.['message'], output])).toEqual([
    ['101', undefined, undefined],
    ['102', 'check: score 31 is below 50, by 19', '[[ATTACHMENT|rackbench-out/logs/102.log]]'],
  ])
})

interface Ending {
  readonly servers?: string
  readonly flags?: readonly string[]
  readonly more?: string
  readonly problems: readonly string[]
}

describe('the exit code', () => {
  const all = (behaviour: string): string => ['101', '102', '103', '104', '105', '106', '107'].map((id) => `  "${id}": ${behaviour}\n`).join('')

  test.concurrent.for<[string, number, Ending]>([
    ['every server passed', 0, { problems: [] }],
    ['a server that is not ours changes nothing', 0, { servers: '  "102": { state: in-use }', problems: [] }],
    ['one failed', 1, { servers: `  "102": ${low}`, problems: [] }],
    ['one could not be wiped', 1, { servers: '  "102": { destroy: { fails: "disk erase failed" } }', problems: [] }],
    ['one gave no number', 1, { servers: '  "102": { benchmark: { score: fast } }', problems: [] }],
    ['one was not judged', 3, { servers: '  "102": { install: { unavailable: 99 } }', flags: ['--max-outage', '0s'], problems: ['1 server was not judged'] }],
    ['one is unknown', 3, { more: 'strict: true', servers: all('{}').replace(/.*\n/, ''), problems: ['1 server was not judged'] }],
    ['a mark failed', 3, { servers: '  "102": { benchmark: { score: 1 }, markAsBroken: { fails: "read only" } }', problems: ['1 server was not marked as broken: the mark failed'] }],
    ['a mark was withheld', 3, { servers: `  "107": ${low}`, flags: ['--max-broken', '0'], problems: ['no more servers were started: the budget of marks is used up: 0 of 0 marks are made or under way', '1 server was not marked as broken though due: the mark was withheld'] }],
    ['all look like one cause', 3, { servers: all('{ install: { fails: "PXE boot timed out" } }'), flags: ['-c', '1', '--max-alike', '3'], problems: ['no more servers were started: this looks like one cause: 3 servers in a row failed at install: PXE boot timed out', '4 servers were not finished', '1 server was not marked as broken though due: the mark was withheld'] }],
    ['none is ours', 3, { servers: all('{ state: broken }'), problems: ['no server ran at all'] }],
  ])('when %s is %i', async ([, code, { servers = '', flags = [], more = '', problems }], { place }) => {
    await simulate(place, servers, more)
    const ended = await place.run(['run', '101-107', ...rack, ...flags])
    const { run } = await resultsOf(place)
    expect({ code: ended.code, told: ended.stdout.split('\n').at(-2), stderr: ended.stderr, exitCode: run.exitCode, problems: run.problems }).toEqual({ code, told: `exit code ${code}`, stderr: '', exitCode: code, problems })
  })
})

test.concurrent('a server that misses the threshold of its model is measured once more, and all reports tell of it', async ({ place }) => {
  await simulate(place, `  "101": { labels: { model: R640 }, benchmark: { score: 70, again: { score: 95 } } }
  "102": { labels: { model: R640 }, benchmark: { score: 70 } }
  "103": { benchmark: { metrics: { score: 70, noise: 4 } } }`)
  await place.write('rackbench.config.yaml', `thresholds:
  - { metric: score, min: 50 }
  - { metric: score, reference: 100, lower: -10%, where: { model: "R6*" } }
  - { metric: noise, max: 3, severity: warn, where: { os: "*" } }
retest: 1
`)
  const { code, stdout } = await place.run(['run', '101-103', ...rack])
  const { run, passed, failed } = await resultsOf(place)
  expect({ code, problems: run.problems, passed, failed }).toEqual({ code: 1, problems: [], passed: ['101', '103'], failed: ['102'] })
  for (const line of ['Passed only when they were measured anew (1): 101', 'check: score 70 is below 90, by 20 (thresholds[1]: model=R6*, reference 100, lower -10%)', 'noise 4 is above 3, by 1 (thresholds[2]: os=*)']) expect(stdout).toContain(line)
  expect((await resultsOf(place)).servers.map(({ labels, rounds, retested }) => ({ model: labels?.['model'], scores: rounds.map(({ metrics }) => metrics['score']), retested }))).toEqual([
    { model: 'R640', scores: [70, 95], retested: true },
    { model: 'R640', scores: [70, 70], retested: true },
    { model: undefined, scores: [70], retested: undefined },
  ])
})

test.concurrent('a metric that no server reports stops the start of more', async ({ place }) => {
  await simulate(place)
  await place.write('rackbench.config.yaml', 'thresholds: [{ metric: disk.iops, min: 1 }]')
  const { code, stdout } = await place.run(['run', '101-120', ...rack, '-c', '1'])
  expect(code).toBe(3)
  expect(stdout).toContain('this looks like one cause: no server reported disk.iops')
  expect((await resultsOf(place)).failed).toEqual(['101', '102', '103', '104', '105'])
})

test.concurrent('the command that the summary ends with runs just the failed servers again, in the same directory', async ({ place }) => {
  await simulate(place, `  "102": ${low}\n  "104": ${low}`)
  const { stdout } = await place.run(['run', '101-105', ...rack, '--no-mark-broken'])
  const again = /Run the failed servers again:\n {2}rackbench (.*)/.exec(stdout)![1]!
  await simulate(place)
  expect(await place.run(again.split(' '))).toMatchObject({ code: 0, stderr: '' })
  expect((await resultsOf(place)).passed).toEqual(['102', '104'])
})

test.concurrent('shards share all servers out, each with a suite of its own', async ({ place }) => {
  await simulate(place)
  const parts = await Promise.all(
    [1, 2, 3].map(async (shard) => {
      expect(await place.run(['run', '101-130', ...rack, '--shard', `${shard}/3`, '--out', `out-${shard}`])).toMatchObject({ code: 0 })
      expect(parseJunit(await place.read(`out-${shard}/junit.xml`)).suite['name']).toBe(`rackbench-${shard}`)
      return (await resultsOf(place, `out-${shard}`)).passed
    }),
  )
  expect(parts.flat().toSorted()).toEqual(Array.from({ length: 30 }, (_, index) => String(101 + index)))
})

describe('a run that has ended', () => {
  /** A run with a passed, a failed and a skipped server. */
  async function ended(place: Place): Promise<void> {
    await simulate(place, `  "102": ${low}\n  "103": { state: in-use }`)
    expect(await place.run(['run', '101-103', ...rack])).toMatchObject({ code: 1 })
  }

  test.concurrent('has nothing done to it by resume but for the servers that were not judged', async ({ place }) => {
    await ended(place)
    const before = await eventsOf(join(place.folder, out))
    expect(await place.run(['resume', out])).toMatchObject({ code: 1, stderr: '' })
    const after = (await eventsOf(join(place.folder, out))).slice(before.length)
    expect(after.flatMap((event) => ('server' in event ? [event.server] : []))).toEqual(expect.arrayContaining(['103']))
    expect(after.filter((event) => 'server' in event && event.server !== '103')).toEqual([])
    expect([after[0]?.type, after.at(-1)?.type]).toEqual(['run.resumed', 'run.finished'])
  })

  test.concurrent('gets the same reports from its journal, byte by byte', async ({ place }) => {
    await ended(place)
    const before = await place.files()
    for (const name of ['junit.xml', 'results.json', 'failed-servers.txt', 'summary.md', 'results.csv', 'trace.json']) await place.write(`${out}/${name}`, 'spoilt')
    for (const name of ['html/index.html', 'html/style.css']) await place.write(`${out}/${name}`, `${(await place.read(`${out}/${name}`)).slice(0, 300)}, spoilt`)
    expect(await place.run(['report', out])).toEqual({ code: 0, signal: null, stdout: ['junit.xml', 'results.json', 'failed-servers.txt', 'summary.md', 'results.csv', 'trace.json', 'html/index.html'].map((name) => `${out}/${name}\n`).join(''), stderr: '' })
    expect(await place.files()).toEqual(before)
  })

  test.concurrent('keeps by destroy what the policy kept, and loses it by destroy --all', async ({ place }) => {
    await ended(place)
    const kept = await place.run(['destroy', out, '--progress', 'none'])
    expect(told(kept)).toEqual({ code: 0, stderr: '', lines: ['wiped: none', 'left installed: 102: kept for diagnosis (--destroy passing)'] })
    const wiped = await place.run(['destroy', out, '--all', '--progress', 'none'])
    expect(told(wiped)).toEqual({ code: 0, stderr: '', lines: ['wiped: 1 (102)', 'marked as broken: 1 (102)'] })
    expect((await resultsOf(place)).summary).toMatchObject({ failed: 1, markedBroken: 1, left: { clean: 2, installed: 0, unknown: 1 } })
  })

  test.concurrent('is left alone by destroy --if-unfinished, as is a directory without a run', async ({ place }) => {
    await ended(place)
    const before = await place.files()
    for (const directory of [out, 'nowhere']) {
      expect(await place.run(['destroy', directory, '--if-unfinished'])).toEqual({ code: 0, signal: null, stdout: `${directory}: no unfinished run, nothing to wipe\n`, stderr: '' })
    }
    expect(await place.files()).toEqual(before)
  })

  test.concurrent('is replaced, and its junit.xml is gone once the new run has begun', async ({ place }) => {
    await ended(place)
    await place.write('rack.yaml', 'defaults: { install: { hangs: true } }')
    const next = place.start(['run', '201', ...rack])
    await until(async () => (await eventsOf(join(place.folder, out))).some((event) => 'server' in event && event.server === '201'), next)
    const files = Object.entries(await place.files()).filter(([name]) => name.startsWith(out))
    expect(files.filter(([name, content]) => name.includes('102') || content.includes('"102"'))).toEqual([])
    next.signal('SIGTERM')
    await next.ended
  })
})

describe('a run that has died', () => {
  /** The journal of a run that ended while 102 was being installed; 103 had not begun. */
  async function died(place: Place): Promise<void> {
    await simulate(place)
    await place.run(['run', '101-103', ...rack, '-c', '1'])
    const lines = (await place.read(`${out}/journal.jsonl`)).split(/(?<=\n)/)
    const events = await eventsOf(join(place.folder, out))
    const last = events.findIndex((event) => event.type === 'step.started' && event.server === '102')
    await place.write(`${out}/journal.jsonl`, `${lines.slice(0, last + 1).join('')}{"at":"20`)
  }

  test.concurrent('goes on by resume where it ended', async ({ place }) => {
    await died(place)
    const before = await eventsOf(join(place.folder, out))
    expect(await place.run(['resume', out])).toMatchObject({ code: 0, stderr: '' })
    const after = (await eventsOf(join(place.folder, out))).slice(before.length)
    expect(after.filter((event) => 'server' in event && event.server === '101')).toEqual([])
    expect(after.find((event) => event.type === 'step.started')).toMatchObject({ server: '102', step: 'install', key: keyOf(before.at(-1)!) })
    expect((await resultsOf(place)).passed).toEqual(['101', '102', '103'])
  })

  test.concurrent('is wiped by destroy --if-unfinished, and has ended then', async ({ place }) => {
    await died(place)
    expect(told(await place.run(['destroy', out, '--if-unfinished', '--progress', 'none']))).toEqual({ code: 0, stderr: '', lines: ['wiped: 1 (102)'] })
    expect(await resultsOf(place)).toMatchObject({ run: { status: 'stopped', exitCode: 3 }, passed: ['101'], skipped: ['102', '103'], summary: { left: { clean: 3, installed: 0, unknown: 0 } } })
    expect(await place.run(['destroy', out, '--if-unfinished'])).toMatchObject({ code: 0, stdout: `${out}: no unfinished run, nothing to wipe\n` })
  })

  test.concurrent('is given up by --replace, which keeps its journal and prints what it held', async ({ place }) => {
    await died(place)
    const journal = await place.read(`${out}/journal.jsonl`)
    const { code, stderr } = await place.run(['run', '201', ...rack, '--replace', '--progress', 'none', '--log-level', 'error'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'rackbench: the run that was replaced may still hold these servers (1): 102\n' })
    const files = await place.files()
    expect(Object.entries(files).filter(([name]) => /previous\/./.test(name)).map(([name, content]) => [name.replaceAll(/\d/g, '0'), content])).toEqual([
      [`${out}/previous/0000-00-00T00-00-00.000Z.jsonl`, journal],
    ])
    expect((await resultsOf(place)).passed).toEqual(['201'])
    expect(Object.keys(files)).not.toContain(`${out}/logs/101.log`)
  })
})

describe('a run that died before it had begun', () => {
  test.concurrent('is forgotten by destroy --if-unfinished', async ({ place }) => {
    await simulate(place)
    await place.write(`${out}/journal.jsonl`, '{"at":"2026')
    expect(await place.run(['destroy', out, '--if-unfinished'])).toEqual({ code: 0, signal: null, stdout: `${out}: no unfinished run, nothing to wipe\n`, stderr: '' })
    expect(Object.keys(await place.files())).toEqual(['rack.yaml', `${out}/`])
    expect(await place.run(['run', '101', ...rack])).toMatchObject({ code: 0, stderr: '' })
  })

  test.concurrent('is replaced by run --replace, and by nothing less', async ({ place }) => {
    await simulate(place)
    await place.write(`${out}/journal.jsonl`, '{"at":"2026')
    expect(await place.run(['run', '101', ...rack])).toMatchObject({ code: 2, stdout: '' })
    expect(await place.run(['run', '101', ...rack, '--replace'])).toMatchObject({ code: 0, stderr: '' })
    expect((await resultsOf(place)).passed).toEqual(['101'])
  })
})

test.concurrent('an ended run whose wipe was refused is unfinished to destroy --if-unfinished, which wipes', async ({ place }) => {
  await place.write('mine.mjs', `import { existsSync } from 'node:fs'
    const refused = () => Object.assign(new Error('403'), { [Symbol.for('rackbench.fault')]: 'RequestRefusedError' })
    export default { name: 'mine', async install() {}, benchmark: async () => 80, async destroy() { if (!existsSync('allowed')) throw refused() }, async markAsBroken() {} }`)
  const { code } = await place.run(['run', '101', '-p', './mine.mjs'])
  const { run } = await resultsOf(place)
  expect({ code, problems: run.problems }).toEqual({ code: 3, problems: ['1 server was not judged', '1 server was not wiped: the wipe was refused'] })
  await place.write('allowed', '')
  expect(told(await place.run(['destroy', out, '--if-unfinished', '--progress', 'none']))).toEqual({ code: 0, stderr: '', lines: ['wiped: 1 (101)'] })
  expect(await place.run(['destroy', out, '--if-unfinished'])).toMatchObject({ code: 0, stdout: `${out}: no unfinished run, nothing to wipe\n` })
})

test.concurrent('a server that could not be wiped by its own fault is left by destroy, and tried again by --all', async ({ place }) => {
  await simulate(place, '  "102": { destroy: { fails: "disk erase failed" } }')
  expect(await place.run(['run', '101-102', ...rack])).toMatchObject({ code: 1 })
  expect(told(await place.run(['destroy', out, '--progress', 'none']))).toEqual({ code: 0, stderr: '', lines: ['wiped: none', 'left unknown: 102: it could not be wiped: disk erase failed; --all tries again'] })
  expect(told(await place.run(['destroy', out, '--all', '--progress', 'none']))).toMatchObject({ code: 3, stderr: '' })
})

function keyOf(event: RunEvent): string | undefined {
  return 'key' in event ? event.key : undefined
}

describe('marks that the budget withheld', () => {
  /** A run of four servers that all are due to be marked, and may mark one. */
  async function withheld(place: Place, policy: string): Promise<{ readonly marked: string; readonly held: readonly string[] }> {
    await simulate(place, ['101', '102', '103', '104'].map((id) => `  "${id}": ${low}\n`).join(''))
    const { code, stdout } = await place.run(['run', '101-104', ...rack, '--max-broken', '1', '--max-alike', '0', '--destroy', policy])
    const { servers } = await resultsOf(place)
    const held = servers.filter(({ broken }) => broken.due && !broken.marked).map(({ id }) => id)
    expect({ code, held: held.length, isTold: stdout.includes(`withheld (3): ${held.join(', ')}`) }).toEqual({ code: 3, held: 3, isTold: true })
    return { held, marked: servers.find(({ broken }) => broken.marked)!.id }
  }

  test.concurrent('are made by mark, once, and what the policy keeps is kept', async ({ place }) => {
    const { held } = await withheld(place, 'passing')
    expect(told(await place.run(['mark', out, '--progress', 'none']))).toEqual({ code: 0, stderr: '', lines: [`marked as broken: 3 (${held.join(' ')})`] })
    expect((await resultsOf(place)).summary).toMatchObject({ markedBroken: 4, left: { clean: 0, installed: 4, unknown: 0 } })
    expect(told(await place.run(['mark', out, '--progress', 'none']))).toEqual({ code: 0, stderr: '', lines: ['no mark was due'] })
  })

  test.concurrent('are made by mark, and what was left only for want of them is wiped then', async ({ place }) => {
    await withheld(place, 'always')
    expect((await resultsOf(place)).summary.left).toEqual({ clean: 1, installed: 3, unknown: 0 })
    expect(await place.run(['mark', out, '--progress', 'none'])).toMatchObject({ code: 0, stderr: '' })
    expect((await resultsOf(place)).summary).toMatchObject({ markedBroken: 4, left: { clean: 4, installed: 0, unknown: 0 } })
  })

  test.concurrent('keep their servers from being wiped by destroy --all, until they are made', async ({ place }) => {
    const { marked, held } = await withheld(place, 'passing')
    const because = 'withheld: 1 of 1 marks are made or under way'
    const first = told(await place.run(['destroy', out, '--all', '--progress', 'none']))
    expect(first).toEqual({
      code: 3,
      stderr: '',
      lines: [
        `wiped: 1 (${marked})`,
        `marked as broken: 1 (${marked})`,
        ...held.map((id) => `not marked as broken: ${id}: ${because}`),
        ...held.map((id) => `left installed: ${id}: kept: its mark as broken is ${because}`),
      ],
    })
    expect((await resultsOf(place)).summary).toMatchObject({ markedBroken: 1, left: { clean: 1, installed: 3, unknown: 0 } })
    await place.run(['mark', out, '--progress', 'none'])
    expect(await place.run(['destroy', out, '--all', '--progress', 'none'])).toMatchObject({ code: 0, stderr: '' })
    expect((await resultsOf(place)).summary).toMatchObject({ markedBroken: 4, left: { clean: 4, installed: 0, unknown: 0 } })
  })
})

test.concurrent('a server whose mark failed is not wiped by destroy --all before it is marked', async ({ place }) => {
  await place.write('mine.mjs', `import { existsSync } from 'node:fs'
    export default { name: 'mine', async install() {}, benchmark: async () => 1, async destroy() {}, async markAsBroken() { if (!existsSync('writable')) throw new Error('read only') } }`)
  expect(await place.run(['run', '101', '-p', './mine.mjs'])).toMatchObject({ code: 3 })
  const { code, lines } = told(await place.run(['destroy', out, '--all', '--progress', 'none']))
  expect({ code, lines }).toEqual({ code: 3, lines: ['wiped: none', 'not marked as broken: 101: read only', 'left installed: 101: kept: its mark as broken is missing: read only'] })
  await place.write('writable', '')
  expect(told(await place.run(['destroy', out, '--all', '--progress', 'none']))).toEqual({ code: 0, stderr: '', lines: ['wiped: 1 (101)', 'marked as broken: 1 (101)'] })
  const order = (await eventsOf(join(place.folder, out))).flatMap((event) => (event.type === 'step.started' ? [event.step] : []))
  expect(order.slice(-2)).toEqual(['mark', 'destroy'])
})

describe('what is shown', () => {
  test.concurrent('a reader that goes away silences the output and nothing else', async ({ place }) => {
    await simulate(place, `  "102": ${low}`)
    const run = place.start(['run', '101-120', ...rack, '-c', '2'])
    await until(() => run.stdout().includes('\n'), run)
    run.hangUp()
    expect(await run.ended).toMatchObject({ code: 1, signal: null, stderr: '' })
    expect((await resultsOf(place)).summary).toMatchObject({ total: 20, passed: 19, failed: 1 })
    expect(await place.read(`${out}/run.log`)).toMatch(/ finished: 19 passed, 1 failed, 0 skipped; exit code 1\n$/)
  })

  test.concurrent.for<[string, Record<string, string>, boolean]>([
    ['no terminal and no wish', {}, false],
    ['FORCE_COLOR', { FORCE_COLOR: '1' }, true],
    ['NO_COLOR', { NO_COLOR: '1' }, false],
  ])('is coloured by the environment: %s', async ([, env, isColoured], { place }) => {
    await simulate(place, `  "102": ${low}`)
    const { stdout } = await place.run(['run', '101-102', ...rack], { env })
    expect(stdout.includes('\u001b[')).toBe(isColoured)
    expect(await place.read(`${out}/run.log`)).not.toContain('\u001b')
  })

  test.concurrent('--progress none shows warnings, errors and the summary', async ({ place }) => {
    await simulate(place, `  "102": ${low}`)
    const { stdout } = await place.run(['run', '101-102', ...rack, '--progress', 'none'])
    expect(withoutTimes(stdout).split('\n').slice(0, 6)).toEqual([
      'warn  [rackbench] no provisioner given: the simulated rack is used, no real machine is touched',
      expect.stringMatching(/^error \[worker-0\d\] \[102\] check: failed: PerformanceError: score 31 is below 50, by 19$/),
      expect.stringMatching(/^error \[worker-0\d\] \[102\] server failed after <time>: check: PerformanceError: score 31 is below 50, by 19$/),
      'warn  [rackbench] finished: 1 passed, 1 failed, 0 skipped; exit code 1',
      '',
      'rackbench run <run>: 1 passed, 1 failed, 0 skipped of 2 servers in <time>',
    ])
  })

  test.concurrent('--log-format json is one object a line, in files and on the console', async ({ place }) => {
    await simulate(place)
    const { stdout } = await place.run(['run', '101', ...rack, '--log-format', 'json'])
    const shown = stdout.slice(0, stdout.indexOf('\n\n')).split('\n').map((line) => JSON.parse(line) as object)
    const written = (await place.read(`${out}/run.log`)).trim().split('\n').map((line) => JSON.parse(line) as { timestamp: string })
    expect(written.map(({ timestamp, ...line }) => (Number.isNaN(Date.parse(timestamp)) ? timestamp : line))).toEqual(shown)
    expect(shown).toContainEqual({ level: 'info', worker: 'worker-01', server: '101', step: 'install', message: 'started (debian-12)' })
    expect((await place.read(`${out}/logs/101.log`)).trim().split('\n').map((line) => JSON.parse(line) as object)).toEqual(written.filter((line) => 'server' in line))
  })
})
